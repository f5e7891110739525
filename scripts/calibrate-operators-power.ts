import type { PowerLaw } from '../src/perf/coefficients.ts';
import { fitLaw } from './calibrate-operators-fit.ts';
import type { Sample } from './calibrate-operators-fit.ts';
import type { MeasuredSystem, OperatorTable, TableRow } from './calibrate-operators-tables.ts';

/**
 * Shorter runs than these were over before the board's power meter settled (rows below them sit near idle power at any
 * utilisation), ms: products were repeated for longer than attention.
 */
const SHORTEST_PRODUCT = 0.06;
const SHORTEST_ATTENTION = 0.3;
/** A board below this share of its limit cannot be doing this share of its peak: the meter had not settled. */
const UNSETTLED_POWER = 0.35;
const UNSETTLED_WORK = 0.4;

type Coefficients = Pick<PowerLaw, 'idle' | 'compute' | 'memory'>;

/** Share of the power limit from the utilisation of matrix units and memory. */
export function powerShare(law: Coefficients, compute: number, memory: number): number {
  return Math.min(1, law.idle + law.compute * compute + law.memory * memory);
}

/** Power by utilisation from the `*_power` tables of a system; undefined where it has none. */
export async function fitPower(
  load: (table: string) => Promise<OperatorTable>,
  s: MeasuredSystem,
): Promise<PowerLaw | undefined> {
  const samples: Sample[] = [];
  let rejected = 0;
  const add = (row: TableRow, group: string, work: { flops: number; bytes: number; peak: number }): void => {
    const seconds = row.number('latency_ms') / 1e3;
    const compute = work.flops / work.peak / seconds;
    const memory = work.bytes / s.memoryBandwidth / seconds;
    const share = row.number('power_w') / row.number('power_limit_w');
    const shortest = /decode|prefill/.test(group) ? SHORTEST_ATTENTION : SHORTEST_PRODUCT;
    if (!(seconds * 1e3 >= shortest) || !(compute <= 1.05) || !(memory <= 1.05) || !(share > 0)) return;
    if (share < UNSETTLED_POWER && Math.max(compute, memory) > UNSETTLED_WORK) {
      rejected++;
      return;
    }
    samples.push({ x: [Math.min(1, compute), Math.min(1, memory)], seconds: share, group });
  };
  const peaks: Readonly<Record<string, readonly [peak: number, bytes: number]>> = {
    bfloat16: [s.bf16, 2],
    fp8: [s.fp8, 1],
    fp8_block: [s.fp8, 1],
    nvfp4: [s.fp4, 0.5625],
  };
  (await load('gemm_power')).forEach((row) => {
    const [peak = 0, bytes = 0] = peaks[row.text('gemm_dtype')] ?? [];
    const [m, n, k] = [row.number('m'), row.number('n'), row.number('k')];
    if (peak > 0 && n >= 1024 && k >= 1024) {
      add(row, `${n}x${k}`, { flops: 2 * m * n * k, bytes: (n * k + m * k) * bytes + m * n * 2, peak });
    }
  });
  (await load('context_attention_power')).forEach((row) => {
    if (row.number('window_size') > 0 || row.number('head_dim') !== 128) return;
    const [b, isl, heads] = [row.number('batch_size'), row.number('isl'), row.number('num_heads')];
    add(row, `prefill ${heads}`, { flops: 2 * b * heads * 128 * isl * isl, bytes: 0, peak: s.bf16 });
  });
  (await load('generation_attention_power')).forEach((row) => {
    if (row.number('window_size') > 0 || row.number('head_dim') !== 128) return;
    const cached = row.number('batch_size') * (row.number('isl') + row.number('step'));
    const kvHeads = row.number('num_key_value_heads');
    const bytes = cached * 2 * kvHeads * 128 * (row.text('kv_cache_dtype') === 'fp8' ? 1 : 2);
    const flops = 4 * cached * row.number('num_heads') * 128;
    add(row, `decode ${kvHeads}`, { flops, bytes, peak: s.bf16 });
  });
  if (samples.length < 100) return undefined;
  const share = (name: string, start: number) => ({ name, start, low: 0.02, high: 2 });
  const fit = fitLaw<Coefficients>(
    samples,
    [share('idle', 0.25), share('compute', 0.6), share('memory', 0.4)],
    (law, [compute = 0, memory = 0]) => powerShare(law, compute, memory),
  );
  return { ...fit.law, quality: { ...fit.quality, rejected } };
}
