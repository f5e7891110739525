import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { fitLine, median } from '../../perf/index.ts';
import type { FittedLine, LoadMoment } from '../../perf/index.ts';
import type { LocustMoment } from './locust-history.ts';
import { valueAt } from './series-files.ts';
import type { TimeSeries } from './series-files.ts';

/** The series of one load test, CPU in cores and memory in bytes per replica. */
export interface TestSeries {
  readonly history: readonly LocustMoment[];
  readonly cpu: TimeSeries;
  readonly memory: TimeSeries;
  /** Replicas that shared the requests. */
  readonly pods: number;
  /** Seconds over which every CPU value is an average, as in `rate(…[5m])`; 0 for values of the moment. */
  readonly cpuWindow: number;
}

/** A load test on one clock. */
export interface AlignedTest {
  readonly moments: readonly LoadMoment[];
  /** Request rate averaged as CPU is, and CPU; both per replica. */
  readonly samples: readonly (readonly [number, number])[];
  readonly line: FittedLine | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** A CPU window longer than this tells nothing of a moment; the fitted line does (assumed). */
const LONGEST_MOMENT = 30;

/**
 * Brings rates, CPU and memory to one clock. Moments without requests, percentiles or resource figures are left out and counted.
 * Where CPU is averaged over a long window, rates are averaged alike for the fit (none before the test began), and the CPU of a moment
 * is that of the fitted line. Errors: `import-clocks-apart`, `import-no-measurement`.
 */
export function alignSeries(series: TestSeries): AlignedTest {
  const { history, cpu, memory, pods, cpuWindow } = series;
  const samples = cpuSamples(series);
  const line = fitLine(samples);
  const cpuAt = (moment: LocustMoment): number | undefined => {
    if (cpuWindow <= LONGEST_MOMENT) return valueAt(cpu, moment.time);
    if (line === undefined) return undefined;
    return Math.max(0, line.intercept + (line.slope * moment.requestRate) / pods);
  };
  const busy = history.filter((moment) => moment.requestRate > 0 && Object.keys(moment.latency).length > 0);
  const moments = busy.flatMap((moment): LoadMoment[] => {
    const cpuCores = cpuAt(moment);
    const bytes = valueAt(memory, moment.time);
    if (cpuCores === undefined || bytes === undefined) return [];
    return [
      {
        requestRate: moment.requestRate / pods,
        failedShare: Math.min(1, moment.failureRate / moment.requestRate),
        latency: moment.latency,
        users: moment.users,
        cpuCores,
        memory: bytes,
      },
    ];
  });
  return { moments, samples, line, diagnostics: problemsOf(series, busy, moments) };
}

/** CPU samples within the test with the request rate of the moment, or averaged over the same window; all per replica. */
function cpuSamples({ history, cpu, pods, cpuWindow }: TestSeries): (readonly [number, number])[] {
  const [start, end] = [history[0]!.time, history.at(-1)!.time];
  const rateAt = (time: number): number =>
    cpuWindow > 0
      ? requestsBetween(history, time - cpuWindow, time) / cpuWindow
      : history.findLast((moment) => moment.time <= time)!.requestRate;
  return [...cpu.times].flatMap((time, i): (readonly [number, number])[] =>
    time < start || time > end ? [] : [[rateAt(time) / pods, cpu.values[i]!]],
  );
}

/** Requests that Locust saw between two times: its rates, each holding until the next. */
function requestsBetween(history: readonly LocustMoment[], from: number, to: number): number {
  let requests = 0;
  for (let i = 0; i + 1 < history.length; i++) {
    const overlap = Math.min(to, history[i + 1]!.time) - Math.max(from, history[i]!.time);
    if (overlap > 0) requests += overlap * history[i]!.requestRate;
  }
  return requests;
}

function problemsOf(
  series: TestSeries,
  busy: readonly LocustMoment[],
  moments: readonly LoadMoment[],
): readonly Diagnostic[] {
  if (busy.length === 0) {
    return [
      diagnostic('import-no-measurement', {
        summary: 'The Locust history holds no moment with requests and response times.',
        fix: 'Give the history of a run with traffic (locust --csv NAME --csv-full-history).',
      }),
    ];
  }
  if (moments.length === 0) return [clocksApart(series, busy)];
  const left = series.history.length - moments.length;
  const skipped =
    left > 0
      ? [
          diagnostic('import-moments-skipped', {
            summary: `${String(left)} of ${String(series.history.length)} moments of the history were left out: no requests, no response times, or no CPU or memory at the time.`,
          }),
        ]
      : [];
  return [...skipped, ...saturation(moments)];
}

function clocksApart({ cpu, memory }: TestSeries, busy: readonly LocustMoment[]): Diagnostic {
  const range = (from: number, to: number): string =>
    `${String(Math.round(from))} to ${String(Math.round(to))} s`;
  const spans = [cpu, memory].map((item) => `${item.shown}: ${range(item.times[0]!, item.times.at(-1)!)}`);
  return diagnostic('import-clocks-apart', {
    summary: 'Load, CPU and memory share no time, or too little of it for a fit.',
    detail: `Load: ${range(busy[0]!.time, busy.at(-1)!.time)}; ${spans.join('; ')} (seconds since 1970).`,
    fix: 'Give series of the same test; --shift adds seconds to the times of CPU and memory when their clock is off.',
  });
}

/** A warning when more users brought no more requests: the replica was overloaded, and latency then tells of the users. */
function saturation(moments: readonly LoadMoment[]): readonly Diagnostic[] {
  const byUsers = [...moments].sort((a, b) => a.users - b.users);
  const half = Math.floor(byUsers.length / 2);
  if (half < 3) return [];
  const rates = (items: readonly LoadMoment[]): number => median(items.map((item) => item.requestRate));
  const users = (items: readonly LoadMoment[]): number => median(items.map((item) => item.users));
  const [few, many] = [byUsers.slice(0, half), byUsers.slice(half)];
  const isSaturated = users(many) > 1.5 * users(few) && rates(many) < 1.2 * rates(few);
  if (!isSaturated) return [];
  return [
    diagnostic('import-weak-fit', {
      summary: `From ${String(users(few))} to ${String(users(many))} users the request rate hardly grew: the replica was overloaded for most of the test.`,
      detail:
        'Response times then tell of the number of users, not of the rate; lower rates were not measured.',
      fix: 'Measure again with fewer users, so that the rate rises in steps up to the limit.',
    }),
  ];
}
