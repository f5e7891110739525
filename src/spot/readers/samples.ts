import type { ObservedOffering, ObservedSpan } from './observed-offering.ts';
import { plainName } from './trace-rows.ts';
import type { RowReader, TraceRow, TraceTable } from './trace-rows.ts';

/** Plain names of the columns of a file of samples; the first present counts. `kind` is optional. */
const TIME = ['seconds', 'time', 'timestamp'] as const;
const ZONE = ['zone', 'availabilityzone'] as const;
const TYPE = ['instancetype', 'type', 'accelerator'] as const;
const NODES = ['nodes', 'availablenodes', 'available'] as const;
const KIND = ['kind'] as const;

/** All names that a file of samples may use, for telling unknown columns. */
export const SAMPLE_COLUMNS: readonly string[] = [...TIME, ...ZONE, ...TYPE, ...NODES, ...KIND];

/** Names that stand for the four columns a file of samples must have, in messages. */
export const SAMPLE_NAMES: readonly string[] = ['seconds', 'zone', 'instanceType', 'nodes'];

/** Which of the four necessary columns are absent. */
export function missingSampleColumns(columns: readonly string[]): readonly string[] {
  return [TIME, ZONE, TYPE, NODES].flatMap((names, index) =>
    names.some((name) => columns.includes(name)) ? [] : [SAMPLE_NAMES[index] ?? ''],
  );
}

/** One sample of an offering. */
interface Sample {
  readonly seconds: number;
  readonly nodes: number;
  readonly row: TraceRow;
}

/**
 * The offerings of a file of samples: one row per zone, type and moment (seconds, or date and time as ISO 8601 with UTC where no zone is
 * stated). All share one clock that starts with the earliest row. The tick is `tickSeconds`, else the median distance of samples
 * that follow each other; a sample holds for the tick nearest to it. Of two samples within one tick the smaller count is
 * taken; two at the very same moment overlap.
 */
export function readSamples(
  table: TraceTable,
  reader: RowReader,
  tickSeconds?: number,
): readonly ObservedOffering[] {
  const groups = sampleGroups(table, reader);
  const all = [...groups.values()];
  for (const { samples } of all) samples.sort((a, b) => a.seconds - b.seconds || a.row.line - b.row.line);
  const tick = tickSeconds ?? medianDistance(all.map(({ samples }) => samples));
  if (tick === undefined) {
    const [row] = table.rows;
    if (row !== undefined && all.length > 0)
      reader.report(row, 'one moment alone does not tell how far samples are apart');
    return [];
  }
  const origin = Math.min(...all.map(({ samples }) => samples[0]?.seconds ?? Infinity));
  return all.map(({ zone, instanceType, kind, samples }) => ({
    id: `${zone}_${instanceType}`,
    campaign: reader.fileName,
    ...{ zone, instanceType, kind, tickSeconds: tick },
    mostNodes: samples.reduce((most, { nodes }) => Math.max(most, nodes), 1),
    spans: spansOf(samples, origin, tick),
  }));
}

interface SampleGroup {
  readonly zone: string;
  readonly instanceType: string;
  readonly kind: 'probe' | 'held';
  readonly samples: Sample[];
}

function sampleGroups(table: TraceTable, reader: RowReader): ReadonlyMap<string, SampleGroup> {
  const [timeAt, zoneAt, typeAt] = [
    reader.position(...TIME),
    reader.position(...ZONE),
    reader.position(...TYPE),
  ];
  const [nodesAt, kindAt] = [reader.position(...NODES), reader.position(...KIND)];
  const groups = new Map<string, SampleGroup>();
  for (const row of table.rows) {
    const seconds = readMoment(row, timeAt, reader);
    const [zone, instanceType] = [reader.text(row, zoneAt, 'zone'), reader.text(row, typeAt, 'instanceType')];
    const nodes = reader.count(row, nodesAt, 'nodes', 0);
    const kind = plainName(row.cells[kindAt] ?? '') === 'held' ? 'held' : 'probe';
    if (seconds === undefined || zone === undefined || instanceType === undefined || nodes === undefined)
      continue;
    const key = JSON.stringify([zone, instanceType]);
    const group = groups.get(key) ?? { zone, instanceType, kind, samples: [] };
    groups.set(key, group);
    group.samples.push({ seconds, nodes, row });
  }
  return groups;
}

function readMoment(row: TraceRow, column: number, reader: RowReader): number | undefined {
  const text = row.cells[column] ?? '';
  const isDate = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/.test(text);
  const withZone = /(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) || text.length === 10 ? text : `${text}Z`;
  const value = isDate ? Date.parse(withZone) / 1000 : text === '' ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  reader.report(row, `the time is "${text.slice(0, 60)}", expected seconds or an ISO 8601 date`);
  return undefined;
}

function medianDistance(lists: readonly (readonly Sample[])[]): number | undefined {
  const distances = lists
    .flatMap((samples) =>
      samples.slice(1).map((sample, index) => sample.seconds - (samples[index]?.seconds ?? 0)),
    )
    .filter((distance) => distance > 0)
    .sort((a, b) => a - b);
  return distances[distances.length >> 1];
}

function spansOf(samples: readonly Sample[], origin: number, tick: number): ObservedSpan[] {
  const spans: ObservedSpan[] = [];
  let previous: Sample | undefined;
  for (const sample of samples) {
    const start = Math.round((sample.seconds - origin) / tick);
    const last = spans.at(-1);
    const isSameMoment = previous?.seconds === sample.seconds;
    if (last?.start === start && !isSameMoment) {
      spans[spans.length - 1] = { ...last, nodes: Math.min(last.nodes, sample.nodes) };
    } else {
      spans.push({ start, length: 1, nodes: sample.nodes, line: sample.row.line });
    }
    previous = sample;
  }
  return spans;
}
