import type { Offering, ResolvedWorkload } from '../src/model/index.ts';
import { mixPlaces, mixUnits, serving } from '../src/optimize/gpu-mix/mix-units.ts';
import type { MixUnit } from '../src/optimize/gpu-mix/mix-units.ts';
import type { Mix, MixProblem } from '../src/optimize/gpu-mix/mix-problem.ts';
import { INPUT_EDGES, OUTPUT_EDGES, classesOf } from '../src/optimize/gpu-mix/request-classes.ts';
import type { RequestClass } from '../src/optimize/gpu-mix/request-classes.ts';
import { solveMix } from '../src/optimize/gpu-mix/solve-mix.ts';
import { MIX_BATCHES, SPANNING_BATCHES, StreamMeter } from '../src/optimize/gpu-mix/stream-meter.ts';
import { mixedStream } from '../src/optimize/gpu-mix/unit-loads.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import type { LengthColumns } from '../src/traffic/index.ts';
import { onlyType, solveMelange } from './baselines/melange.ts';
import type { MelangeAllocation, MelangeGpu, MelangeProblem } from './baselines/melange.ts';

/** Slices per bucket in the paper. */
const SLICES = 8;
const SEED = 1;
const LONGEST = 8000;
/**
 * A bucket counts as not served by a GPU that carries it for so many times more than a dearer GPU does, and for more, by this factor, than everything costs with
 * one type at the least rate: no allocation ever gives it to such a GPU.
 */
const MOST_TIMES_DEARER = 8;
const ENOUGH = 1.25;

/** Throughputs of single GPUs per bucket, as the rivals need them. */
export interface BucketTable {
  readonly buckets: readonly RequestClass[];
  readonly gpus: readonly (MelangeGpu & { readonly unit: MixUnit })[];
  readonly meter: StreamMeter;
}

/**
 * Every GPU by itself (no parallelism) under requests of the mean lengths of each bucket: the largest Poisson rate that keeps the SLO, by
 * simulation, with the best of a few batch limits. A GPU costs as much as the cheapest node on demand with just one.
 */
export function bucketTable(
  workload: ResolvedWorkload,
  offerings: readonly Offering[],
  requests: { readonly lengths: LengthColumns; readonly leastRate: number },
): BucketTable {
  const { lengths, leastRate } = requests;
  const coefficients = shippedCoefficients();
  const buckets = classesOf(lengths, { input: INPUT_EDGES, output: OUTPUT_EDGES });
  const { limits } = workload.workload.slo;
  const subject = { workload: 'service', limits, seed: SEED, coefficients, rate: 1, burstiness: 1 };
  const meter = new StreamMeter(subject, LONGEST);
  // A type that only comes by the eight cannot be bought one by one.
  const places = mixPlaces(offerings, ['on-demand']).filter((place) => place.accelerators === 1);
  const units = mixUnits(
    workload,
    [...buckets].sort((a, b) => a.longest - b.longest),
    { places, coefficients },
  );
  const least = new Float64Array(buckets.length).fill(Infinity);
  let enough = Infinity;
  const gpus = units
    .filter((unit) => unit.accelerators === 1)
    .map((unit) => ({ unit, cost: Math.min(...unit.places.map(({ offering }) => offering.price)) / 1e6 }))
    .sort((a, b) => b.cost - a.cost || (a.unit.id < b.unit.id ? -1 : 1))
    .map(({ unit, cost }) => {
      const throughput = Float64Array.from(buckets, (bucket, b) => {
        const rate = leastRate * bucket.share;
        const floor = Math.min(cost / (MOST_TIMES_DEARER * least[b]!), (rate * cost) / (ENOUGH * enough));
        const carried = throughputOf(unit, bucket, { meter, floor });
        if (carried > 0) least[b] = Math.min(least[b]!, cost / carried);
        return carried;
      });
      const load = buckets.reduce((sum, { share }, b) => sum + (leastRate * share) / throughput[b]!, 0);
      enough = Math.min(enough, Math.ceil(load) * cost);
      return { name: unit.shape.configuration.accelerator.name, cost, throughput, unit };
    });
  return { buckets, gpus, meter };
}

function throughputOf(
  unit: MixUnit,
  bucket: RequestClass,
  { meter, floor }: { readonly meter: StreamMeter; readonly floor: number },
): number {
  const { isl, osl } = bucket.lengths;
  const mean = (column: Int32Array): Int32Array =>
    Int32Array.of(Math.max(1, Math.round(column.reduce((sum, value) => sum + value, 0) / column.length)));
  const lengths = { isl: mean(isl), osl: mean(osl), cachedTokens: new Int32Array(1) };
  const bench = meter.bench({ key: `mean of ${bucket.id}`, lengths, share: bucket.share });
  const longest = (lengths.isl[0] ?? 1) + (lengths.osl[0] ?? 1);
  const { steps } = bench.performanceOf(unit.shape);
  if (steps.kvBlocks * steps.blockTokens < bucket.longest) return 0;
  const effort = { count: 1000, tolerance: 0.03 };
  return meter.carried(bench, serving(unit.shape, longest), { batches: SPANNING_BATCHES, effort, floor })
    .rate;
}

/** What the rivals and the exact program make of one table at one rate; costs in USD per hour. */
export interface TableAnswers {
  readonly single?: { readonly gpu: string; readonly count: number; readonly cost: number };
  readonly ilp?: MelangeAllocation & { readonly cpuSeconds: number };
  readonly exact?: {
    readonly counts: Readonly<Record<string, number>>;
    readonly cost: number;
    readonly bound: number;
    readonly status: string;
    readonly cpuSeconds: number;
  };
}

/** Demand above the real one for which Mélange's program is solved when its allocation for the real one breaks the SLO. */
const HEADROOMS: readonly number[] = [1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3];

/** Mélange's allocation with the least headroom, of a few, that keeps the SLO when it is simulated; undefined where none does. */
export async function keptAllocation(
  table: BucketTable,
  rate: number,
): Promise<{ readonly headroom: number; readonly cost: number } | undefined> {
  for (const headroom of HEADROOMS) {
    const rates = table.buckets.map(({ share }) => share * rate * headroom);
    const ilp = await solveMelange({ rates, gpus: table.gpus, sliceFactor: SLICES });
    if (ilp !== undefined && simulateAllocation(table, ilp, rate) <= 1) return { headroom, cost: ilp.cost };
  }
  return undefined;
}

/** Solves one rate; `cpu` tells CPU seconds used so far. */
export async function answerTable(
  table: BucketTable,
  rate: number,
  cpu: () => number,
): Promise<TableAnswers> {
  const problem: MelangeProblem = {
    rates: table.buckets.map(({ share }) => share * rate),
    gpus: table.gpus,
    sliceFactor: SLICES,
  };
  const singles = table.gpus.flatMap((gpu) => {
    const only = onlyType(gpu, problem.rates);
    return only === undefined ? [] : [{ gpu: gpu.name, ...only }];
  });
  const [single] = singles.sort((a, b) => a.cost - b.cost || (a.gpu < b.gpu ? -1 : 1));
  const before = cpu();
  const ilp = await solveMelange(problem);
  const between = cpu();
  const mixProblem = asMix(problem);
  const incumbent = ilp === undefined ? undefined : mixOf(ilp, mixProblem);
  const answer = await solveMix(mixProblem, incumbent === undefined ? {} : { incumbent });
  const after = cpu();
  return {
    ...(single === undefined ? {} : { single }),
    ...(ilp === undefined ? {} : { ilp: { ...ilp, cpuSeconds: between - before } }),
    ...('mix' in answer
      ? {
          exact: {
            counts: answer.mix.nodes,
            cost: answer.mix.cost / 1e6,
            bound: answer.bound / 1e6,
            status: answer.status,
            cpuSeconds: after - between,
          },
        }
      : {}),
  };
}

/** The same buckets, throughputs and prices: one accelerator per node, one replica per accelerator. */
function asMix({ rates, gpus }: MelangeProblem): MixProblem {
  return {
    classes: Array.from(rates, (rate, index) => ({ id: `bucket ${index}`, rate })),
    nodes: gpus.map(({ name, cost }) => ({ id: name, price: cost * 1e6, accelerators: 1 })),
    options: gpus.map(({ name, throughput }) => ({
      id: name,
      node: name,
      accelerators: 1,
      loads: [Float64Array.from(throughput, (each) => (each > 0 ? 1 / each : Infinity))],
    })),
  };
}

function mixOf({ counts, routing }: MelangeAllocation, { nodes }: MixProblem): Mix {
  const bought = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  const cost = nodes.reduce((sum, { id, price }) => sum + price * (bought[id] ?? 0), 0);
  return { nodes: bought, replicas: bought, routing, cost };
}

/**
 * Whether an allocation keeps the SLO when the requests of its buckets arrive as they are, spread evenly over the GPUs of each type: worst ratio of latency to
 * limit over the types, each with the batch limits that carry most of its requests.
 */
export function simulateAllocation(
  table: BucketTable,
  { counts, routing }: MelangeAllocation,
  rate: number,
): number {
  let worst = 0;
  for (const { name, unit } of table.gpus) {
    const count = counts[name] ?? 0;
    const weights = table.buckets.map(({ share }, b) => share * rate * (routing[b]?.[name] ?? 0));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (count === 0 || total === 0) continue;
    const bench = table.meter.newBench(mixedStream(table.buckets, weights, total / rate));
    const longest = Math.max(
      ...table.buckets.map((bucket, b) => ((weights[b] ?? 0) > 0 ? bucket.longest : 0)),
    );
    const shape = serving(unit.shape, longest);
    const effort = { count: 1500, tolerance: 0.03 };
    const { batch, rate: carried } = table.meter.carried(bench, shape, { batches: MIX_BATCHES, effort });
    if (carried === 0) return Infinity;
    const run = { batch, rate: total / count, count: LONGEST };
    worst = Math.max(worst, table.meter.read(bench, shape, run).value);
  }
  return worst;
}
