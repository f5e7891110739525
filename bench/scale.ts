/**
 * Time, memory, cost and proven gap of the joint placement of services, and how they grow with their number.
 *
 *     npm run bench:scale -- --json [--workloads N[,N…]] [--windows 24] [--seconds 60] [--seed 1]
 *
 * Fleets of 10, 100 and 1,000 services (made up by `bench/scale-cases.ts`) over 648 offerings of the shipped catalogue (108 instance types ×
 * 3 zones × on demand and spot) in at most 24 windows. Every size runs in a process of its own, with the time limit `--seconds` (0: none) of wall
 * time on `optimize()`, as `plimsoll plan --time-limit` has it. Wall time is that of `optimize()` alone; reading the catalogue and sizing
 * the replicas (`prepareSeconds`) and the whole process (`cpuSeconds`, `peakMiB`) are told beside it. `gap` is cost over bound, minus one.
 * Goal at 1,000: a gap of at most 3 % in 60 s and less than 4 GB on two cores. No data folder is needed.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { optimize } from '../src/optimize/index.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import { scaleProblem } from './scale-cases.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    workloads: { type: 'string', default: '10,100,1000' },
    windows: { type: 'string', default: '24' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    run: { type: 'boolean', default: false },
  },
});

const GOAL = { gap: 0.03, wallSeconds: 60, peakMiB: 4096 } as const;

/** What a process that planned one fleet tells of itself; money in USD per month. */
interface ScaleFigures {
  readonly workloads: number;
  readonly offerings: number;
  readonly windows: number;
  readonly status: string;
  readonly cost: number;
  readonly bound: number;
  readonly gap: number;
  readonly nodesInBusiestWindow: number;
  readonly podsInBusiestWindow: number;
  readonly prepareSeconds: number;
  readonly wallSeconds: number;
  /** CPU of `optimize()`, all threads. */
  readonly planCpuSeconds: number;
  /** CPU of the whole process. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

const sizes = values.workloads.split(',').map(Number);
if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
  console.error(`--workloads takes whole numbers of services, such as 10,100,1000; not ${values.workloads}`);
  process.exit(1);
}
if (values.run) console.log(JSON.stringify(await measure(sizes[0] ?? 0)));
else report(sizes.map(inOwnProcess));

async function measure(workloads: number): Promise<ScaleFigures> {
  const start = performance.now();
  const problem = scaleProblem(workloads, Number(values.seed));
  const prepared = performance.now();
  const before = process.cpuUsage();
  const limit = Number(values.seconds);
  const decision = await optimize(problem, {
    seed: 1,
    coefficients: shippedCoefficients(),
    maxWindows: Number(values.windows),
    ...(limit > 0 ? { timeLimitSeconds: limit } : {}),
    now: () => performance.now() / 1000,
    onProgress: (event) => {
      console.error(`  ${((performance.now() - prepared) / 1000).toFixed(1)} s: ${JSON.stringify(event)}`);
    },
  });
  const planned = process.cpuUsage(before);
  const wallSeconds = (performance.now() - prepared) / 1000;
  const used = process.resourceUsage();
  const [busiest] = decision.windows;
  const inBusiest = (counts: Readonly<Record<string, number>>): number => counts[busiest?.id ?? ''] ?? 0;
  return {
    workloads,
    offerings: problem.offerings.length,
    windows: decision.windows.length,
    status: decision.status,
    cost: decision.objectivePerMonth / 1e6,
    bound: decision.boundPerMonth / 1e6,
    gap: decision.objectivePerMonth / decision.boundPerMonth - 1,
    nodesInBusiestWindow: decision.nodes.reduce((sum, node) => sum + inBusiest(node.nodes), 0),
    podsInBusiestWindow: (decision.serviceAllocations ?? []).reduce(
      (sum, { replicas }) =>
        sum + Object.values(replicas[busiest?.id ?? ''] ?? {}).reduce((pods, count) => pods + count, 0),
      0,
    ),
    prepareSeconds: (prepared - start) / 1000,
    wallSeconds,
    planCpuSeconds: (planned.user + planned.system) / 1e6,
    cpuSeconds: (used.userCPUTime + used.systemCPUTime) / 1e6,
    peakMiB: used.maxRSS / 1024,
  };
}

function inOwnProcess(workloads: number): ScaleFigures {
  console.error(`${workloads} services`);
  const { windows, seconds, seed } = values;
  const script = process.argv[1] ?? '';
  const child = spawnSync(
    process.execPath,
    [
      script,
      '--run',
      ...['--workloads', String(workloads), '--windows', windows, '--seconds', seconds, '--seed', seed],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 24 },
  );
  if (child.status !== 0) throw new Error(`the process of ${workloads} services failed`);
  return JSON.parse(child.stdout) as ScaleFigures;
}

function report(figures: readonly ScaleFigures[]): void {
  const largest = figures.find((one) => one.workloads === Math.max(...figures.map((item) => item.workloads)));
  const isWithin = (key: keyof typeof GOAL): boolean => (largest?.[key] ?? Infinity) <= GOAL[key];
  const holds = { gap: isWithin('gap'), wallSeconds: isWithin('wallSeconds'), peakMiB: isWithin('peakMiB') };
  if (values.json) {
    console.log(JSON.stringify({ ...largest, goal: GOAL, holds, cases: figures }));
    return;
  }
  console.log(
    'services offerings windows   pods  nodes      USD/month     gap  prepare s  wall s   CPU s  peak MiB',
  );
  for (const one of figures) {
    console.log(
      `${String(one.workloads).padStart(8)} ${String(one.offerings).padStart(9)} ${String(one.windows).padStart(7)} ` +
        `${String(one.podsInBusiestWindow).padStart(6)} ${String(one.nodesInBusiestWindow).padStart(6)} ` +
        `${one.cost.toFixed(0).padStart(14)} ${(100 * one.gap).toFixed(2).padStart(5)} % ${one.prepareSeconds.toFixed(1).padStart(10)} ` +
        `${one.wallSeconds.toFixed(1).padStart(7)} ${one.planCpuSeconds.toFixed(1).padStart(7)} ${one.peakMiB.toFixed(0).padStart(9)}`,
    );
  }
}
