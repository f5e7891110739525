import { closestName } from '../../diagnostics/index.ts';
import { cellProblem } from './focus-cells.ts';
import { COMPANION_COLUMNS, FOCUS_COLUMNS } from './focus-columns.ts';
import type { FocusColumn, FocusVersion } from './focus-columns.ts';
import { FOCUS_RELATIONS } from './focus-relations.ts';
import type { FocusRow } from './focus-relations.ts';
import type { FocusRecord, FocusTable } from './read-focus-table.ts';

/** One rule of FOCUS that a file breaks in one place. */
export interface FocusFinding {
  /** Stable within a version: `<column>/<kind>`. */
  readonly rule: string;
  /** An error breaks a MUST of the specification, a warning a SHOULD. */
  readonly severity: 'error' | 'warning';
  /** Row as spreadsheets count, the header being 1; absent for columns as a whole. */
  readonly row?: number;
  readonly column: string;
  /** What the cell holds, cut to 80 characters; absent for an empty cell. */
  readonly value?: string;
  /** The rule, as a sentence. */
  readonly says: string;
  /** The next step, where there is a better one than to obey the rule. */
  readonly fix?: string;
}

/** What a check of a file found. */
export interface FocusCheck {
  readonly version: FocusVersion;
  readonly rows: number;
  readonly columns: number;
  /** By row, those of the header first; in the order of the columns. */
  readonly findings: readonly FocusFinding[];
  readonly errors: number;
  readonly warnings: number;
}

const KNOWN: ReadonlyMap<string, FocusColumn> = new Map(FOCUS_COLUMNS.map((column) => [column.name, column]));
/** Longest name of a column that databases take, by the Column Handling attribute. */
const LONGEST_NAME = 50;

/** The version a header is most likely of: providers have other columns from 1.3 on. */
export function focusVersionOf(header: readonly string[]): FocusVersion {
  return header.includes('ServiceProviderName') ||
    header.includes('HostProviderName') ||
    !header.includes('ProviderName')
    ? '1.4'
    : '1.2';
}

/** Checks a FOCUS file against the rules of a version; all problems at once. Cost: rows × columns. */
export function validateFocus(table: FocusTable, version: FocusVersion): FocusCheck {
  const findings = [
    ...checkHeader(table.header, version),
    ...checkRecords(table, version),
    ...checkParents(table),
  ];
  const order = new Map(table.header.map((name, index) => [name, index]));
  const sorted = findings.toSorted(
    (a, b) => (a.row ?? 0) - (b.row ?? 0) || (order.get(a.column) ?? -1) - (order.get(b.column) ?? -1),
  );
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return {
    version,
    rows: table.records.length,
    columns: table.header.length,
    findings: sorted,
    errors,
    warnings: findings.length - errors,
  };
}

function checkHeader(header: readonly string[], version: FocusVersion): readonly FocusFinding[] {
  const missing = FOCUS_COLUMNS.filter(
    (column) => !header.includes(column.name) && (column.with === undefined || header.includes(column.with)),
  ).flatMap((column) => missingColumn(column, version));
  const incomplete = COMPANION_COLUMNS.flatMap((group) => {
    const known = group.filter((name) => KNOWN.get(name)?.levels[version] !== undefined);
    const here = known.filter((name) => header.includes(name));
    if (here.length === 0) return [];
    return known
      .filter((name) => !header.includes(name))
      .map((name): FocusFinding => ({
        rule: `${name}/presence`,
        severity: 'error',
        column: name,
        says: `${name} must be there where ${here.join(', ')} is: they share one condition`,
      }));
  });
  return [...missing, ...incomplete, ...checkNames(header, version), ...checkOrder(header)];
}

function missingColumn({ name, levels }: FocusColumn, version: FocusVersion): readonly FocusFinding[] {
  const level = levels[version];
  if (level !== 'mandatory' && level !== 'recommended') return [];
  const isMandatory = level === 'mandatory';
  return [
    {
      rule: `${name}/presence`,
      severity: isMandatory ? 'error' : 'warning',
      column: name,
      says: `${name} ${isMandatory ? 'must' : 'should'} be a column of every file of FOCUS ${version}`,
    },
  ];
}

function checkNames(header: readonly string[], version: FocusVersion): readonly FocusFinding[] {
  return header.flatMap((name, index): FocusFinding[] => {
    if (header.indexOf(name) < index) {
      return [{ rule: 'header/unique', severity: 'error', column: name, says: `${name} is a column twice` }];
    }
    const level = KNOWN.get(name)?.levels[version];
    if (level === 'removed') {
      return [
        {
          rule: 'header/removed',
          severity: 'warning',
          column: name,
          says: `${name} is a column of earlier versions, no longer of FOCUS ${version}`,
        },
      ];
    }
    if (level === undefined && !name.startsWith('x_')) return [foreignColumn(name, version)];
    return name.length > LONGEST_NAME
      ? [
          {
            rule: 'header/length',
            severity: 'warning',
            column: name,
            says: 'Names of columns should have at most 50 characters',
          },
        ]
      : [];
  });
}

function foreignColumn(name: string, version: FocusVersion): FocusFinding {
  const own = FOCUS_COLUMNS.filter(({ levels }) => levels[version] !== undefined).map((item) => item.name);
  const closest = closestName(name, own);
  return {
    rule: 'header/custom',
    severity: 'error',
    column: name,
    says: `Columns that FOCUS ${version} does not define must have names that start with x_`,
    ...(closest === undefined ? {} : { fix: `Did you mean "${closest}"?` }),
  };
}

function checkOrder(header: readonly string[]): readonly FocusFinding[] {
  const isCustom = (name: string): boolean => name.startsWith('x_');
  const wanted = [
    ...header.filter((name) => !isCustom(name)).toSorted(),
    ...header.filter(isCustom).toSorted(),
  ];
  const first = header.findIndex((name, index) => name !== wanted[index]);
  if (first < 0) return [];
  return [
    {
      rule: 'header/order',
      severity: 'warning',
      column: header[first] ?? '',
      says: 'Columns of FOCUS should come first and custom columns behind, both in the order of their names',
    },
  ];
}

function checkRecords({ header, records }: FocusTable, version: FocusVersion): readonly FocusFinding[] {
  const columns = header.flatMap((name, index) => {
    const column = KNOWN.get(name);
    return column?.levels[version] === undefined ? [] : [{ column, index }];
  });
  const at = new Map(header.map((name, index) => [name, index]));
  const relations = FOCUS_RELATIONS.filter(
    ({ versions, reads }) => versions.includes(version) && reads.every((name) => at.has(name)),
  );
  return records.flatMap((record) => {
    const row: FocusRow = { cell: (name) => record.cells[at.get(name) ?? -1] ?? null };
    const own = columns.flatMap(({ column, index }) =>
      checkCell(column, record.cells[index] ?? null, record.row),
    );
    const faulty = new Set(own.map(({ column }) => column));
    const between = relations
      // A cell that is wrong by itself says nothing about its neighbours.
      .filter((relation) => !relation.reads.some((name) => faulty.has(name)) && relation.isBroken(row))
      .map(({ column, says }) =>
        finding({ column, says, rule: `${column}/relation` }, row.cell(column), record.row),
      );
    return [...checkWidth(record, header.length), ...own, ...between];
  });
}

function checkWidth({ row, width }: FocusRecord, wanted: number): readonly FocusFinding[] {
  if (width === wanted) return [];
  return [
    {
      rule: 'row/width',
      severity: 'error',
      row,
      column: '',
      says: `A row must have as many cells as the header, ${String(wanted)}, not ${String(width)}`,
    },
  ];
}

function checkCell(column: FocusColumn, text: string | null, row: number): readonly FocusFinding[] {
  const { name, nullable } = column;
  if (text === null) {
    return nullable
      ? []
      : [finding({ column: name, rule: `${name}/null`, says: `${name} must not be null` }, text, row)];
  }
  const wrong = cellProblem(column, text);
  if (wrong === undefined) return [];
  const { rule, says, severity } = wrong;
  return [{ ...finding({ column: name, rule: `${name}/${rule}`, says }, text, row), severity }];
}

function finding(
  facts: Pick<FocusFinding, 'rule' | 'column' | 'says'>,
  value: string | null,
  row: number,
): FocusFinding {
  return {
    ...facts,
    severity: 'error',
    row,
    ...(value === null ? {} : { value: value.length > 80 ? `${value.slice(0, 79)}…` : value }),
  };
}

/** A price of a SKU has one SKU, wherever it appears. */
function checkParents({ header, records }: FocusTable): readonly FocusFinding[] {
  const [price, sku] = ['SkuPriceId', 'SkuId'].map((name) => header.indexOf(name));
  if (price === undefined || sku === undefined || price < 0 || sku < 0) return [];
  const parents = new Map<string, string | null>();
  return records.flatMap(({ row, cells }) => {
    const id = cells[price] ?? null;
    if (id === null) return [];
    const parent = cells[sku] ?? null;
    if (!parents.has(id)) parents.set(id, parent);
    if (parents.get(id) === parent) return [];
    return [
      finding(
        {
          column: 'SkuPriceId',
          rule: 'SkuPriceId/parent',
          says: 'SkuPriceId must have one and the same SkuId in all rows',
        },
        id,
        row,
      ),
    ];
  });
}
