import type { EngineName } from '../src/model/index.ts';
import type { Fitted } from '../src/perf/coefficients.ts';
import { collectiveSeconds } from '../src/perf/laws.ts';
import type { CollectiveLaw } from '../src/perf/laws.ts';
import { residuals } from './calibrate-operators-fit.ts';
import type { Sample } from './calibrate-operators-fit.ts';
import type { OperatorTable, TableRow } from './calibrate-operators-tables.ts';

/** Largest message kept, bytes: the activations of one step of the largest models. */
const LARGEST_MESSAGE = 2 ** 29;
/** Knots are added until the curve is within this share of every size, or so many are used. */
const CLOSE_ENOUGH = 0.03;
const MOST_KNOTS = 9;

type Point = readonly [bytes: number, seconds: number];

/** Rows of one collective as laws by number of ranks, ascending. `accept` picks the rows. */
export function fitCollective(
  table: OperatorTable,
  link: number,
  accept: (row: TableRow) => boolean,
): readonly Fitted<CollectiveLaw>[] {
  const byRanks = new Map<number, Point[]>();
  const rejected = new Map<number, number>();
  table.forEach((row) => {
    // Elements of two bytes; int8 rows measure the same curve.
    const bytes = row.number('message_size') * 2;
    if (!accept(row) || bytes > LARGEST_MESSAGE) return;
    const ranks = row.number('num_gpus');
    const seconds = row.number('latency_ms') / 1e3;
    // No collective moves less than half of the message over a link, up to 1.5 times the nominal rate in both directions.
    if (!(seconds > 0) || bytes / 2 / (link * 1.5) > seconds) {
      rejected.set(ranks, (rejected.get(ranks) ?? 0) + 1);
      return;
    }
    const points = byRanks.get(ranks) ?? [];
    points.push([bytes, seconds]);
    byRanks.set(ranks, points);
  });
  return [...byRanks.entries()]
    .sort(([a], [b]) => a - b)
    .filter(([, points]) => points.length >= 8)
    .map(([ranks, points]) => fitCurve(ranks, points, rejected.get(ranks) ?? 0));
}

/** The law of one engine's curves where it differs from the base by more than 3 % on average. */
export function differs(base: readonly CollectiveLaw[], own: readonly CollectiveLaw[]): boolean {
  const sizes = Array.from({ length: 16 }, (_, i) => 2 ** (12 + i));
  const gaps = own.flatMap((law) => {
    const other = base.find((entry) => entry.ranks === law.ranks);
    return other === undefined
      ? []
      : sizes.map((bytes) =>
          Math.abs(Math.log(collectiveSeconds(other, bytes) / collectiveSeconds(law, bytes))),
        );
  });
  return gaps.length === 0 || gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length > 0.03;
}

/** Engine by backend of the tables. */
export const COLLECTIVE_ENGINES: readonly (readonly [backend: string, engine: EngineName])[] = [
  ['vllm', 'vllm'],
  ['trtllm', 'tensorrt-llm'],
  ['sglang', 'sglang'],
];

/** A curve through all sizes; its residuals are those of every second size on a curve through the others. */
function fitCurve(ranks: number, points: readonly Point[], rejected: number): Fitted<CollectiveLaw> {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const sample = ([bytes, seconds]: Point): Sample => ({ x: [bytes], seconds, group: '' });
  const half = curve(sorted.filter((_, i) => i % 2 === 0 || i === sorted.length - 1));
  const held = sorted.filter((_, i) => i % 2 === 1 && i < sorted.length - 1).map(sample);
  const quality = residuals({ ranks, knots: half }, held, (law, [bytes = 0]) =>
    collectiveSeconds(law, bytes),
  );
  return { ranks, knots: curve(sorted), quality: { rows: points.length, ...quality, rejected } };
}

/** The fewest knots whose line stays within `CLOSE_ENOUGH` of a monotone version of the points. */
function curve(points: readonly Point[]): readonly Point[] {
  const rising = monotone(points);
  const chosen = new Set([0, rising.length - 1]);
  while (chosen.size < Math.min(MOST_KNOTS, rising.length)) {
    const law = { ranks: 0, knots: rising.filter((_, i) => chosen.has(i)) };
    const gaps = rising.map(([bytes, seconds]) =>
      Math.abs(Math.log(collectiveSeconds(law, bytes) / seconds)),
    );
    const worst = gaps.indexOf(Math.max(...gaps));
    if ((gaps[worst] ?? 0) < CLOSE_ENOUGH || chosen.has(worst)) break;
    chosen.add(worst);
  }
  return rising
    .filter((_, i) => chosen.has(i))
    .map(([bytes, seconds]) => [bytes, Number(seconds.toPrecision(4))] as const);
}

/**
 * The curve that a sender could always reach: no message needs longer than a larger one, since it can be padded. Takes
 * away disturbed single runs and the plateaus where an engine switches its algorithm too early.
 */
function monotone(points: readonly Point[]): readonly Point[] {
  let least = Infinity;
  return points
    .toReversed()
    .map(([bytes, seconds]) => [bytes, (least = Math.min(least, seconds))] as const)
    .toReversed();
}
