/**
 * Cost of nodes for microservices against a proven bound, and against Karpenter's first-fit decreasing, KubePACS and SpotKube.
 *
 *     npm run bench:mix -- --data DIR --json [--case NAME] [--seconds S]
 *
 * DIR holds `microservices/workloads.csv` (requests of real applications; every container without one is assumed) and
 * `cloud-catalog/aws-us-east-1.csv.gz` (default `../shared/data`). Every microservice has 10 or 60 replicas; nodes are all amd64 types of AWS in
 * us-east-1 on demand, of the families c, m and r or all without accelerators; nothing may fail, any node, or any of three zones. The planner runs as in
 * `plimsoll plan` with a limit of `--seconds` (5) of wall time per case. Prints the cost, the bound, the gap as a fraction over the bound, seconds, and the
 * cost over the bound of rivals, which know no rules on losses: first-fit decreasing over all types, capped at 16 vCPU, and each with
 * consolidation; KubePACS with nodes of its own for every microservice, for performance per dollar and for price alone. SpotKube runs on its own
 * problem (`microservices/spotkube`), with our proven optimum as the measure. JSON: `worstGap` over the cases in which nothing may
 * fail, `worstGapWithRules` over the others, `rivalMeans` (cost over our bound, as a ratio), `spotkube`, and each case.
 */
import { parseArgs } from 'node:util';
import { optimize } from '../src/optimize/index.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import type { Decision, ResolvedProblem } from '../src/model/index.ts';
import { MIX_CASES, readCatalog, readPods, resolveCase } from './mix-cases.ts';
import type { MixCase } from './mix-cases.ts';
import { readCoreScores, rivalPrices } from './mix-rivals.ts';
import { compareSpotKube } from './mix-spotkube.ts';
import type { SpotKubeFigures } from './mix-spotkube.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['PLIMSOLL_DATA'] ?? '../shared/data' },
    json: { type: 'boolean', default: false },
    case: { type: 'string' },
    seconds: { type: 'string', default: '5' },
  },
});

/** What came out of one case; money in USD per hour. */
interface MixResult {
  readonly case: string;
  readonly cost: number;
  readonly bound: number;
  readonly gap: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly nodes: number;
  /** Cost over our bound, minus one; absent where the rival does not know the rule. */
  readonly rivals: Readonly<Record<string, number>>;
}

const HOURS_PER_MONTH = 730;
const data = values.data;
const pods = readPods(data);
const scores = readCoreScores(data);
const catalog = await readCatalog(data);
const results: MixResult[] = [];
for (const item of MIX_CASES.filter((one) => values.case === undefined || one.name === values.case)) {
  results.push(await measure(item));
}
report(values.case === undefined || values.case === 'spotkube' ? await compareSpotKube(data) : []);

async function measure(item: MixCase): Promise<MixResult> {
  const problem = resolveCase(item, pods, catalog);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const decision = await optimize(problem, {
    seed: 1,
    coefficients: shippedCoefficients(),
    timeLimitSeconds: Number(values.seconds),
    now: () => performance.now() / 1000,
  });
  const wallSeconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  const bound = decision.boundPerMonth / 1e6 / HOURS_PER_MONTH;
  const cost = decision.objectivePerMonth / 1e6 / HOURS_PER_MONTH;
  const result: MixResult = {
    case: item.name,
    cost,
    bound,
    gap: cost / bound - 1,
    wallSeconds,
    cpuSeconds: (used.user + used.system) / 1e6,
    nodes: nodesOf(decision),
    rivals: item.tolerates === 'nothing' ? rivalsOf(item, problem, bound) : {},
  };
  console.error(
    `${item.name}: ${cost.toFixed(4)} USD/h, ${(100 * result.gap).toFixed(2)} % over the bound, ${wallSeconds.toFixed(1)} s`,
  );
  return result;
}

function nodesOf(decision: Decision): number {
  return decision.nodes.reduce((sum, node) => sum + Math.max(0, ...Object.values(node.nodes)), 0);
}

/** What rivals pay over our bound, as a fraction. */
function rivalsOf(item: MixCase, problem: ResolvedProblem, bound: number): Record<string, number> {
  const prices = rivalPrices({ item, pods, problem, scores });
  return Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, price / bound - 1]));
}

/** Mean cost over our bound, by rival. */
function rivalMeans(): Record<string, number> {
  const cases = results.filter((result) => Object.keys(result.rivals).length > 0);
  const names = Object.keys(cases[0]?.rivals ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      cases.reduce((sum, { rivals }) => sum + 1 + (rivals[name] ?? NaN), 0) / cases.length,
    ]),
  );
}

function report(spotkube: readonly SpotKubeFigures[]): void {
  const free = results.filter((result) => Object.keys(result.rivals).length > 0);
  const ruled = results.filter((result) => Object.keys(result.rivals).length === 0);
  const worst = (list: readonly MixResult[]): number | null =>
    list.length === 0 ? null : Math.max(...list.map((result) => result.gap));
  if (values.json) {
    const wallSeconds = Math.max(...results.map((result) => result.wallSeconds));
    console.log(
      JSON.stringify({
        worstGap: worst(free),
        worstGapWithRules: worst(ruled),
        worstWallSeconds: wallSeconds,
        rivalMeans: rivalMeans(),
        spotkube,
        cases: results,
      }),
    );
    return;
  }
  console.log('case          USD/h    over bound   wall s   CPU s  nodes  rivals over our bound');
  for (const result of results) {
    const rivals = Object.entries(result.rivals).map(
      ([name, over]) => `${name} ${(100 * over).toFixed(1)} %`,
    );
    console.log(
      `${result.case.padEnd(13)} ${result.cost.toFixed(4).padStart(7)}  ${(100 * result.gap).toFixed(2).padStart(8)} %  ${result.wallSeconds.toFixed(1).padStart(7)} ${result.cpuSeconds.toFixed(1).padStart(7)} ${String(result.nodes).padStart(6)}  ${rivals.join(', ')}`,
    );
  }
  for (const one of spotkube) {
    console.log(
      `SpotKube's pick for ${one.pods} pods: ${one.meanRatio.toFixed(2)} × the optimum of ${one.optimum.toFixed(4)} USD/h ` +
        `(${one.leastRatio.toFixed(2)} to ${one.mostRatio.toFixed(2)} over seeds), its cheapest ${one.meanCheapestRatio.toFixed(2)} ×`,
    );
  }
}
