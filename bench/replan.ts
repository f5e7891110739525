/**
 * Planning a fleet of services again after one of them changed, against planning it from scratch.
 *
 *     npm run bench:replan -- --json [--services N] [--seconds S] [--runs R] [--factor F]
 *
 * A made-up fleet (`replan-cases.ts`: seeded, shipped prices, no data needed) of `--services` (200) services is planned; then the request rate of one of
 * them is multiplied by `--factor` (1.3), and the fleet is planned from scratch and again from the first plan. From scratch the search has `--seconds` (60)
 * of wall time per plan. JSON: `speedup` (CPU seconds from scratch over the median of `--runs` (3) plans from the first one), `wallSpeedup`, `costRatio` (again over
 * from scratch), `isUnchangedKept` (a plan of equal inputs gives the same bytes), moved pods in the window where most move. Takes
 * about a minute of CPU.
 */
import { parseArgs } from 'node:util';
import type { Decision, ResolvedProblem } from '../src/model/index.ts';
import { optimize } from '../src/optimize/index.ts';
import type { PreviousDecision } from '../src/optimize/index.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import { replanCase } from './replan-cases.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    services: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    runs: { type: 'string', default: '3' },
    factor: { type: 'string', default: '1.3' },
  },
});

/** A decision and what it took. */
interface Timed {
  readonly decision: Decision;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

const CHANGED = 17;
const count = Number(values.services);
const before = replanCase(count, { changed: CHANGED, factor: 1 });
const after = replanCase(count, { changed: CHANGED, factor: Number(values.factor) });

const first = await planned('first plan', before);
const scratch = await planned('from scratch', after);
const previous: PreviousDecision = { decision: first.decision, hasSameOfferings: true };
const again: Timed[] = [];
for (let run = 0; run < Number(values.runs); run++) again.push(await planned('again', after, previous));
const same = replanCase(count, { changed: CHANGED, factor: 1 });
const equal = await planned('unchanged', same, {
  ...previous,
  hasSameInputs: JSON.stringify(before) === JSON.stringify(same),
});
report();

async function planned(name: string, problem: ResolvedProblem, from?: PreviousDecision): Promise<Timed> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const decision = await optimize(problem, {
    seed: 1,
    coefficients: shippedCoefficients(),
    timeLimitSeconds: Number(values.seconds),
    now: () => performance.now() / 1000,
    ...(from === undefined ? {} : { previous: from }),
  });
  const { user, system } = process.cpuUsage(cpu);
  const timed = {
    decision,
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - start) / 1000,
  };
  console.error(
    `${name}: ${(decision.objectivePerMonth / 1e6).toFixed(2)} USD/month, ${(100 * decision.gap).toFixed(2)} % gap, ${timed.cpuSeconds.toFixed(2)} CPU s, ${timed.wallSeconds.toFixed(2)} s`,
  );
  return timed;
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
}

function report(): void {
  const [one] = again;
  const replan = one?.decision.replan;
  const cpuSeconds = median(again.map((item) => item.cpuSeconds));
  const wallSeconds = median(again.map((item) => item.wallSeconds));
  const moved = Math.max(0, ...(replan?.windows ?? []).map(({ pods }) => pods.moved));
  const result = {
    services: count,
    offerings: before.offerings.length,
    speedup: scratch.cpuSeconds / cpuSeconds,
    wallSpeedup: scratch.wallSeconds / wallSeconds,
    costRatio: (one?.decision.objectivePerMonth ?? NaN) / scratch.decision.objectivePerMonth,
    gapFromScratch: scratch.decision.gap,
    gapAgain: one?.decision.gap,
    isFromScratch: replan?.isFromScratch,
    isUnchangedKept: JSON.stringify(equal.decision) === JSON.stringify(first.decision),
    mostMovedPods: moved,
    scratchCpuSeconds: scratch.cpuSeconds,
    scratchWallSeconds: scratch.wallSeconds,
    againCpuSeconds: cpuSeconds,
    againWallSeconds: wallSeconds,
    unchangedCpuSeconds: equal.cpuSeconds,
    windows: replan?.windows,
  };
  if (values.json) return console.log(JSON.stringify(result));
  for (const [name, value] of Object.entries(result)) {
    if (typeof value === 'object') continue;
    console.log(
      `${name.padEnd(20)} ${typeof value === 'number' ? Number(value.toPrecision(5)) : String(value)}`,
    );
  }
}
