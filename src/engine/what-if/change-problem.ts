import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { PoolDocument, ProblemDocument } from '../../model/index.ts';
import { parseRate } from '../../units/index.ts';
import { scaledValue, shown, statedValue } from './change-value.ts';
import { withValue, withoutValues } from './edit-document.ts';
import type { Assignment } from './expression.ts';
import { pathText } from './field-path.ts';
import { findFields } from './find-fields.ts';
import type { Field } from './find-fields.ts';
import { fullPath, offeredTypes, priceFactors, pricePath, pricedPools } from './short-names.ts';
import type { PriceFactor, PricePath } from './short-names.ts';

/** A field that a variant changes. */
export interface FieldDifference {
  /** Path with ids of lists' items as places: `workloads[0].traffic.meanRate`. */
  readonly path: string;
  /** In words of the document; absent where nothing was, or is any more. */
  readonly from?: string;
  readonly to?: string;
}

/** A problem with changes made to it. */
export interface ChangedProblem {
  readonly document: ProblemDocument;
  readonly prices: readonly PriceFactor[];
  readonly differences: readonly FieldDifference[];
}

/** Fields that files are read for, or that name the stack: they belong to the stack itself. */
const FIXED = ['apiVersion', 'name', 'calibration', 'spot', 'catalog.files'];

/**
 * A problem document with changes made one after the other. The document itself stays as it is, and what comes out is not checked yet.
 * @param meanRates requests per second of workloads whose document states none, for changes by a share
 * Errors: `engine-whatif-path`, `engine-whatif-value`, one per change.
 */
export function changeProblem(
  document: ProblemDocument,
  assignments: readonly Assignment[],
  meanRates: ReadonlyMap<string, number>,
): Outcome<ChangedProblem> {
  let changed: ChangedProblem = { document, prices: [], differences: [] };
  const problems: Diagnostic[] = [];
  for (const assignment of assignments) {
    const outcome = changeOne(changed, assignment, meanRates);
    if (outcome.ok) changed = outcome.value;
    else problems.push(...outcome.diagnostics);
  }
  return problems.length === 0 ? success(changed) : failure(...problems);
}

function changeOne(
  problem: ChangedProblem,
  assignment: Assignment,
  meanRates: ReadonlyMap<string, number>,
): Outcome<ChangedProblem> {
  const written = pathText(assignment.path);
  if (
    FIXED.some((name) => written === name || written.startsWith(`${name}.`) || written.startsWith(`${name}[`))
  )
    return failure(
      wrongPath(assignment, `"${written}" belongs to the stack itself.`, 'Change the stack, and plan that.'),
    );
  const prices = pricePath(assignment.path);
  if (prices !== undefined) return changePrices(problem, assignment, prices);
  const found = findFields(problem.document, fullPath(assignment.path));
  if (!found.ok) return failure(wrongPath(assignment, found.summary, found.fix));
  const { change } = assignment;
  if (change.kind === 'remove') return success(removed(problem, found.fields));
  const isWhole = change.kind === 'set' && isRateOfService(assignment);
  if (isWhole) return spreadRate(problem, { assignment, fields: found.fields, text: change.text });
  const fields = change.kind === 'scale' ? limitsWithin(found.fields) : found.fields;
  return changeFields(problem, fields, {
    assignment,
    valueOf: (field) =>
      change.kind === 'set'
        ? statedValue(field, change.text)
        : scaledValue(withMeanRate(field, problem.document, meanRates), change.factor),
  });
}

function changeFields(
  problem: ChangedProblem,
  fields: readonly Field[],
  how: {
    readonly assignment: Assignment;
    readonly valueOf: (field: Field) => ReturnType<typeof statedValue>;
  },
): Outcome<ChangedProblem> {
  let { document }: { document: unknown } = problem;
  const differences: FieldDifference[] = [];
  for (const field of fields) {
    const changed = how.valueOf(field);
    if (!changed.ok) return failure(wrongValue(how.assignment, changed.summary, changed.fix));
    document = withValue(document, field.at, changed.value);
    differences.push(differenceOf(field, changed.value));
  }
  return success(withDocument(problem, document, differences));
}

function removed(problem: ChangedProblem, fields: readonly Field[]): ChangedProblem {
  const declared = fields.filter((field) => field.value !== undefined);
  return withDocument(
    problem,
    withoutValues(
      problem.document,
      declared.map((field) => field.at),
    ),
    declared.map((field) => differenceOf(field, undefined)),
  );
}

function withDocument(
  problem: ChangedProblem,
  document: unknown,
  differences: readonly FieldDifference[],
): ChangedProblem {
  return {
    ...problem,
    document: document as ProblemDocument,
    differences: [...problem.differences, ...differences.filter((item) => item.from !== item.to)],
  };
}

/** Prices by a share are changed where offerings are priced, zone by zone; a price in dollars is that of the pool. */
function changePrices(
  problem: ChangedProblem,
  assignment: Assignment,
  prices: PricePath,
): Outcome<ChangedProblem> {
  const found = pricedPools(problem.document, prices);
  if (!found.ok) return failure(wrongPath(assignment, found.summary, found.fix));
  const pools = found.fields.map((field) => field.value as PoolDocument);
  if (pools.every((pool) => prices.typesOf(pool).length === 0)) {
    const offered = [...new Set(pools.flatMap(offeredTypes))].join(', ');
    return failure(
      wrongPath(assignment, 'No capacity of that kind is offered there.', `Offered: ${offered}.`),
    );
  }
  const { change, text } = assignment;
  if (change.kind === 'scale')
    return success({
      ...problem,
      prices: [...problem.prices, ...priceFactors(prices, pools, { text, factor: change.factor })],
    });
  const fields = found.fields.flatMap(({ at, value }) =>
    prices.typesOf(value as PoolDocument).flatMap((type) => {
      const own = findFields(problem.document, [
        { kind: 'name', name: 'pools' },
        { kind: 'index', index: Number(at[1]) },
        { kind: 'name', name: 'prices' },
        { kind: 'name', name: type },
      ]);
      return own.ok ? own.fields : [];
    }),
  );
  return change.kind === 'remove'
    ? success(removed(problem, fields))
    : changeFields(problem, fields, { assignment, valueOf: (field) => statedValue(field, change.text) });
}

/** `services.<id>.rate=…` states the rate of all its classes together. */
function isRateOfService({ path }: Assignment): boolean {
  const [list, , field] = path;
  return path.length === 3 && isName(list, 'services') && isName(field, 'rate');
}

function isName(segment: Assignment['path'][number] | undefined, name: string): boolean {
  return segment?.kind === 'name' && segment.name === name;
}

/** The rate of a service shared out to its request classes as it is now. */
function spreadRate(
  problem: ChangedProblem,
  {
    assignment,
    fields,
    text,
  }: { readonly assignment: Assignment; readonly fields: readonly Field[]; readonly text: string },
): Outcome<ChangedProblem> {
  const wanted = parseRate(text);
  if (!wanted.ok)
    return failure(
      wrongValue(assignment, `Expected ${wanted.expected}, found ${shown(text)}.`, 'Write such as 12/s.'),
    );
  const byService = Map.groupBy(fields, (field) => field.at[1]);
  const totals = new Map(
    [...byService].map(([service, own]) => [
      service,
      own.reduce((sum, field) => sum + (rateOf(withMeanRate(field, problem.document, new Map())) ?? 0), 0),
    ]),
  );
  return changeFields(problem, fields, {
    assignment,
    valueOf: (field) =>
      scaledValue(
        withMeanRate(field, problem.document, new Map()),
        wanted.value / Math.max(Number.MIN_VALUE, totals.get(field.at[1]) ?? 0),
      ),
  });
}

function rateOf({ value }: Field): number | undefined {
  const parsed = parseRate(value);
  return parsed.ok ? parsed.value : undefined;
}

/** A mean rate that the document leaves to a profile, to a trace or to rates by hour, as what these come to. */
function withMeanRate(
  field: Field,
  { workloads, services }: ProblemDocument,
  meanRates: ReadonlyMap<string, number>,
): Field {
  const [list, index, , place] = field.at;
  if (field.value !== undefined || field.at.at(-1) !== 'meanRate' || typeof index !== 'number') return field;
  const hours =
    list === 'services' && typeof place === 'number'
      ? services?.[index]?.requestClasses?.[place]?.hourlyRate
      : undefined;
  const rate =
    hours === undefined
      ? meanRates.get(workloads[index]?.id ?? '')
      : hours.reduce((sum, item) => sum + item, 0) / Math.max(1, hours.length);
  return rate === undefined ? field : { ...field, value: `${Number(rate.toPrecision(12))}/s` };
}

/** An SLO stands for the latency limits in it where it is changed by a share. */
function limitsWithin(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field): readonly Field[] => {
    if (!field.at.includes('slo') || typeof field.value !== 'object' || field.value === null) return [field];
    const limits = durationsOf(field);
    return limits.length === 0 ? [field] : limits;
  });
}

function durationsOf({ at, schema, value }: Field): readonly Field[] {
  if (schema.title === 'Duration') return value === undefined ? [] : [{ at, schema, value }];
  return Object.entries(schema.properties ?? {}).flatMap(([name, own]) =>
    durationsOf({
      at: [...at, name],
      schema: own,
      value: (value as Record<string, unknown> | undefined)?.[name],
    }),
  );
}

function differenceOf({ at, value }: Field, after: unknown): FieldDifference {
  return {
    path: at
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
      .join('')
      .slice(1),
    ...(value === undefined ? {} : { from: wordsOf(value) }),
    ...(after === undefined ? {} : { to: wordsOf(after) }),
  };
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : shown(value);
}

function wrongPath({ text }: Assignment, summary: string, fix: string): Diagnostic {
  return diagnostic('engine-whatif-path', { summary: `${text}: ${summary}`, path: text, fix });
}

function wrongValue({ text }: Assignment, summary: string, fix: string): Diagnostic {
  return diagnostic('engine-whatif-value', { summary: `${text}: ${summary}`, path: text, fix });
}
