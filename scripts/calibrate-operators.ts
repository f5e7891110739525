/**
 * Fits the operator laws of every measured accelerator and writes one JSON file each under src/perf/coefficients.
 * Usage: npm run calibrate:operators -- --data ../shared/data [--system h100_sxm] [--out DIR]
 * Deterministic: same tables, same bytes. Prints one line of residuals per law on stdout.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import type { AcceleratorCoefficients, FitQuality } from '../src/perf/coefficients.ts';
import { fitCollective, fitDecode, fitExperts, fitGemm, fitPrefill } from './calibrate-operators-laws.ts';
import { firstBackend, readTable } from './calibrate-operators-tables.ts';
import type { MeasuredSystem } from './calibrate-operators-tables.ts';

/** Catalogue name and architecture of each measured system. */
const SYSTEMS: readonly (readonly [system: string, accelerator: string, architecture: string])[] = [
  ['a100_sxm', 'a100-80gb-sxm', 'ampere'],
  ['b200_sxm', 'b200', 'blackwell'],
  ['b300_sxm', 'b300', 'blackwell'],
  ['b60', 'b60', 'xe2'],
  ['gb200', 'gb200', 'blackwell'],
  ['gb300', 'gb300', 'blackwell'],
  ['h100_sxm', 'h100-sxm', 'hopper'],
  ['h200_sxm', 'h200-sxm', 'hopper'],
  ['l40s', 'l40s', 'ada'],
  ['rtx_pro_6000_server', 'rtx-pro-6000', 'blackwell'],
];

/**
 * The L40S host of the tables reaches 1.5 to 5 GB/s with 4 and 8 cards: its PCIe topology, not the card (README of the
 * tables, known flaws). Bandwidth beyond two cards is therefore *assumed* to fall as on the RTX PRO 6000 host of the same
 * tables, where bus bandwidth at 4 and 8 cards is 0.69 and 0.58 of that at two.
 */
const HOST_LIMITED: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  l40s: { 4: 0.69, 8: 0.58 },
};

/** Tables of laws by format. */
const TABLES = ['gemm', 'prefillAttention', 'decodeAttention', 'mlaPrefill', 'mlaDecode', 'experts'] as const;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    out: { type: 'string', default: 'src/perf/coefficients' },
    system: { type: 'string' },
  },
});
const directory = existsSync(path.join(flags.data, 'gpu-ops'))
  ? path.join(flags.data, 'gpu-ops')
  : flags.data;
if (!existsSync(path.join(directory, 'systems.csv'))) {
  console.error(`no operator tables under ${flags.data}: expected gpu-ops/systems.csv`);
  process.exit(1);
}
const facts = parse<Record<string, string>>(readFileSync(path.join(directory, 'systems.csv'), 'utf8'), {
  columns: true,
});
for (const [system, accelerator, architecture] of SYSTEMS) {
  if (flags.system !== undefined && flags.system !== system) continue;
  const fitted = await calibrate(measuredSystem(system), accelerator, architecture);
  report(fitted);
  writeFileSync(path.join(flags.out, `${accelerator}.json`), `${JSON.stringify(fitted, null, 1)}\n`);
}

function measuredSystem(system: string): MeasuredSystem {
  const row = facts.find((candidate) => candidate['system'] === system);
  if (row === undefined) throw new Error(`systems.csv lacks ${system}`);
  const peak = (column: string): number => Number(row[column] ?? 0) * 1e12;
  return {
    system,
    bf16: peak('bf16_tflops'),
    fp8: peak('fp8_tflops'),
    fp4: peak('fp4_tflops'),
    int8: peak('int8_tops'),
    memoryBandwidth: Number(row['mem_bw_gbs']) * 1e9,
    linkBandwidth: Number(row['intra_node_gbs']) * 1e9,
  };
}

async function calibrate(
  s: MeasuredSystem,
  accelerator: string,
  architecture: string,
): Promise<AcceleratorCoefficients> {
  const load = (table: string) => readTable(directory, s.system, table);
  const allReduce = firstBackend(
    await load('allreduce'),
    ['vllm', 'trtllm', 'sglang'],
    (row) => !String(row['allreduce_impl']).includes('eager') || s.system === 'b60',
  );
  const nccl = (await load('nccl')).filter((row) => row['nccl_dtype'] === 'half');
  return {
    accelerator,
    vendor: architecture === 'xe2' ? 'intel' : 'nvidia',
    architecture,
    memoryBandwidth: s.memoryBandwidth,
    bf16Peak: s.bf16,
    linkBandwidth: s.linkBandwidth,
    provenance: {
      evidence: 'fitted',
      source: `operator tables of ai-dynamo/aiconfigurator (Apache-2.0), system ${s.system}, fitted by calibrate:operators`,
      date: '2026-08-21',
    },
    gemm: fitGemm(await load('gemm'), s),
    prefillAttention: fitPrefill(await load('context_attention'), s, false),
    decodeAttention: fitDecode(await load('generation_attention'), s, false),
    mlaPrefill: fitPrefill(await load('mla_attention_context'), s, true),
    mlaDecode: fitDecode(await load('mla_attention_generation'), s, true),
    experts: fitExperts(await load('moe'), s),
    allReduce: withoutHostLimit(
      s,
      fitCollective(allReduce, s.linkBandwidth, (n) => (2 * (n - 1)) / n),
    ),
    allToAll: withoutHostLimit(
      s,
      fitCollective(
        nccl.filter((row) => row['op_name'] === 'alltoall'),
        s.linkBandwidth,
        (n) => (n - 1) / n,
      ),
    ),
  };
}

function withoutHostLimit(
  s: MeasuredSystem,
  laws: AcceleratorCoefficients['allReduce'],
): AcceleratorCoefficients['allReduce'] {
  const shares = HOST_LIMITED[s.system];
  const pair = laws.find((law) => law.ranks === 2)?.bandwidth;
  if (shares === undefined || pair === undefined) return laws;
  return laws.map((law) => ({
    ...law,
    bandwidth: Number((pair * (shares[law.ranks] ?? 1)).toPrecision(4)),
  }));
}

function report(fitted: AcceleratorCoefficients): void {
  const line = (name: string, law: { readonly quality: FitQuality }): void => {
    const { quality, ...coefficients } = law;
    const residual = `p10 ${quality.p10} p50 ${quality.p50} p90 ${quality.p90}`;
    console.log(
      `${fitted.accelerator} ${name} rows ${quality.rows} rejected ${quality.rejected} ${residual} ${JSON.stringify(coefficients)}`,
    );
  };
  for (const table of TABLES) {
    const laws: Readonly<Record<string, { readonly quality: FitQuality }>> = fitted[table];
    for (const [precision, law] of Object.entries(laws)) line(`${table}/${precision}`, law);
  }
  for (const law of fitted.allReduce) line('allReduce', law);
  for (const law of fitted.allToAll) line('allToAll', law);
}
