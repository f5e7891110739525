/**
 * Mix of GPU types for one service by the lengths of its requests, against the best single type and the program of Mélange.
 *
 *     npm run bench:gpu-mix -- --data DIR [--case NAME] [--rates 4,32] [--tpot 40ms,120ms] [--json]
 *
 * DIR holds `llm/*` (default `../shared/data`). A case is a data set of lengths, a limit on p99 TPOT and a rate (Poisson); p99 TTFT is limited
 * loosely, by data set. `--case` takes those whose name contains NAME. For every case, in USD per hour at list prices:
 * - on one table of throughputs (every GPU by itself, one fixed length per bucket): the best single type, Mélange's program over slices, and the
 *   exact program over the same table, for the four GPUs of the paper and for all of the catalogue. Exact must never be dearer;
 * - whether Mélange's allocation keeps the SLO when its buckets' requests arrive as they are, by simulation, and with how much headroom it does;
 * - planned by simulation: the paper's GPUs, the catalogue with every cut of the model, and that with spot capacity (one node spare per kind).
 *   These buy whole nodes, route by prompt length alone, and are confirmed by runs of 16,000 requests.
 * A case takes 5 to 15 CPU seconds, the tables of a data set and limit 6 to 20 once: a full run about 5 CPU minutes (estimated from parts).
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { planGpuMix } from '../src/optimize/index.ts';
import type { GpuMixResult } from '../src/optimize/index.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import { publishedMelangeExample, solveMelange } from './baselines/melange.ts';
import { DATA, PAPER_POOLS, cataloguePools, lengthsOf, serviceOf } from './gpu-mix-cases.ts';
import type { CapacityFacts, GpuMixData } from './gpu-mix-cases.ts';
import { answerTable, bucketTable, keptAllocation, simulateAllocation } from './gpu-mix-rivals.ts';
import type { TableAnswers } from './gpu-mix-rivals.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['PLIMSOLL_DATA'] ?? '../shared/data' },
    case: { type: 'string', default: '' },
    rates: { type: 'string', default: '4,32' },
    tpot: { type: 'string', default: '40ms,120ms' },
    json: { type: 'boolean', default: false },
  },
});
const missing = DATA.filter(({ file }) => !existsSync(path.join(values.data, 'llm', file)));
if (missing.length > 0) {
  console.error(
    `${missing[0]!.file} is not in ${path.join(values.data, 'llm')}; name the data with --data DIR`,
  );
  process.exit(1);
}

/** One case: costs in USD per hour. */
interface CaseFigures {
  readonly case: string;
  readonly data: string;
  readonly tpot: string;
  readonly rate: number;
  /** The GPUs of the paper, and all of the catalogue, each by itself. */
  readonly paper: TableFigures;
  readonly catalogue: TableFigures;
  readonly planned: {
    readonly paper: PlannedFigures;
    readonly catalogue: PlannedFigures;
    readonly spot: PlannedFigures;
  };
}

interface TableFigures extends TableAnswers {
  /** Exact over Mélange's cost, less one; at most 0. */
  readonly exactVsIlp?: number;
  /** The least headroom with which Mélange's allocation keeps the SLO when it is simulated, and its cost; absent where up to 3 × does not. */
  readonly ilpKept?: { readonly headroom: number; readonly cost: number };
  /** Worst ratio of latency to limit when Mélange's allocation is simulated: above 1 it breaks the SLO. */
  readonly ilpLatencyRatio?: number;
}

interface PlannedFigures {
  readonly status: GpuMixResult['status'];
  readonly cost: number;
  readonly parts: readonly string[];
  readonly rounds: number;
  readonly simulations: number;
  readonly cpuSeconds: number;
  /**
   * Saved against Mélange on the same GPUs by themselves: its cost as planned, whether that keeps the SLO or not, and its cost
   * with headroom so that it does; and against the best single type as planned. Absent where there is none.
   */
  readonly savedVsIlp?: number;
  readonly savedVsIlpKept?: number;
  readonly savedVsSingle?: number;
}

const coefficients = shippedCoefficients();
const rates = values.rates
  .split(',')
  .map(Number)
  .sort((a, b) => a - b);
const figures: CaseFigures[] = [];
for (const data of DATA) {
  for (const tpot of values.tpot.split(',')) {
    const cases = rates.filter((rate) => nameOf(data, tpot, rate).includes(values.case));
    if (cases.length > 0) await measure(data, tpot, cases);
  }
}
await report();

function nameOf(data: GpuMixData, tpot: string, rate: number): string {
  return `${data.name}-${tpot}-${rate}`;
}

/** All rates of a data set and a limit: tables do not depend on the rate. */
async function measure(data: GpuMixData, tpot: string, cases: readonly number[]): Promise<void> {
  const lengths = await lengthsOf(values.data, data);
  const service = (facts: CapacityFacts): ReturnType<typeof serviceOf> =>
    serviceOf({ ...facts, ttft: data.ttft, tpot });
  const paper = service({ pools: PAPER_POOLS, hasSpot: false });
  const catalogue = service({ pools: cataloguePools(), hasSpot: false });
  const withSpot = service({ pools: cataloguePools(), hasSpot: true });
  const before = cpu();
  const leastRate = Math.min(...cases);
  const tables = {
    paper: bucketTable(paper.workload, paper.offerings, { lengths, leastRate }),
    catalogue: bucketTable(catalogue.workload, catalogue.offerings, { lengths, leastRate }),
  };
  tell(
    `${data.name} ${tpot}: tables of ${tables.catalogue.gpus.length} GPUs × ${tables.paper.buckets.length} buckets`,
    before,
  );
  const known = new Map<string, Float64Array>();
  for (const rate of cases) {
    const start = cpu();
    const answers = {
      paper: await figuresOf(tables.paper, rate),
      catalogue: await figuresOf(tables.catalogue, rate),
    };
    const plan = async (of: typeof paper, against: TableFigures, spot = false): Promise<PlannedFigures> => {
      const from = cpu();
      const result = await planGpuMix(
        { ...of, lengths, rate, ...(spot ? { spot: { mostShare: 1, spareNodes: 1 } } : {}) },
        { seed: 1, coefficients, known },
      );
      return plannedFigures(result, against, cpu() - from);
    };
    const figure: CaseFigures = {
      case: nameOf(data, tpot, rate),
      data: data.name,
      tpot,
      rate,
      ...answers,
      planned: {
        paper: await plan(paper, answers.paper),
        catalogue: await plan(catalogue, answers.catalogue),
        spot: await plan(withSpot, answers.catalogue, true),
      },
    };
    figures.push(figure);
    tell(figure.case, start);
    if (values.json) process.stderr.write(`${rowsOf(figure)}\n`);
    else console.log(rowsOf(figure));
  }
}

async function figuresOf(table: ReturnType<typeof bucketTable>, rate: number): Promise<TableFigures> {
  const answers = await answerTable(table, rate, cpu);
  const { ilp, exact } = answers;
  if (ilp === undefined || exact === undefined) return answers;
  const ilpLatencyRatio = simulateAllocation(table, ilp, rate);
  const ilpKept = ilpLatencyRatio <= 1 ? { headroom: 1, cost: ilp.cost } : await keptAllocation(table, rate);
  return {
    ...answers,
    exactVsIlp: exact.cost / ilp.cost - 1,
    ilpLatencyRatio,
    ...(ilpKept === undefined ? {} : { ilpKept }),
  };
}

function plannedFigures(result: GpuMixResult, against: TableFigures, cpuSeconds: number): PlannedFigures {
  const cost = result.costPerHour / 1e6;
  const saved = (other: { readonly cost: number } | undefined, name: string): Record<string, number> =>
    other === undefined || result.status === 'infeasible' ? {} : { [name]: 1 - cost / other.cost };
  return {
    status: result.status,
    cost,
    parts: result.parts.map(
      ({ replicas, spare, unit, pool, capacityType, batch }) =>
        `${replicas} × ${unit.id} on ${pool} ${capacityType}, ${batch.maxBatchedTokens} × ${batch.maxSequences}${spare > 0 ? `, ${spare} spare` : ''}`,
    ),
    rounds: result.rounds,
    simulations: result.simulations,
    cpuSeconds,
    ...saved(against.ilp, 'savedVsIlp'),
    ...saved(against.ilpKept, 'savedVsIlpKept'),
    ...saved(against.single, 'savedVsSingle'),
  };
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function tell(what: string, since: number): void {
  process.stderr.write(`${what}: ${(cpu() - since).toFixed(1)} CPU s\n`);
}

function rowsOf({ case: name, paper, catalogue, planned }: CaseFigures): string {
  const money = (value: number | undefined): string => (value ?? NaN).toFixed(2).padStart(8);
  const percent = (value: number | undefined): string =>
    value === undefined ? '-' : `${(100 * value).toFixed(1)} %`;
  const row = (label: string, table: TableFigures, plans: readonly PlannedFigures[]): string =>
    `${name.padEnd(30)} ${label.padEnd(10)} single ${money(table.single?.cost)}  ILP ${money(table.ilp?.cost)} (latency ${(table.ilpLatencyRatio ?? NaN).toFixed(2)} × limit; kept with ${table.ilpKept?.headroom ?? '-'} × for ${money(table.ilpKept?.cost)})` +
    `  exact ${money(table.exact?.cost)} (${percent(table.exactVsIlp)})` +
    plans
      .map(
        (plan) =>
          `  planned ${money(plan.cost)} ${plan.status} (saves ${percent(plan.savedVsIlp)}, ${percent(plan.savedVsIlpKept)} of kept)`,
      )
      .join('');
  return [
    row('paper', paper, [planned.paper]),
    row('catalogue', catalogue, [planned.catalogue, planned.spot]),
  ].join('\n');
}

async function report(): Promise<void> {
  const { problem, answer } = publishedMelangeExample;
  const published = await solveMelange(problem);
  const tables = figures.flatMap(({ paper, catalogue }) => [paper, catalogue]);
  const known = <Value>(list: readonly (Value | undefined)[]): readonly Value[] =>
    list.filter((value) => value !== undefined);
  const versus = known(tables.map((table) => table.exactVsIlp));
  const ratios = known(tables.map((table) => table.ilpLatencyRatio));
  const plans = figures.flatMap(({ planned }) => [planned.paper, planned.catalogue, planned.spot]);
  const savings = (list: readonly PlannedFigures[], against: 'savedVsIlp' | 'savedVsIlpKept'): object => {
    const saved = known(list.map((plan) => plan[against]));
    return {
      cases: saved.length,
      least: Math.min(...saved),
      mean: saved.reduce((sum, value) => sum + value, 0) / saved.length,
      most: Math.max(...saved),
    };
  };
  const savingsOf = (against: 'savedVsIlp' | 'savedVsIlpKept'): object => ({
    paper: savings(
      figures.map(({ planned }) => planned.paper),
      against,
    ),
    catalogue: savings(
      figures.map(({ planned }) => planned.catalogue),
      against,
    ),
    spot: savings(
      figures.map(({ planned }) => planned.spot),
      against,
    ),
  });
  const solveSeconds = (of: 'ilp' | 'exact'): number =>
    tables.reduce((sum, table) => sum + (table[of]?.cpuSeconds ?? 0), 0) / Math.max(1, tables.length);
  const summary = {
    benchmark: 'gpu-mix',
    cases: figures.length,
    /** At most 0. */
    worstVsIlp: Math.max(...versus),
    bestVsIlp: Math.min(...versus),
    exactBetterShare: versus.filter((value) => value < -1e-6).length / versus.length,
    ilpKeepsSloShare: ratios.filter((ratio) => ratio <= 1).length / ratios.length,
    /** Against allocations that keep the SLO, and against all. */
    savings: savingsOf('savedVsIlpKept'),
    savingsVsPlanned: savingsOf('savedVsIlp'),
    confirmedShare: plans.filter(({ status }) => status === 'confirmed').length / plans.length,
    meanSolveCpuSeconds: { ilp: solveSeconds('ilp'), exact: solveSeconds('exact') },
    check: { published: answer, reproduced: { counts: published?.counts, cost: published?.cost } },
    cpuSeconds: cpu(),
  };
  if (values.json) console.log(JSON.stringify({ ...summary, figures }));
  else console.log(JSON.stringify(summary, null, 2));
}
