/**
 * Regret of the search: small spaces of which every candidate is measured exhaustively, and the search on the same requests.
 *
 *     npm run bench:search -- [--spaces N] [--case NAME] [--requests 16000] [--kept DIR] [--check] [--json]
 *
 * For every space: (value of the plan found − least value of all plans) / least value, both as measured exhaustively (capacities by
 * bisection to 0.5 % over whole runs); CPU seconds of both on one thread of this process, and their ratio; candidates
 * that an analytic bound left out although they serve better. Must hold: regret at most 1 %, 20 × less time, no false prune.
 * `--spaces` takes the first N, `--case` those whose name contains NAME. `--kept` keeps the measured candidates in a folder and takes
 * them from there, their seconds too: for work on the search while nothing below it changes. `--check` only asks, by one run of
 * every candidate, whether any beats the answer by more than 1 %: for the same verdict in a tenth of the time, without a ratio of times.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadEvidence } from '../src/model/index.ts';
import { searchPlans } from '../src/optimize/search/search.ts';
import type { SearchResult } from '../src/optimize/search/request.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import { betterPlans, falselyImpossible } from './search-check.ts';
import { judge } from './search-judge.ts';
import type { Judgement } from './search-judge.ts';
import { searchRequest } from './search-request.ts';
import { SPACES } from './search-spaces.ts';
import type { SearchSpace } from './search-spaces.ts';
import { Truth } from './search-truth.ts';
import type { TrueCandidate, TruthOptions } from './search-truth.ts';
import { pairPlans } from './search-truth-pairs.ts';

const MOST_REGRET = 0.01;
const LEAST_SPEEDUP = 20;

const { values } = parseArgs({
  options: {
    spaces: { type: 'string', default: String(SPACES.length) },
    case: { type: 'string', default: '' },
    requests: { type: 'string', default: '16000' },
    kept: { type: 'string' },
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** One space searched and measured. */
interface SpaceFigures extends Judgement {
  readonly space: string;
  readonly accelerators: number;
  readonly objective: string;
  readonly candidates: number;
  readonly searchCpuSeconds: number;
  readonly truthCpuSeconds: number;
  readonly timesFaster: number;
  readonly simulations: number;
  readonly trueSimulations: number;
}

const coefficients = shippedCoefficients();
const options: TruthOptions = {
  seed: 1,
  coefficients,
  requests: Number(values.requests),
  tolerance: 0.005,
};
const chosen = SPACES.filter((space) => space.name.includes(values.case)).slice(0, Number(values.spaces));
const figures: SpaceFigures[] = [];
if (values.check) {
  for (const space of chosen) await check(space);
  process.exit(0);
}
for (const space of chosen) {
  const figure = await measure(space);
  figures.push(figure);
  if (!values.json) console.log(rowOf(figure));
}
report();

async function measure(space: SearchSpace): Promise<SpaceFigures> {
  const request = searchRequest(space);
  const beforeSearch = process.cpuUsage();
  const result: SearchResult = await searchPlans(request, { seed: options.seed, coefficients });
  const searchCpuSeconds = secondsSince(beforeSearch);
  const truth = new Truth(request, options);
  const { candidates, cpuSeconds, simulations } = exhaustive(space, truth);
  const beforePairs = process.cpuUsage();
  const pairs = pairPlans(request, truth, options);
  const truthCpuSeconds = cpuSeconds + secondsSince(beforePairs);
  const judgement = judge(result, { candidates, pairs }, { request, truth, options });
  return {
    space: space.name,
    accelerators: Object.values(request.accelerators).reduce((sum, count) => sum + count, 0),
    objective: request.objective,
    candidates: candidates.length + pairs.length,
    searchCpuSeconds,
    truthCpuSeconds,
    timesFaster: truthCpuSeconds / searchCpuSeconds,
    simulations: result.proof.simulations,
    trueSimulations: simulations,
    ...judgement,
  };
}

/** Tells what beats the answer in a space. */
async function check(space: SearchSpace): Promise<void> {
  const request = searchRequest(space);
  const before = process.cpuUsage();
  const result = await searchPlans(request, { seed: options.seed, coefficients });
  const searchCpuSeconds = secondsSince(before);
  const truth = new Truth(request, options);
  const better = betterPlans(result, { request, truth, options, allowed: MOST_REGRET });
  const worst = [...better].sort((a, b) => b.regret - a.regret)[0];
  const wrong = falselyImpossible(result, truth);
  const [found] = result.plans;
  const verdict =
    worst === undefined ? 'not beaten' : `BEATEN by ${(100 * worst.regret).toFixed(2)} %: ${worst.plan}`;
  console.log(
    `${space.name.padEnd(28)} ${searchCpuSeconds.toFixed(2)} s, ${result.proof.simulations} simulations, ${found?.id ?? 'nothing'}: ${verdict}${reasonOf(result, worst?.plan)}` +
      (wrong.length > 0 ? ` FALSE PRUNES ${wrong.join(', ')}` : ''),
  );
}

/** Why the search left a plan's candidate out, where it says so. */
function reasonOf({ rejected }: SearchResult, plan: string | undefined): string {
  const rejection = rejected.find(({ candidate }) => plan?.endsWith(`x${candidate}`) === true);
  return rejection === undefined ? '' : ` (left out: ${rejection.reason}, ${rejection.detail})`;
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

/** A measured space as it is kept in a file. */
interface KeptTruth {
  readonly cpuSeconds: number;
  readonly simulations: number;
  /** By candidate id. */
  readonly capacities: Readonly<
    Record<string, { readonly capacity: number; readonly evidence?: LoadEvidence }>
  >;
}

function exhaustive(
  space: SearchSpace,
  truth: Truth,
): {
  readonly candidates: readonly TrueCandidate[];
  readonly cpuSeconds: number;
  readonly simulations: number;
} {
  const file = values.kept === undefined ? undefined : path.join(values.kept, `${space.name}.json`);
  if (file !== undefined && existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as KeptTruth;
    const candidates = truth.enumerate().flatMap((item) => {
      const known = kept.capacities[item.id];
      return known === undefined ? [] : [{ ...item, ...known }];
    });
    return { ...kept, candidates };
  }
  const before = process.cpuUsage();
  const candidates = truth.shapes().flatMap((shape) => truth.measure(shape));
  const cpuSeconds = secondsSince(before);
  const { simulations } = truth.bench;
  if (file !== undefined) {
    mkdirSync(path.dirname(file), { recursive: true });
    const capacities = Object.fromEntries(
      candidates.map(({ id, capacity, evidence }) => [
        id,
        { capacity, ...(evidence === undefined ? {} : { evidence }) },
      ]),
    );
    writeFileSync(file, JSON.stringify({ cpuSeconds, simulations, capacities } satisfies KeptTruth));
  }
  return { candidates, cpuSeconds, simulations };
}

function rowOf(figure: SpaceFigures): string {
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`.padStart(9);
  const wrong = figure.falsePrunes.length > 0 ? ` FALSE PRUNES ${figure.falsePrunes.join(', ')}` : '';
  const other = figure.regret > 0 ? ` (best ${figure.best})` : '';
  return (
    `${figure.space.padEnd(28)} ${String(figure.candidates).padStart(5)} candidates  regret ${percent(figure.regret)}` +
    ` other seed ${percent(figure.regretElsewhere)}  ${figure.searchCpuSeconds.toFixed(2)} s of ${figure.truthCpuSeconds.toFixed(0)} s,` +
    ` ${figure.timesFaster.toFixed(0)} ×  ${figure.found}${other}${wrong}`
  );
}

function report(): void {
  const summary = {
    benchmark: 'search',
    spaces: figures.length,
    worstRegret: Math.max(...figures.map((item) => item.regret)),
    worstRegretElsewhere: Math.max(...figures.map((item) => item.regretElsewhere)),
    leastSpeedup: Math.min(...figures.map((item) => item.timesFaster)),
    falsePrunes: figures.reduce((sum, item) => sum + item.falsePrunes.length, 0),
  };
  const isKept =
    summary.worstRegret <= MOST_REGRET && summary.leastSpeedup >= LEAST_SPEEDUP && summary.falsePrunes === 0;
  if (values.json) console.log(JSON.stringify({ ...summary, isKept, figures }));
  else {
    console.log(
      `worst regret ${(100 * summary.worstRegret).toFixed(2)} %, least speed-up ${summary.leastSpeedup.toFixed(1)}, ` +
        `${summary.falsePrunes} false prunes: ${isKept ? 'kept' : 'MISSED'}`,
    );
  }
}
