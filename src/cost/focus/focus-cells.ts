import { isCurrency } from '../../units/index.ts';
import type { FocusColumn } from './focus-columns.ts';

/** Why a cell breaks a rule that looks at it alone. */
export interface CellProblem {
  readonly rule: 'type' | 'format' | 'values' | 'range';
  readonly severity: 'error' | 'warning';
  readonly says: string;
}

const problem = (rule: CellProblem['rule'], says: string): CellProblem => ({ rule, severity: 'error', says });

/** Numeric Format attribute: digits and one point; no sign for positive values, no exponent, no separators. */
const DECIMAL = /^-?\d+(\.\d+)?$/;
/** Date/Time Format attribute: a moment in UTC with the designator Z. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * What is wrong with a cell that is not null; undefined where nothing is. Rules of the attributes Numeric, Date/Time, Unit, Currency, Key-Value and String of FOCUS
 * (FOCUS_Spec, `specification/attributes/`, read 2026-11-22) and of the column's own page.
 */
export function cellProblem(column: FocusColumn, text: string): CellProblem | undefined {
  return typeProblem(column, text) ?? valueProblem(column, text) ?? formatProblem(column, text);
}

function typeProblem({ name, type }: FocusColumn, text: string): CellProblem | undefined {
  switch (type) {
    case 'string':
      return text.trim() === '' ? problem('type', `${name} must not hold blanks alone`) : undefined;
    case 'decimal':
      return DECIMAL.test(text)
        ? undefined
        : problem('type', `${name} must be a plain decimal number such as 1234.5`);
    case 'date-time':
      return isMoment(text)
        ? undefined
        : problem('type', `${name} must be a moment in UTC such as 2026-12-01T00:00:00Z`);
    case 'json-object':
    case 'json':
      return jsonProblem(name, text, type === 'json-object');
  }
}

/** Whether a text is a moment that exists; `2026-02-30` is none. */
export function isMoment(text: string): boolean {
  if (!MOMENT.test(text)) return false;
  const time = Date.parse(text);
  return Number.isFinite(time) && new Date(time).toISOString() === text.replace('Z', '.000Z');
}

function jsonProblem(name: string, text: string, isFlat: boolean): CellProblem | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem('type', `${name} must be a JSON object`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return problem('type', `${name} must be a JSON object`);
  }
  const values = Object.values(value);
  return isFlat && values.some((item) => typeof item === 'object' && item !== null)
    ? problem('format', `${name} must hold keys with single values, not objects or lists`)
    : undefined;
}

function valueProblem({ name, values }: FocusColumn, text: string): CellProblem | undefined {
  if (values === undefined || values.includes(text)) return undefined;
  const shown =
    values.length > 8 ? 'one of the values of its page' : values.map((value) => `"${value}"`).join(', ');
  return problem('values', `${name} must be ${shown}`);
}

function formatProblem({ name, format }: FocusColumn, text: string): CellProblem | undefined {
  switch (format) {
    case 'non-negative':
      return text.startsWith('-') && Number(text) < 0
        ? problem('range', `${name} must not be negative`)
        : undefined;
    case 'national-currency':
      return isCurrency(text)
        ? undefined
        : problem('format', `${name} must be a currency code of ISO 4217 such as USD`);
    case 'unit':
      return unitProblem(name, text);
    case undefined:
      return name === 'SkuPriceDetails' ? detailsProblem(text) : undefined;
  }
}

/** Properties that the specification defines for SKU Price Details; all others start with `x_`. */
const PRICE_PROPERTIES: ReadonlySet<string> = new Set(
  'CoreCount DiskMaxIops DiskSpace DiskType GpuCount InstanceType InstanceSeries MemorySize NetworkMaxIops NetworkMaxThroughput OperatingSystem Redundancy StorageClass'.split(
    ' ',
  ),
);

function detailsProblem(text: string): CellProblem | undefined {
  const own = Object.keys(JSON.parse(text) as object).find(
    (key) => !key.startsWith('x_') && !PRICE_PROPERTIES.has(key),
  );
  return own === undefined
    ? undefined
    : problem('format', `SkuPriceDetails must prefix properties of its own with x_, as in x_${own}`);
}

/** Names that are forbidden where the specification has its own: data sizes have abbreviations only, times have whole words only. */
const WRONG_UNITS =
  /^(?:(?:kilo|mega|giga|tera|peta|exa|kibi|mebi|gibi|tebi|pebi|exbi)?(?:bytes?|bits?)|[KMGTPE]i?[Bb]s|hrs?|h|mins?|secs?|s|ms|us|hours?|days?|months?|years?|minutes?|seconds?)$/;
const WRONG_TIMES = /^(?:Hrs?|H|Mins?|Secs?|S|Ms|Mo|Yrs?|Bytes?|Bits?)$/;
const DATA_SIZES = /^(?:[KMGTPE]i?)?[Bb]$/;
/** One or more capitalised words: counted things and times. */
const COUNTED = /^[A-Z][A-Za-z0-9]*(?: [A-Z][A-Za-z0-9]*)*$/;

/** `GB-Hours`, `1000 Requests`, `Units/3 Months`. */
function unitProblem(name: string, text: string): CellProblem | undefined {
  const parts = text.split('/');
  const bases = parts.flatMap((part) => part.replace(/^[1-9]\d* /, '').split('-'));
  if (
    parts.length > 2 ||
    bases.some((base) => base === '' || WRONG_UNITS.test(base) || WRONG_TIMES.test(base))
  ) {
    return problem('format', `${name} must be a unit such as Hours, GB-Hours or 1000 Requests`);
  }
  return bases.every((base) => DATA_SIZES.test(base) || COUNTED.test(base))
    ? undefined
    : { rule: 'format', severity: 'warning', says: `${name} should capitalise its nouns, as in Hours` };
}
