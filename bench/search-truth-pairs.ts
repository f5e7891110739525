import { worldSize } from '../src/model/index.ts';
import { candidateOf } from '../src/optimize/candidates/shape.ts';
import type { FleetPart } from '../src/optimize/disaggregation/fleet-tasks.ts';
import { canExchange, roleOptions, whyNotInRole } from '../src/optimize/disaggregation/role-options.ts';
import type { SearchRequest } from '../src/optimize/search/request.ts';
import { meanTokens } from './search-request.ts';
import { mostRate } from './search-truth.ts';
import type { Truth, TruthOptions } from './search-truth.ts';
import type { TruePlan } from './search-value.ts';

/** Replicas of both roles. */
type Pair = readonly [prefill: FleetPart, decode: FleetPart];

/**
 * Every disaggregated plan of a request for the most that the cluster carries, judged by throughput: every option of either role that
 * the engine runs, every number of replicas of both within the accelerators; the capacity of each whole fleet by bisection over whole runs.
 */
export function pairPlans(request: SearchRequest, truth: Truth, options: TruthOptions): readonly TruePlan[] {
  return pairsOf(request, truth).flatMap((pair) => planOf(pair, truth, options));
}

/** The plans that keep the limits at the load at which they would have the value, by one whole run each; then as `pairPlans`. */
export function pairPlansBelow(
  target: number,
  { request, truth, options }: { request: SearchRequest; truth: Truth; options: TruthOptions },
): readonly TruePlan[] {
  const { osl } = meanTokens(truth.bench.subject.profile);
  return pairsOf(request, truth)
    .filter((pair) => passesAt(pair, { truth, options, load: (-target * sizeOf(pair)) / osl }))
    .flatMap((pair) => planOf(pair, truth, options));
}

function planOf(pair: Pair, truth: Truth, options: TruthOptions): readonly TruePlan[] {
  const again = (other: Truth): number => valueOf(pair, other, options);
  const value = again(truth);
  const names = pair.map(({ shape, batch }) => candidateOf(shape, batch).id);
  const id = pair.map(({ replicas }, index) => `${replicas}x${names[index]}`).join(' + ');
  return value < 0 ? [{ id, candidates: names, value, again }] : [];
}

function pairsOf(request: SearchRequest, truth: Truth): readonly Pair[] {
  const { accelerators } = request;
  if (!request.modes.includes('disaggregated')) return [];
  if (request.load.kind !== 'most' || request.objective !== 'throughput-per-accelerator') {
    throw new Error('pairs are measured for the most throughput per accelerator only');
  }
  const shapes = truth.shapes();
  const options = (role: 'prefill' | 'decode') =>
    shapes
      .filter((shape) => whyNotInRole(role, shape) === undefined)
      .flatMap((shape) => roleOptions(role, shape));
  return options('prefill').flatMap((prefill) =>
    options('decode')
      .filter((decode) => canExchange(prefill.shape, decode.shape))
      .flatMap((decode) => {
        const room = accelerators[prefill.shape.pool] ?? 0;
        const [first, second] = [prefill, decode].map(({ shape }) =>
          worldSize(shape.configuration.parallelism),
        );
        return countsWithin(room, first!, second!).map(([p, d]): Pair => [
          { ...prefill, replicas: p },
          { ...decode, replicas: d },
        ]);
      }),
  );
}

/** Every two numbers ≥ 1 of replicas of these sizes within the room. */
function countsWithin(room: number, first: number, second: number): readonly (readonly [number, number])[] {
  const upTo = (most: number): readonly number[] =>
    Array.from({ length: Math.max(0, most) }, (_, i) => i + 1);
  return upTo(Math.floor(room / first)).flatMap((p) =>
    upTo(Math.floor((room - p * first) / second)).map((d) => [p, d] as const),
  );
}

function sizeOf(pair: Pair): number {
  return pair.reduce((sum, part) => sum + part.replicas * worldSize(part.shape.configuration.parallelism), 0);
}

/** Whether a whole run of the fleet keeps the limits by the upper ends of their intervals. */
function passesAt(
  parts: Pair,
  { truth, options, load }: { truth: Truth; options: TruthOptions; load: number },
): boolean {
  const task = { method: 'read-fleet', args: { parts, count: options.requests, load } } as const;
  return truth.bench.perform(task).value.high <= 1;
}

/** Output tokens per second and accelerator at the fleet's capacity, negated; 0 without one. */
function valueOf(pair: Pair, truth: Truth, options: TruthOptions): number {
  const [prefill] = pair;
  const start = truth.bench.guessedRate(prefill.shape, prefill.batch) * prefill.replicas;
  const passes = (load: number): boolean => passesAt(pair, { truth, options, load });
  const capacity = mostRate(passes, start, options.tolerance);
  return (-capacity * meanTokens(truth.bench.subject.profile).osl) / sizeOf(pair);
}
