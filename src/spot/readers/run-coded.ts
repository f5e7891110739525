import type { ObservedOffering } from './observed-offering.ts';
import type { RowReader, TraceRow, TraceTable } from './trace-rows.ts';

/**
 * Columns of the run-length coded layout of the SkyPilot spot traces (skypilot-org/spot-traces, NSDI '24), as plain names:
 * `kind` availability (launches were tried) or preemption (an instance was held), and for each run its first tick, its length
 * in ticks of `gap_seconds` each and the nodes that could be had.
 */
export const RUN_CODED_COLUMNS: readonly string[] = [
  'kind',
  'nodesrequested',
  'campaign',
  'zoneandtype',
  'gapseconds',
  'starttick',
  'runlengthticks',
  'availablenodes',
];

/** Names of the same columns as files write them. */
const SHOWN = [
  'kind',
  'nodes_requested',
  'campaign',
  'zone_and_type',
  'gap_seconds',
  'start_tick',
  'run_length_ticks',
  'available_nodes',
] as const;

const KINDS: Readonly<Record<string, 'probe' | 'held'>> = { availability: 'probe', preemption: 'held' };

/** The offerings of a run-length coded table; rows that cannot be read are reported to `reader`. */
export function readRunCoded(table: TraceTable, reader: RowReader): readonly ObservedOffering[] {
  const positions = RUN_CODED_COLUMNS.map((name) => reader.position(name));
  const offerings = new Map<string, ObservedOffering>();
  for (const row of table.rows) {
    const run = readRun(row, positions, reader);
    if (run === undefined) continue;
    const known = offerings.get(run.offering.id);
    if (known === undefined) offerings.set(run.offering.id, run.offering);
    else if (known.tickSeconds !== run.offering.tickSeconds || known.kind !== run.offering.kind) {
      reader.report(row, `kind and tick differ from earlier rows of ${known.id}`);
      continue;
    }
    const { nodes, start, length } = run;
    const { mostNodes } = known ?? run.offering;
    if (nodes > mostNodes) {
      reader.report(row, `${nodes} nodes were had where ${mostNodes} were asked for`);
      continue;
    }
    (known ?? run.offering).spans.push({ start, length, nodes, line: row.line });
  }
  return [...offerings.values()];
}

/** A row with the offering it tells of, still without spans. */
interface Run {
  readonly offering: ObservedOffering;
  readonly start: number;
  readonly length: number;
  readonly nodes: number;
}

function readRun(row: TraceRow, positions: readonly number[], reader: RowReader): Run | undefined {
  const text = (index: number): string | undefined =>
    reader.text(row, positions[index] ?? -1, SHOWN[index] ?? '');
  const count = (index: number, least: number): number | undefined =>
    reader.count(row, positions[index] ?? -1, SHOWN[index] ?? '', least);
  const kindText = text(0);
  const kind = kindText === undefined ? undefined : KINDS[kindText];
  if (kindText !== undefined && kind === undefined) {
    reader.report(row, `"kind" is "${kindText.slice(0, 60)}", expected availability or preemption`);
  }
  const [mostNodes, campaign, place, tickSeconds] = [count(1, 1), text(2), text(3), count(4, 1)];
  const [start, length, nodes] = [count(5, 0), count(6, 1), count(7, 0)];
  if (kind === undefined || mostNodes === undefined || campaign === undefined || place === undefined)
    return undefined;
  if (tickSeconds === undefined || start === undefined || length === undefined || nodes === undefined)
    return undefined;
  const split = place.indexOf('_');
  const zone = split < 0 ? place : place.slice(0, split);
  const instanceType = split < 0 ? place : place.slice(split + 1);
  const prefix = mostNodes === 1 ? campaign : `${campaign}/${mostNodes}`;
  const date = dateOf(campaign);
  const offering: ObservedOffering = {
    id: `${prefix}/${place}`,
    ...{ campaign, zone, instanceType, kind, tickSeconds, mostNodes, spans: [] },
    ...(date === undefined ? {} : { date }),
  };
  return { offering, start, length, nodes };
}

/** `2023-02-15` of a campaign called `aws-02-15-2023`; undefined for names without such a date. */
function dateOf(campaign: string): string | undefined {
  const [, month, day, year] = /(\d\d)-(\d\d)-(\d{4})$/.exec(campaign) ?? [];
  return year === undefined ? undefined : `${year}-${month ?? ''}-${day ?? ''}`;
}
