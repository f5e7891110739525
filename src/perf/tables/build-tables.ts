import type { MeasuredCurve, MeasuredOperator } from './measured-tables.ts';
import type { OperatorSample } from './operator-sample.ts';

/** Points kept per operator and format: some 50 kB of JSON. */
export const MOST_POINTS = 2000;
/** Points kept per curve at least, where there are as many: two per octave over six octaves, or one over twelve. */
const FEWEST_SIZES = 12;
/** Fewest samples with which a preferred backend is taken, as in `calibrate:operators`. */
const ENOUGH_SAMPLES = 24;

/** Backends of the measured operators, best first; others follow by name. Eager all-reduces come last. */
const PREFERENCE = ['vllm', 'trtllm', 'sglang', 'nccl', 'oneccl', 'apex'];
/**
 * Exceptions: the vLLM tables of fp8-block products carry a host-launch floor, and its fp8 experts fall back to a slow
 * kernel (README of the operator tables, known flaws, 2026-08-21); its latent attention was measured with an older
 * version (0.14.0), several times slower than the others.
 */
const LAST: Readonly<Record<string, string>> = {
  'gemm fp8-block': 'vllm',
  'experts fp8': 'vllm',
  'mla-prefill bf16': 'vllm',
  'mla-prefill fp8': 'vllm',
  'mla-decode bf16': 'vllm',
  'mla-decode fp8': 'vllm',
};

/**
 * Curves of measured operators from samples in any order. Of each operator and format one backend is taken (`backend`
 * where given and present). Repeated measurements of one point give their median. Along the size, times are made
 * non-decreasing (isotonic regression in the logarithm: runs that fall are levelled at their mean). All points are
 * kept where they are at most `MOST_POINTS` in all. Else each curve keeps its share of them, but not below 12, spread
 * evenly over its logarithmic range with both ends; and where shapes are too many even so, those that share a cell of a
 * logarithmic grid are represented by the one with most points, the cell growing from a quarter octave until they fit.
 * Deterministic; mutates nothing.
 */
export function buildOperators(
  samples: readonly OperatorSample[],
  backend?: string,
): readonly MeasuredOperator[] {
  const groups = Map.groupBy(samples, ({ kind, precision }) => `${kind} ${precision}`);
  return [...groups]
    .sort(([a], [b]) => compare(a, b))
    .map(([name, own]) => {
      const { kind, precision } = own[0]!;
      const chosen = chooseBackend(name, own, backend);
      const curves = bounded(curvesOf(own.filter((sample) => sample.backend === chosen)));
      return { kind, precision, backend: chosen, samples: own.length, curves };
    });
}

function chooseBackend(name: string, samples: readonly OperatorSample[], wanted: string | undefined): string {
  const counts = new Map<string, number>();
  for (const { backend } of samples) counts.set(backend, (counts.get(backend) ?? 0) + 1);
  if (wanted !== undefined && counts.has(wanted)) return wanted;
  const rank = (backend: string): number => {
    const known = PREFERENCE.indexOf(backend);
    return backend === LAST[name] ? PREFERENCE.length : known === -1 ? PREFERENCE.length + 1 : known;
  };
  const ordered = [...counts.keys()].sort((a, b) => rank(a) - rank(b) || compare(a, b));
  return ordered.find((backend) => (counts.get(backend) ?? 0) >= ENOUGH_SAMPLES) ?? ordered[0]!;
}

function curvesOf(samples: readonly OperatorSample[]): readonly MeasuredCurve[] {
  const byShape = Map.groupBy(samples, ({ shape }) => shape.join(' '));
  const most = Math.max(FEWEST_SIZES, Math.floor(MOST_POINTS / byShape.size));
  return [...byShape.values()].map((own) => {
    const bySize = [...Map.groupBy(own, ({ size }) => size)].sort(([a], [b]) => a - b);
    const times = nonDecreasing(bySize.map(([, same]) => median(same.map(({ seconds }) => seconds))));
    const kept = spread(
      bySize.map(([size]) => size),
      most,
    );
    return {
      shape: own[0]!.shape,
      sizes: kept.map((index) => bySize[index]![0]),
      seconds: kept.map((index) => Number(times[index]!.toPrecision(5))),
    };
  });
}

/** Isotonic regression of the logarithms (pool adjacent violators; Barlow et al., 1972). Values > 0. */
export function nonDecreasing(values: readonly number[]): readonly number[] {
  const blocks: { sum: number; count: number }[] = [];
  for (const value of values) {
    blocks.push({ sum: Math.log(value), count: 1 });
    for (let last = blocks.at(-1)!, before = blocks.at(-2); before !== undefined; before = blocks.at(-2)) {
      if (before.sum / before.count <= last.sum / last.count) break;
      before.sum += last.sum;
      before.count += last.count;
      blocks.pop();
      last = before;
    }
  }
  return blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => Math.exp(sum / count)));
}

/** Indices of at most `most` (≥ 2) of ascending sizes, evenly spread over their logarithms, ends included. */
function spread(sizes: readonly number[], most: number): readonly number[] {
  if (sizes.length <= most) return sizes.map((_, index) => index);
  const low = Math.log(sizes[0]!);
  const span = Math.log(sizes.at(-1)!) - low;
  const chosen = new Set<number>();
  for (let slot = 0; slot < most; slot += 1) {
    const target = low + (span * slot) / (most - 1);
    const distance = (index: number): number => Math.abs(Math.log(sizes[index]!) - target);
    let nearest = 0;
    for (let index = 1; index < sizes.length; index += 1) {
      if (distance(index) < distance(nearest)) nearest = index;
    }
    chosen.add(nearest);
  }
  return [...chosen].sort((a, b) => a - b);
}

function bounded(curves: readonly MeasuredCurve[]): readonly MeasuredCurve[] {
  let kept = curves;
  for (let octaves = 0.25; points(kept) > MOST_POINTS; octaves *= 1.25) {
    const cells = Map.groupBy(curves, ({ shape }) =>
      shape.map((value) => Math.round(Math.log2(1 + value) / octaves)).join(' '),
    );
    kept = [...cells.values()].map((same) =>
      same.reduce((best, curve) =>
        curve.sizes.length > best.sizes.length ||
        (curve.sizes.length === best.sizes.length && compareShapes(curve, best) < 0)
          ? curve
          : best,
      ),
    );
  }
  return [...kept].sort(compareShapes);
}

function points(curves: readonly MeasuredCurve[]): number {
  return curves.reduce((sum, { sizes }) => sum + sizes.length, 0);
}

function compareShapes(a: MeasuredCurve, b: MeasuredCurve): number {
  const index = a.shape.findIndex((value, i) => value !== b.shape[i]);
  return index === -1 ? 0 : a.shape[index]! - b.shape[index]!;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
