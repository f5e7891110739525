/**
 * Time, memory and work of searches from 70B on 8 H100 to a trillion parameters on 128 B200, and how they grow.
 *
 *     npm run bench:search-scale -- [--case NAME] [--workers 2] [--repeats 3] [--json]
 *
 * Every search is a process of its own, from its start to its end, with `--workers` threads (default 2); medians of `--repeats`.
 * Limits: 5 s for 70B on 8 H100, 30 s for the others, on two cores. Growth: Llama-3.1-70B on 8 to 128 H100 at a rate in
 * proportion; the time must grow slower than the number of accelerators. `--case` takes those whose name contains NAME.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { gatherCrewFor } from '../src/engine/measuring/gather-crew.ts';
import type { ServingPlan } from '../src/model/index.ts';
import { searchPlans } from '../src/optimize/search/search.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import { searchRequest } from './search-request.ts';
import { GROWTH_CASES, SCALE_CASES } from './search-scale-cases.ts';
import type { ScaleCase } from './search-scale-cases.ts';

const { values } = parseArgs({
  options: {
    case: { type: 'string', default: '' },
    workers: { type: 'string', default: '2' },
    repeats: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    run: { type: 'string' },
  },
});

/** One plan in figures. */
interface PlanFigures {
  readonly id: string;
  readonly accelerators: number;
  readonly usdPerMonth: number;
  readonly e2eP99: number;
  readonly joulesPerOutputToken: number;
}

/** What a process that searched tells of itself. */
interface ProcessFigures {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly enumerated: number;
  readonly simulated: number;
  readonly simulations: number;
  readonly best?: PlanFigures;
  readonly leastLatency?: PlanFigures;
  readonly leastEnergy?: PlanFigures;
}

/** Medians of one case. */
interface CaseFigures extends ProcessFigures {
  readonly case: string;
  readonly accelerators: number;
  readonly mostSeconds: number;
}

if (values.run === undefined) compare();
else console.log(JSON.stringify(await search(caseNamed(values.run))));

/** The child's part: one search; wall time is the parent's to take. */
async function search(facts: ScaleCase): Promise<Omit<ProcessFigures, 'wallSeconds'>> {
  const crew = gatherCrewFor(
    { workers: Number(values.workers) },
    { workingDirectory: process.cwd(), emit: () => undefined },
  );
  if (!crew.ok) throw new Error('no crew');
  const result = await searchPlans(searchRequest(facts), {
    seed: 1,
    coefficients: shippedCoefficients(),
    gatherCrew: crew.value.gatherCrew,
  });
  await crew.value.close();
  const used = process.resourceUsage();
  const { enumerated, simulated, simulations } = result.proof;
  const [best] = result.plans;
  return {
    cpuSeconds: (used.userCPUTime + used.systemCPUTime) / 1e6,
    peakMiB: used.maxRSS / 1024,
    enumerated,
    simulated,
    simulations,
    ...(best === undefined ? {} : { best: figuresOf(best) }),
    ...(result.leastLatency === undefined ? {} : { leastLatency: figuresOf(result.leastLatency) }),
    ...(result.leastEnergy === undefined ? {} : { leastEnergy: figuresOf(result.leastEnergy) }),
  };
}

function figuresOf({ id, accelerators, merits }: ServingPlan): PlanFigures {
  return {
    id,
    accelerators,
    usdPerMonth: merits.costPerMonth / 1e6,
    e2eP99: merits.latency,
    joulesPerOutputToken: merits.energyPerOutputToken,
  };
}

function caseNamed(name: string): ScaleCase {
  const found = [...SCALE_CASES, ...GROWTH_CASES].find((item) => item.name === name);
  if (found === undefined) throw new Error(`no case is called ${name}`);
  return found;
}

/** The parent's part. */
function compare(): void {
  const known = new Map<string, CaseFigures>();
  const measured = (facts: ScaleCase): CaseFigures => {
    const figures = known.get(facts.name) ?? medianOf(facts);
    known.set(facts.name, figures);
    return figures;
  };
  const chosen = (cases: readonly ScaleCase[]): readonly ScaleCase[] =>
    cases.filter(({ name }) => name.includes(values.case));
  const scale = chosen(SCALE_CASES).map(measured);
  if (!values.json) scale.forEach(printCase);
  const growth = chosen(GROWTH_CASES).map(measured);
  const exponent = growthExponent(growth);
  const isKept = scale.every((item) => item.wallSeconds <= item.mostSeconds) && !(exponent >= 1);
  if (values.json)
    console.log(JSON.stringify({ benchmark: 'search-scale', scale, growth, exponent, isKept }));
  else {
    growth.forEach(printCase);
    console.log(
      `time grows as accelerators to the power ${exponent.toFixed(2)}: ${isKept ? 'kept' : 'MISSED'}`,
    );
  }
}

function medianOf(facts: ScaleCase): CaseFigures {
  const runs = Array.from({ length: Number(values.repeats) }, () => runOnce(facts.name));
  runs.sort((a, b) => a.wallSeconds - b.wallSeconds);
  const median = runs[runs.length >> 1];
  if (median === undefined) throw new RangeError('repeats must be at least 1');
  const accelerators = facts.cluster.reduce((sum, part) => sum + part.accelerators, 0);
  return { case: facts.name, accelerators, mostSeconds: facts.mostSeconds, ...median };
}

function runOnce(name: string): ProcessFigures {
  const start = performance.now();
  const child = spawnSync(
    process.execPath,
    [import.meta.filename, '--run', name, '--workers', values.workers],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const wallSeconds = (performance.now() - start) / 1000;
  if (child.status !== 0) throw new Error(`the search of ${name} failed: ${child.stderr}`);
  return { wallSeconds, ...(JSON.parse(child.stdout) as Omit<ProcessFigures, 'wallSeconds'>) };
}

/** Slope of log CPU seconds over log accelerators, by least squares; NaN with fewer than two cases. */
function growthExponent(cases: readonly CaseFigures[]): number {
  const x = cases.map((item) => Math.log(item.accelerators));
  const y = cases.map((item) => Math.log(item.cpuSeconds));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return covariance / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

function printCase(item: CaseFigures): void {
  const { best, leastLatency, leastEnergy } = item;
  console.log(
    `${item.case}: ${item.wallSeconds.toFixed(1)} s wall, ${item.cpuSeconds.toFixed(1)} s CPU, ${item.peakMiB.toFixed(0)} MiB, ` +
      `${item.enumerated} candidates, ${item.simulated} simulated in ${item.simulations} simulations`,
  );
  const plan = (name: string, figures: PlanFigures | undefined): void => {
    if (figures === undefined) return;
    console.log(
      `  ${name}: ${figures.id}, ${figures.accelerators} accelerators, ${figures.usdPerMonth.toFixed(0)} USD/month, ` +
        `E2E p99 ${figures.e2eP99.toFixed(2)} s, ${figures.joulesPerOutputToken.toFixed(2)} J/token`,
    );
  };
  plan('best', best);
  plan('least latency', leastLatency);
  plan('least energy', leastEnergy);
}
