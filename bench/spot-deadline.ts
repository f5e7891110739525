/**
 * Jobs with a deadline on spot capacity that comes and goes: our policy, greedy, time sliced and Uniform Progress against the plan of one who knows
 * the future ("Can't Be Late", NSDI '24).
 *
 *     npm run bench:spot-deadline -- --data DIR --json
 *
 * DIR holds `spot/skypilot-spot-traces.csv.gz` (default `../shared/data`). For every setting (work, deadline, changeover, price ratio) a job starts at
 * `--starts` (30) evenly spread moments of every single-node availability trace (`--kind held`: of held instances; `all`: both, and several nodes). Policies decide
 * at the ticks of the trace, know nothing of the trace before the job starts, and see only the present tick. `--prior` says what our policy's model of capacity was fitted to:
 * `trace` (default): for a trace that the shipped model was fitted to, all such traces of the file but itself; for others the shipped model. `campaign`: traces of other campaigns
 * only. `shipped`: the shipped model for all.
 * `--history`: our policy's model is also adapted to what the trace showed before the job starts (not after); 60 ms more for each job.
 * `--drawn N`: N traces drawn from the shipped model instead of the file, to see what remains when the model is true.
 * Costs are shares of the cost of the work on-demand. `gap`: mean cost above the omniscient; `gapRatio`: our gap over that of Uniform Progress
 * as its authors' simulator has it; `gapRatioAsWorded`: over that of the rules of the paper word for word, which are weaker (`bench/baselines/uniform-progress.ts`).
 * A full run takes about 4 CPU minutes, most of it for the omniscient. `--settings TEXT`: only settings whose name contains the text.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { ForecastPolicy, hindsightCost } from '../src/optimize/spot-deadline/index.ts';
import { randomStream } from '../src/random/index.ts';
import { simulateDeadlineJob } from '../src/sim/index.ts';
import type { DeadlineJob, DeadlinePolicy } from '../src/sim/index.ts';
import {
  adaptAvailabilityModel,
  fitAvailabilityModel,
  readAvailabilityTraces,
  shippedAvailabilityModel,
} from '../src/spot/index.ts';
import type { AvailabilityModel, AvailabilityTrace } from '../src/spot/index.ts';
import { GreedyDeadline } from './baselines/greedy-deadline.ts';
import { TimeSliced } from './baselines/time-sliced.ts';
import { UniformProgress } from './baselines/uniform-progress.ts';
import { SETTINGS, jobOf } from './spot-deadline-settings.ts';
import type { DeadlineSetting } from './spot-deadline-settings.ts';

const SECONDS_PER_HOUR = 3600;
/** Slices of the time sliced policy; the paper takes the best of 50 for each case. */
const SLICES = 8;
const SEED = 1;

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['PLIMSOLL_DATA'] ?? '../shared/data' },
    json: { type: 'boolean', default: false },
    starts: { type: 'string', default: '30' },
    kind: { type: 'string', default: 'probe' },
    prior: { type: 'string', default: 'trace' },
    settings: { type: 'string', default: '' },
    history: { type: 'boolean', default: false },
    drawn: { type: 'string', default: '' },
  },
});

/** Sums over the runs of one policy, in shares of the on-demand cost. */
interface Tally {
  cost: number;
  missed: number;
  spotSeconds: number;
  onDemandSeconds: number;
  starts: number;
}

/** Means over the jobs of one trace, by policy. */
interface TraceFigures {
  readonly gap: Readonly<Record<string, number>>;
  readonly spotHours: Readonly<Record<string, number>>;
}

const before = process.cpuUsage();
const traces = readTraces();
const shipped = shippedAvailabilityModel();
const cases = traces.map((trace) => {
  const model = modelFor(trace);
  return { trace, up: upTicks(trace), model, fresh: new ForecastPolicy(model) };
});
const rows = SETTINGS.filter(({ name }) => name.includes(values.settings)).flatMap((setting) => {
  const row = measure(setting);
  console.error(
    `${setting.name}: gap ratio ${row === undefined ? 'no trace is long enough' : row.gapRatio.toFixed(3)}`,
  );
  return row === undefined ? [] : [row];
});
report();

function readTraces(): readonly AvailabilityTrace[] {
  if (values.drawn !== '')
    return Array.from({ length: Number(values.drawn) }, (_, index) => drawnTrace(index));
  const file = path.join(values.data, 'spot', 'skypilot-spot-traces.csv.gz');
  if (!existsSync(file)) fail(`${file} does not exist; give the folder of the data with --data DIR`);
  const read = readAvailabilityTraces(gunzipSync(readFileSync(file)).toString('utf8'), { fileName: file });
  if (!read.ok) fail(read.diagnostics.map(({ summary }) => summary).join('\n'));
  const wanted = read.value.filter(
    ({ kind, mostNodes }) => values.kind === 'all' || (kind === values.kind && mostNodes === 1),
  );
  if (wanted.length === 0) fail(`${file} holds no trace of kind ${values.kind}`);
  return wanted;
}

/** Thirty days drawn from the shipped model, which then is the truth. */
function drawnTrace(index: number): AvailabilityTrace {
  const { transition, occupancy, phases, upPhases, stepSeconds } = shippedAvailabilityModel();
  const stream = randomStream(SEED, `trace ${index}`);
  const pick = (weights: Float64Array): number => {
    let rest = stream.uniform();
    return Math.max(
      0,
      weights.findIndex((weight) => (rest -= weight) < 0),
    );
  };
  const ticks = (30 * 24 * SECONDS_PER_HOUR) / stepSeconds;
  let phase = pick(occupancy);
  const nodes = Int32Array.from({ length: ticks }, () => {
    phase = pick(transition.subarray(phase * phases, (phase + 1) * phases));
    return phase < upPhases ? 1 : 0;
  });
  return {
    ...{ id: `drawn ${index}`, zone: 'drawn', instanceType: 'drawn', kind: 'probe', mostNodes: 1 },
    ...{
      tickSeconds: stepSeconds,
      ticks,
      runStart: Int32Array.from(nodes, (_, tick) => tick),
      runNodes: nodes,
    },
    provenance: { evidence: 'assumed', source: 'the shipped model' },
  };
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** A model for a trace that never saw it. */
function modelFor(trace: AvailabilityTrace): AvailabilityModel {
  const known = new Set(shipped.fittedTo);
  if (values.prior === 'shipped' || (values.prior === 'trace' && !known.has(trace.id))) return shipped;
  const others = traces.filter(({ id, campaign, kind, mostNodes }) => {
    const isLike = kind === 'probe' && mostNodes === 1;
    return isLike && id !== trace.id && (values.prior === 'trace' || campaign !== trace.campaign);
  });
  return others.length === 0 ? shipped : fitAvailabilityModel(others, { seed: SEED });
}

/** 1 for each tick with all nodes asked for. */
function upTicks(trace: AvailabilityTrace): Uint8Array {
  const up = new Uint8Array(trace.ticks);
  trace.runStart.forEach((start, run) => {
    const isUp = (trace.runNodes[run] ?? 0) >= trace.mostNodes;
    if (isUp) up.fill(1, start, trace.runStart[run + 1] ?? trace.ticks);
  });
  return up;
}

/** The figures of one setting over all traces that are long enough; undefined when none is. */
function measure(setting: DeadlineSetting) {
  const job = jobOf(setting);
  const tallies = new Map<string, Tally>();
  const byTrace: Record<string, TraceFigures> = {};
  let [jobs, omniscient] = [0, 0];
  for (const { trace, up, model, fresh } of cases) {
    const starts = startTicks(trace, job);
    if (starts.length === 0) continue;
    const rivals = [
      new UniformProgress(),
      new UniformProgress('leave'),
      new GreedyDeadline(),
      new TimeSliced(SLICES),
    ];
    const here: Record<string, number> = {};
    const spotHours: Record<string, number> = {};
    for (const start of starts) {
      const window = up.subarray(start, start + Math.ceil(job.deadlineSeconds / trace.tickSeconds) + 1);
      const share = 1 / workCost(job);
      const best = hindsightCost(job, trace.tickSeconds, window) * share;
      omniscient += best;
      jobs++;
      const past = start * trace.tickSeconds;
      const ours = values.history ? new ForecastPolicy(adaptAvailabilityModel(model, trace, past)) : fresh;
      const policies: readonly DeadlinePolicy[] = [ours, ...rivals];
      for (const policy of policies) {
        const outcome = simulateDeadlineJob(job, policy, {
          tickSeconds: trace.tickSeconds,
          isSpotAvailable: (tick) => window[tick] === 1,
        });
        const cost = outcome.cost * share;
        if (cost < best - 1e-9)
          throw new Error(`${policy.name} costs less than the omniscient on ${trace.id} at ${start}`);
        add(tallies, policy.name, { ...outcome, cost });
        here[policy.name] = (here[policy.name] ?? 0) + (cost - best) / starts.length;
        const hours = outcome.spotSeconds / SECONDS_PER_HOUR / starts.length;
        spotHours[policy.name] = (spotHours[policy.name] ?? 0) + hours;
      }
    }
    byTrace[trace.id] = { gap: here, spotHours };
  }
  return jobs === 0 ? undefined : figures(setting, { tallies, jobs, omniscient, byTrace });
}

/** Ticks at which jobs start: evenly spread from the first to the last at which the deadline falls within the trace. */
function startTicks(trace: AvailabilityTrace, job: DeadlineJob): readonly number[] {
  const last = trace.ticks - Math.ceil(job.deadlineSeconds / trace.tickSeconds) - 1;
  const count = Number(values.starts);
  if (last < 0) return [];
  return Array.from({ length: count }, (_, index) => Math.floor((last * index) / Math.max(1, count - 1)));
}

/** Cost of the work alone on-demand. */
function workCost({ workSeconds, onDemandPrice }: DeadlineJob): number {
  return (workSeconds / SECONDS_PER_HOUR) * onDemandPrice;
}

function add(
  tallies: Map<string, Tally>,
  name: string,
  run: Omit<Tally, 'missed'> & { readonly isMissed: boolean },
): void {
  const tally = tallies.get(name) ?? { cost: 0, missed: 0, spotSeconds: 0, onDemandSeconds: 0, starts: 0 };
  tallies.set(name, tally);
  tally.cost += run.cost;
  tally.missed += run.isMissed ? 1 : 0;
  tally.spotSeconds += run.spotSeconds;
  tally.onDemandSeconds += run.onDemandSeconds;
  tally.starts += run.starts;
}

/** What was measured of one setting. */
interface Measured {
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly jobs: number;
  readonly omniscient: number;
  readonly byTrace: Readonly<Record<string, TraceFigures>>;
}

function figures(setting: DeadlineSetting, { tallies, jobs, omniscient, byTrace }: Measured) {
  const policies = Object.fromEntries(
    [...tallies].map(([name, tally]) => [
      name,
      {
        cost: tally.cost / jobs,
        gap: (tally.cost - omniscient) / jobs,
        missed: tally.missed,
        spotHours: tally.spotSeconds / SECONDS_PER_HOUR / jobs,
        onDemandHours: tally.onDemandSeconds / SECONDS_PER_HOUR / jobs,
        starts: tally.starts / jobs,
      },
    ]),
  );
  const gapOf = (name: string): number => policies[name]?.gap ?? NaN;
  return {
    ...setting,
    ...{ jobs, omniscient: omniscient / jobs, policies },
    gapRatio: gapOf('forecast') / gapOf('uniform-progress'),
    gapRatioAsWorded: gapOf('forecast') / gapOf('uniform-progress-as-worded'),
    byTrace,
  };
}

/**
 * Hours on spot under Uniform Progress and greedy as their authors report them, beside those of the first two weeks of the shared traces of the same campaign (the paper used
 * two weeks), 40 starts each; `ofGreedyGap`: gap to the omniscient over greedy's, about a half in the paper (section 6.4).
 */
function authorsCheck() {
  const job = jobOf(SETTINGS.find(({ name }) => name === '48h/60h/0.2h') ?? fail('no setting of the check'));
  const campaign = traces.filter(({ id, mostNodes }) => id.startsWith('aws-10-26-2022/') && mostNodes === 1);
  const policies = [new GreedyDeadline(), new UniformProgress(), new UniformProgress('leave')];
  const sums = policies.map(() => ({ hours: 0, gap: 0 }));
  const starts = 40;
  for (const trace of campaign) {
    const { tickSeconds } = trace;
    const up = upTicks(trace).subarray(0, (14 * 24 * SECONDS_PER_HOUR) / tickSeconds);
    const length = Math.ceil(job.deadlineSeconds / tickSeconds) + 1;
    for (let index = 0; index < starts; index++) {
      const start = Math.floor(((up.length - length) * index) / (starts - 1));
      const window = up.subarray(start, start + length);
      const best = hindsightCost(job, tickSeconds, window);
      policies.forEach((policy, at) => {
        const run = simulateDeadlineJob(job, policy, {
          tickSeconds,
          isSpotAvailable: (tick) => window[tick] === 1,
        });
        const sum = sums[at] ?? fail('no sum');
        sum.hours += run.spotSeconds / SECONDS_PER_HOUR / starts / campaign.length;
        sum.gap += run.cost - best;
      });
    }
  }
  const here = policies.map(({ name }, at) => {
    const { hours, gap } = sums[at] ?? fail('no sum');
    return [name, { spotHours: hours, ofGreedyGap: gap / (sums[0]?.gap ?? NaN) }] as const;
  });
  return {
    source:
      '"Can\'t Be Late", NSDI \'24, table 3: 48 h of work in 60 h, changeover 0.2 h, eight traces of 2022-10-26',
    authors: { greedy: { spotHours: 17.2 }, 'uniform-progress': { spotHours: 22.9, ofGreedyGap: 0.5 } },
    here: { traces: campaign.length, ...Object.fromEntries(here) },
  };
}

function report(): void {
  const sum = (name: string): number =>
    rows.reduce((total, row) => total + (row.policies[name]?.gap ?? 0) * row.jobs, 0);
  const used = process.cpuUsage(before);
  const worst = rows.reduce(
    (most, row) => (row.gapRatio > most.gapRatio ? row : most),
    rows[0] ?? fail('no setting'),
  );
  const summary = {
    benchmark: 'spot-deadline',
    gapRatio: sum('forecast') / sum('uniform-progress'),
    gapRatioAsWorded: sum('forecast') / sum('uniform-progress-as-worded'),
    worstGapRatio: worst.gapRatio,
    worstSetting: worst.name,
    settingsAboveHalf: rows.filter(({ gapRatio }) => gapRatio > 0.5).map(({ name }) => name),
    missed: rows.reduce((total, row) => total + (row.policies['forecast']?.missed ?? 0), 0),
    jobs: rows.reduce((total, row) => total + row.jobs, 0),
    traces: traces.length,
    prior: values.prior,
    history: values.history,
    cpuSeconds: (used.user + used.system) / 1e6,
    ...(values.drawn === '' && values.kind !== 'held' ? { authorsCheck: authorsCheck() } : {}),
    settings: rows,
  };
  if (values.json) {
    console.log(JSON.stringify(summary));
    return;
  }
  console.log('setting                       omniscient   ours  uniform  greedy  sliced  gap ratio  missed');
  for (const { name, omniscient, policies, gapRatio } of rows) {
    const costs = ['forecast', 'uniform-progress', 'greedy', 'time-sliced'].map((policy) =>
      (policies[policy]?.cost ?? NaN).toFixed(3).padStart(7),
    );
    const missed = String(policies['forecast']?.missed ?? 0).padStart(7);
    console.log(
      `${name.padEnd(30)}${omniscient.toFixed(3).padStart(10)}${costs.join(' ')}${gapRatio.toFixed(3).padStart(11)}${missed}`,
    );
  }
  const { gapRatio, worstGapRatio, worstSetting, missed, jobs, cpuSeconds } = summary;
  console.log(
    `gap ratio ${gapRatio.toFixed(3)} over ${jobs} jobs, worst ${worstGapRatio.toFixed(3)} (${worstSetting}), ${missed} deadlines missed, ${cpuSeconds.toFixed(0)} CPU s`,
  );
  if (summary.authorsCheck !== undefined) console.log(JSON.stringify(summary.authorsCheck));
}
