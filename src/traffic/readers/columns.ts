import { closestName, diagnostic, editDistance, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { TraceColumns } from '../trace.ts';
import type { ReadContext } from './reader.ts';

/** The facts of a request that a column may hold, in the order of their slots. */
export const SLOTS = ['arrival', 'isl', 'osl', 'cachedTokens'] as const;
export type Slot = (typeof SLOTS)[number];

/** Column names by slot; the first one present in a file counts. */
export type ColumnNames = Readonly<Record<Slot, readonly string[]>>;

/** The name in a file of each slot; undefined when the file lacks it (allowed for some). */
export type FoundColumns = Readonly<Record<Slot, string | undefined>>;

/** Names under which plain files usually hold these facts; read from public traces and benchmark tools. */
export const USUAL_NAMES: ColumnNames = {
  arrival: [
    'arrival',
    'arrival_time',
    'arrived_at',
    'timestamp',
    'time',
    't_seconds',
    'arrival_seconds',
    'arrival_ms',
    'timestamp_ms',
    'start_time',
  ],
  isl: [
    'isl',
    'input_length',
    'input_toks',
    'input_tokens',
    'context_tokens',
    'prompt_tokens',
    'request_tokens',
    'num_prefill_tokens',
    'prompt_len',
    'prompt_length',
    'input_len',
  ],
  osl: [
    'osl',
    'output_length',
    'output_toks',
    'output_tokens',
    'generated_tokens',
    'completion_tokens',
    'response_tokens',
    'num_decode_tokens',
    'output_len',
  ],
  cachedTokens: ['cached_tokens', 'prefix_tokens', 'cached_prompt_tokens'],
};

const MEANING: Readonly<Record<Slot, string>> = {
  arrival: 'arrival times',
  isl: 'input tokens',
  osl: 'output tokens',
  cachedTokens: 'cached prefix tokens',
};

/** A column name without the differences that do not count: case, quotes, spaces, `_` and `-`. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_"-]/g, '');
}

/**
 * Finds the columns of a file among `present`, the names it has: stated ones, else the first of `names`.
 * Errors: `traffic-missing-column` for each slot that is absent (cachedTokens only when stated), with the closest name.
 */
export function findColumns(
  names: ColumnNames,
  present: readonly string[],
  context: ReadContext,
): Outcome<FoundColumns> {
  const byPlainName = new Map<string, string>();
  for (const name of present) if (!byPlainName.has(plainName(name))) byPlainName.set(plainName(name), name);
  const found: Partial<Record<Slot, string>> = {};
  const missing: Slot[] = [];
  for (const slot of SLOTS) {
    const stated = statedName(context.columns, slot);
    if (stated === null) continue;
    const wanted = stated === undefined ? names[slot] : [stated];
    const name = wanted.map((item) => byPlainName.get(plainName(item))).find((item) => item !== undefined);
    if (name !== undefined) found[slot] = name;
    else if (slot !== 'cachedTokens' || stated !== undefined) missing.push(slot);
  }
  if (missing.length === 0) return success({ ...NO_COLUMNS, ...found });
  const used = new Set(Object.values(found));
  const offered = { present, unused: present.filter((name) => !used.has(name)) };
  return failure(...missing.map((slot) => missingColumn(slot, names, offered, context)));
}

const NO_COLUMNS: FoundColumns = {
  arrival: undefined,
  isl: undefined,
  osl: undefined,
  cachedTokens: undefined,
};

function statedName(columns: TraceColumns, slot: Slot): string | null | undefined {
  return columns[slot];
}

/** What the first line offers for a slot: the names it has, and those among them that hold nothing else. */
interface Offered {
  readonly present: readonly string[];
  readonly unused: readonly string[];
}

function missingColumn(slot: Slot, names: ColumnNames, offered: Offered, context: ReadContext): Diagnostic {
  const stated = statedName(context.columns, slot);
  const wanted = typeof stated === 'string' ? [stated] : names[slot];
  const listed = offered.present.map((name) => `"${name}"`).join(', ');
  const closest = closestOf(wanted, offered.unused);
  return diagnostic('traffic-missing-column', {
    summary: `${context.fileName} has no column "${wanted[0] ?? slot}" for ${MEANING[slot]}.`,
    detail: `Its first line names ${listed === '' ? 'no columns' : listed}.`,
    path: context.fileName,
    source: { file: context.fileName, line: 1 },
    fix:
      closest === undefined
        ? 'State which columns hold arrival times, input tokens and output tokens.'
        : `Did you mean "${closest}"?`,
  });
}

/** The offered name nearest to any of the wanted ones; undefined when none is near. */
function closestOf(wanted: readonly string[], offered: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const name of wanted) {
    const closest = closestName(name, offered);
    const distance =
      closest === undefined ? Infinity : editDistance(name.toLowerCase(), closest.toLowerCase());
    if (distance < least) {
      best = closest;
      least = distance;
    }
  }
  return best;
}
