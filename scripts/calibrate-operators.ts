/**
 * Fits the operator laws of every measured accelerator and writes one JSON file each under src/perf/coefficients.
 * Usage: npm run calibrate:operators -- --data ../shared/data[/gpu-ops] [--system h100_sxm] [--out DIR]
 * Deterministic: same tables, same bytes. Reads one table at a time by columns. Prints one line of residuals per law,
 * the rows rejected per table and the peak memory on stdout.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import type { EngineName } from '../src/model/index.ts';
import type { AcceleratorCoefficients, EngineLaws, Fitted } from '../src/perf/coefficients.ts';
import type { CollectiveLaw } from '../src/perf/laws.ts';
import type { TableLaws } from './calibrate-operators-backends.ts';
import { COLLECTIVE_ENGINES, differs, fitCollective } from './calibrate-operators-collectives.ts';
import { fitDecode, fitExperts, fitGemm, fitPrefill } from './calibrate-operators-laws.ts';
import { fitAbsorb, fitExchange, fitLinear } from './calibrate-operators-linear.ts';
import { fitPower } from './calibrate-operators-power.ts';
import { checkModules, countImpossible, printLaws } from './calibrate-operators-report.ts';
import { readTable } from './calibrate-operators-tables.ts';
import type { MeasuredSystem, OperatorTable } from './calibrate-operators-tables.ts';

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
  printLaws(fitted);
  const text = JSON.stringify(fitted, null, 1).replace(/\[\s+([\d.e+-]+),\s+([\d.e+-]+)\s+\]/g, '[$1, $2]');
  writeFileSync(path.join(flags.out, `${accelerator}.json`), `${text}\n`);
}
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);

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
  const load = async (table: string): Promise<OperatorTable> => {
    const read = await readTable(directory, s.system, table);
    for (const line of countImpossible(read, table.replace('_power', ''), s)) console.log(line);
    return read;
  };
  const engines: Partial<Record<EngineName, Partial<Record<keyof EngineLaws, unknown>>>> = {};
  const take = <K extends keyof EngineLaws>(name: K, laws: TableLaws<object>): EngineLaws[K] => {
    for (const [engine, own] of Object.entries(laws.engines)) (engines[engine] ??= {})[name] = own;
    return laws.base as EngineLaws[K];
  };
  const context = await load('context_attention');
  const prefillAttention = take('prefillAttention', fitPrefill(context, s, 'full'));
  const windowPrefill = take('windowPrefill', fitPrefill(context, s, 'window'));
  const generation = await load('generation_attention');
  const decodeAttention = take('decodeAttention', fitDecode(generation, s, 'full'));
  const windowDecode = take('windowDecode', fitDecode(generation, s, 'window'));
  const tables = {
    gemm: take('gemm', fitGemm(await load('gemm'), s)),
    prefillAttention,
    decodeAttention,
    windowPrefill,
    windowDecode,
    mlaPrefill: take('mlaPrefill', fitPrefill(await load('mla_attention_context'), s, 'latent')),
    mlaDecode: take('mlaDecode', fitDecode(await load('mla_attention_generation'), s, 'latent')),
    mlaAbsorb: fitAbsorb(await load('mla_bmm'), s),
    experts: take('experts', fitExperts(await load('moe'), s)),
  };
  const { allReduce, own } = reduceLaws(await load('allreduce'), s);
  for (const [engine, laws] of Object.entries(own)) (engines[engine] ??= {})['allReduce'] = laws;
  const nccl = await load('nccl');
  const library = (operation: string): readonly Fitted<CollectiveLaw>[] =>
    withoutHostLimit(
      s,
      fitCollective(
        nccl,
        s.linkBandwidth,
        (row) => row.text('op_name') === operation && row.text('nccl_dtype') === 'half',
      ),
      (n) => (n - 1) / n,
    );
  const exchange = fitExchange(await load('deepep_ll'), await load('deepep_normal'));
  const power = await fitPower(load, s);
  const fitted: AcceleratorCoefficients = {
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
    ...tables,
    ...fitLinear(await load('gdn'), s),
    allReduce,
    allGather: library('all_gather'),
    reduceScatter: library('reduce_scatter'),
    allToAll: library('alltoall'),
    ...(exchange === undefined ? {} : { exchange }),
    ...(power === undefined ? {} : { power }),
    engines: engines as NonNullable<AcceleratorCoefficients['engines']>,
  };
  for (const table of ['mla_context', 'mla_generation']) {
    for (const line of checkModules(await load(table), s, fitted)) console.log(line);
  }
  return fitted;
}

/** All-reduce of the engines inside CUDA graphs (eager where no other was measured): vLLM's as base, others that differ. */
function reduceLaws(
  table: OperatorTable,
  s: MeasuredSystem,
): {
  readonly allReduce: readonly Fitted<CollectiveLaw>[];
  readonly own: Readonly<Record<string, readonly Fitted<CollectiveLaw>[]>>;
} {
  const bus = (n: number): number => (2 * (n - 1)) / n;
  const fit = (backend: string, isEager: boolean): readonly Fitted<CollectiveLaw>[] =>
    withoutHostLimit(
      s,
      fitCollective(
        table,
        s.linkBandwidth,
        (row) => row.text('backend') === backend && row.text('allreduce_impl').includes('eager') === isEager,
      ),
      bus,
    );
  const [base, ...others] = COLLECTIVE_ENGINES.flatMap(([backend, engine]) => {
    const laws = fit(backend, false);
    return laws.length > 0 ? [{ engine, laws }] : [];
  });
  for (const [backend] of COLLECTIVE_ENGINES) {
    for (const law of fit(backend, true)) {
      const [, smallest = 0] = law.knots[0] ?? [];
      console.log(
        `${s.system} ${backend} eager all-reduce, ${law.ranks} ranks: ${(smallest * 1e6).toFixed(1)} µs floor`,
      );
    }
  }
  if (base === undefined) return { allReduce: fit('vllm', true), own: {} };
  const differing = others.filter((other) => differs(base.laws, other.laws));
  return {
    allReduce: base.laws,
    own: Object.fromEntries(differing.map((other) => [other.engine, other.laws])),
  };
}

/** Replaces the curves of ranks that the host limits by that of two ranks, at the assumed share of its bus bandwidth. */
function withoutHostLimit(
  s: MeasuredSystem,
  laws: readonly Fitted<CollectiveLaw>[],
  bus: (ranks: number) => number,
): readonly Fitted<CollectiveLaw>[] {
  const shares = HOST_LIMITED[s.system];
  const pair = laws.find((law) => law.ranks === 2);
  if (shares === undefined || pair === undefined) return laws;
  return laws.map((law) => {
    const ratio = (bus(2) / bus(law.ranks)) * (shares[law.ranks] ?? 1);
    return { ...law, knots: pair.knots.map(([bytes, t]) => [Math.round(bytes * ratio), t] as const) };
  });
}
