import type {
  AimChange,
  AllocationChange,
  AllocationSummary,
  ObjectChange,
  ObjectDiff,
  PlanDiff,
} from '../../plan/index.ts';
import { formatPath } from '../../plan/index.ts';
import { formatPercent, formatUsd } from '../../units/index.ts';
import { limitAmount } from '../aims-phrases.ts';
import { SHOWN_ROWS } from '../cut-rows.ts';
import { plural } from '../phrases.ts';
import type { Palette } from './palette.ts';

/** Longest value printed inline; longer ones are cut with an ellipsis (the manifests hold them whole). */
const INLINE_LENGTH = 120;

/** Fields told of a pod set whose candidate and replicas stay. */
const SHOWN_FIELDS = 4;

/** What was declared, priced or set otherwise, one line each; the first of many. */
export function inputLines(diff: PlanDiff): readonly string[] {
  const told = new Set([
    ...(diff.declared.length > 0 ? ['problem'] : []),
    ...(diff.prices.length > 0 ? ['prices'] : []),
    ...(diff.declared.some(({ path }) => path.includes('traffic')) ? ['traffic'] : []),
  ]);
  const lines = [
    ...diff.declared.map(declaredLine),
    ...diff.prices.map(
      ({ offering, before, after }) =>
        `price of ${offering}: ${formatUsd(before, 4)} → ${formatUsd(after, 4)} USD/hour`,
    ),
    ...diff.inputs
      .filter(({ input }) => !told.has(input))
      .map(({ input, planned, current }) =>
        /^[0-9a-f]{64}$/.test(current) || /^[0-9a-f]{64}$/.test(planned)
          ? `${input}: other content`
          : `${input}: ${inline(planned)} → ${inline(current)}`,
      ),
  ];
  const left = lines.length - SHOWN_ROWS;
  return left > 0
    ? [...lines.slice(0, SHOWN_ROWS), `… and ${plural(left, 'more change')} (all with --json)`]
    : lines;
}

function declaredLine(change: ObjectChange): string {
  const path = formatPath(change.path);
  if (change.action === 'reordered') return `${path}: in another order`;
  const before = change.action === 'added' ? 'none' : inline(change.before);
  return `${path}: ${before} → ${change.action === 'removed' ? 'none' : inline(change.after)}`;
}

/** Pod sets of language models that differ, a line each; one whose size stays has what differs below it. */
export function allocationLines(diff: PlanDiff, palette: Palette): readonly string[] {
  return diff.allocations.map((change) => allocationLine(change, palette));
}

function allocationLine(change: AllocationChange, palette: Palette): string {
  const [before, after] = [summaryPhrase(change.before), summaryPhrase(change.after)];
  switch (change.action) {
    case 'added':
      return palette.good(`+ ${change.id}: ${after}`);
    case 'removed':
      return palette.bad(`- ${change.id}: ${before}`);
    case 'changed':
      return before === after
        ? [palette.caution(`~ ${change.id}: still ${after}, otherwise`), ...fieldLines(change, palette)].join(
            '\n',
          )
        : palette.caution(`~ ${change.id}: ${before} → ${after}`);
  }
}

function fieldLines({ fields = [] }: AllocationChange, palette: Palette): readonly string[] {
  const left = fields.length - SHOWN_FIELDS;
  return [
    ...fields.slice(0, SHOWN_FIELDS).flatMap((field) => changeLines(field, palette)),
    ...(left > 0 ? [`… and ${plural(left, 'more field')}`] : []),
  ].map((line) => `    ${line}`);
}

function summaryPhrase(summary: AllocationSummary | undefined): string {
  if (summary === undefined) return '';
  const { minReplicas: min, maxReplicas: max } = summary;
  return `${min === max ? max : `${min}–${max}`} × ${summary.candidate} on ${summary.capacityType}`;
}

/** Nodes whose number differs, in the window that has most of them; those of `services` are told there. */
export function nodeLines({ nodes, services }: PlanDiff, palette: Palette): readonly string[] {
  const shared = new Set(services?.nodes.map((change) => change.offering));
  return nodes
    .filter((change) => !shared.has(change.offering))
    .map(({ offering, before, after }) => {
      const line = `${offering}: ${before} → ${after}`;
      if (before === 0) return palette.good(`+ ${line}`);
      return after === 0 ? palette.bad(`- ${line}`) : palette.caution(`~ ${line}`);
    });
}

/** What workloads are planned for otherwise. */
export function aimLines({ aims }: PlanDiff): readonly string[] {
  return aims.map(
    ({ workload, aim, before, after }) =>
      `${workload} ${aim}: ${aimWords(aim, before)} → ${aimWords(aim, after)}`,
  );
}

function aimWords(aim: AimChange['aim'], value: string | number | undefined): string {
  if (value === undefined) return 'none';
  if (typeof value === 'string') return value;
  return aim === 'confidence' || aim === 'objective' || aim === 'serving'
    ? formatPercent(value)
    : limitAmount(aim, value);
}

/** What happens to an object: `~ Deployment llm/chat`. */
export function objectLine({ action, subject }: ObjectDiff, palette: Palette): string {
  switch (action) {
    case 'create':
      return palette.good(`+ ${subject}`);
    case 'delete':
      return palette.bad(`- ${subject}`);
    case 'update':
      return palette.caution(`~ ${subject}`);
  }
}

/** Violations that came and went, and those that are waived now. */
export function verdictLines({ policy }: PlanDiff, palette: Palette): readonly string[] {
  const place = (item: PlanDiff['policy']['appeared'][number]): string =>
    `${item.level} ${item.pack}/${item.rule} on ${item.subject}`;
  return [
    ...policy.appeared.map((item) => palette.bad(`+ ${place(item)}: ${item.message}`)),
    ...policy.waived.map((item) => {
      const { owner = 'somebody', expires = 'further notice', reason = '' } = item.waiver ?? {};
      return palette.caution(`~ ${place(item)}: waived by ${owner} until ${expires}: ${reason}`);
    }),
    ...policy.resolved.map((item) => palette.good(`- ${place(item)}`)),
  ];
}

/** One change of a field for a terminal, a line each: `~ spec.replicas: 3 → 5`. */
export function changeLines(change: ObjectChange, palette: Palette): string[] {
  const path = formatPath(change.path);
  switch (change.action) {
    case 'added':
      return [palette.good(`+ ${path}: ${inline(change.after)}`)];
    case 'removed':
      return [palette.bad(`- ${path}: ${inline(change.before)}`)];
    case 'reordered':
      return [
        palette.caution(`~ ${path}: order by ${change.by} is now ${change.order.map(String).join(', ')}`),
      ];
    case 'changed':
      return Array.isArray(change.before) && Array.isArray(change.after)
        ? listChangeLines({ path, before: change.before, after: change.after }, palette)
        : [palette.caution(`~ ${path}: ${inline(change.before)} → ${inline(change.after)}`)];
  }
}

/** A replaced list of scalars: only the items that left and came. */
function listChangeLines(
  change: { readonly path: string; readonly before: readonly unknown[]; readonly after: readonly unknown[] },
  palette: Palette,
): string[] {
  const texts = { before: change.before.map(inline), after: change.after.map(inline) };
  const gone = texts.before.filter((item) => !texts.after.includes(item));
  const fresh = texts.after.filter((item) => !texts.before.includes(item));
  if (gone.length + fresh.length === 0)
    return [palette.caution(`~ ${change.path}: order or repetition changed`)];
  return [
    palette.caution(`~ ${change.path}: ${plural(gone.length + fresh.length, 'item')} changed`),
    ...gone.map((item) => palette.bad(`  - ${item}`)),
    ...fresh.map((item) => palette.good(`  + ${item}`)),
  ];
}

function inline(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > INLINE_LENGTH ? `${text.slice(0, INLINE_LENGTH)}…` : text;
}
