/**
 * Cost of nodes for microservices against a proven bound, and against Karpenter's first-fit decreasing.
 *
 *     npm run bench:mix -- --data DIR --json [--case NAME] [--seconds S]
 *
 * DIR holds `microservices/workloads.csv` (requests of real applications; every container without one is assumed) and
 * `cloud-catalog/aws-us-east-1.csv.gz` (default `../shared/data`). Every microservice has 10 or 60 replicas; nodes are all amd64 types of AWS in
 * us-east-1 on demand, of the families c, m and r or all without accelerators; nothing may fail, any node, or any of three zones. The planner runs as in
 * `plimsoll plan` with a limit of `--seconds` (5) of wall time per case. Prints the cost, the bound, the gap as a fraction over the bound, seconds, and the
 * cost over the bound of first-fit decreasing: over all types, capped at 16 vCPU, and each with consolidation. JSON: `worstGap` over the cases
 * in which nothing may fail, `worstGapWithRules` over the others, and each case.
 */
import { parseArgs } from 'node:util';
import { optimize } from '../src/optimize/index.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import type { Decision, ResolvedProblem } from '../src/model/index.ts';
import { consolidate, priceOf, provision } from './baselines/karpenter.ts';
import type { KarpenterPod, KarpenterType } from './baselines/karpenter.ts';
import { MIX_CASES, readCatalog, readPods, resolveCase } from './mix-cases.ts';
import type { MixCase } from './mix-cases.ts';

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
const catalog = await readCatalog(data);
const results: MixResult[] = [];
for (const item of MIX_CASES.filter((one) => values.case === undefined || one.name === values.case)) {
  results.push(await measure(item));
}
report();

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

function rivalsOf(item: MixCase, problem: ResolvedProblem, bound: number): Record<string, number> {
  const all: KarpenterPod[] = pods.flatMap((pod) =>
    Array.from({ length: item.replicas }, (_, copy) => ({
      id: `${pod.id}-${copy}`,
      request: [pod.cpu, pod.memory * 2 ** 20, 1],
    })),
  );
  const types = problem.offerings.map(({ instanceType, price }) => ({
    vcpus: instanceType.vcpus,
    type: {
      id: instanceType.name,
      capacity: [
        instanceType.allocatable.cpuMillicores,
        instanceType.allocatable.memory,
        instanceType.allocatable.pods,
      ],
      price: price / 1e6,
    } satisfies KarpenterType,
  }));
  const over = (cost: number): number => cost / bound - 1;
  const figures: Record<string, number> = {};
  for (const [name, most] of [
    ['ffd', Infinity],
    ['ffd-16-vcpu', 16],
  ] as const) {
    const offered = types.filter(({ vcpus }) => vcpus <= most).map(({ type }) => type);
    const nodes = provision(all, offered);
    figures[name] = over(priceOf(nodes));
    figures[`${name}-consolidated`] = over(priceOf(consolidate(nodes, offered)));
  }
  return figures;
}

function report(): void {
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
}
