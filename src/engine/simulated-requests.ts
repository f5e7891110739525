import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { ArrivalProfile, LengthModel, RequestColumns } from '../model/index.ts';
import { atRate, findProfile, firstRequests, sampleShape } from '../traffic/index.ts';
import { HOURS_PER_WEEK, formatNumber, requestsPerSecond } from '../units/index.ts';
import { displayPath } from './files.ts';
import type { EngineHost } from './messages.ts';
import { readTraceFile } from './resolve-traffic.ts';
import type { TraceLayout } from './resolve-traffic.ts';

/** The requests of a simulation as a user states them. One of trace, profile, and lengths; all may be absent for a plan. */
export interface TrafficOptions {
  /** Trace file, relative to the working directory, replayed in its own time. */
  readonly trace?: string;
  readonly layout?: TraceLayout;
  /** Name of a shipped profile. */
  readonly profile?: string;
  /** Mean lengths, tokens. */
  readonly isl?: number;
  readonly osl?: number;
  /** Share by which lengths vary evenly to both sides, 0..1; default 0: all alike. */
  readonly lengthSpread?: number;
  /** Requests per second, > 0. A trace is compressed or stretched to this mean. */
  readonly requestRate?: number;
  /** Factor on the rate, > 0. */
  readonly rateScale?: number;
  /** Coefficient of variation of the gaps; default that of the profile, 1 for lengths alone. */
  readonly burstiness?: number;
  /** Share of the prompt tokens found cached, 0..1. */
  readonly prefixHitRate?: number;
  /** Requests at most; default 10,000 of a profile, all of a trace. */
  readonly requests?: number;
  /** Seconds of arrivals at most. */
  readonly duration?: number;
}

/** Requests ready to be simulated, and where they come from in words. */
export interface SimulatedRequests {
  readonly columns: RequestColumns;
  readonly source: string;
}

/** What a plan or stack offers where the user states no traffic. */
export interface DeclaredTraffic {
  readonly profile: ArrivalProfile;
  /** Requests per second to simulate: the busiest window. */
  readonly requestRate: number;
  readonly trace?: RequestColumns;
}

/** Requests drawn unless stated: enough for a p99 within some percent (*assumed*). */
const DEFAULT_REQUESTS = 10_000;

/**
 * The requests that options describe.
 * Errors: `traffic-*`, `engine-file-*`, and `engine-usage` for options that contradict each other or say too little.
 */
export async function simulatedRequests(
  options: TrafficOptions,
  {
    seed,
    host,
    declared,
  }: { readonly seed: number; readonly host: EngineHost; readonly declared?: DeclaredTraffic },
): Promise<Outcome<SimulatedRequests>> {
  const wrong = contradictionsOf(options, declared !== undefined);
  if (wrong.length > 0) return failure(...wrong);
  const trace = await traceOf(options, declared, host);
  if (!trace.ok) return trace;
  const drawn =
    trace.value === undefined
      ? drawRequests(options, { seed, declared })
      : replayed(trace.value, options, seed);
  if (!drawn.ok) return failure(...trace.diagnostics, ...drawn.diagnostics);
  const columns = cut(drawn.value.columns, options);
  return columns.arrival.length === 0
    ? failure(...trace.diagnostics, nothingLeft(options))
    : success({ ...drawn.value, columns }, [...trace.diagnostics, ...drawn.diagnostics]);
}

/** Lengths that vary evenly by a share to both sides of their means. */
export function evenLengths(isl: number, osl: number, spread: number): LengthModel {
  const around = (mean: number): readonly number[] => [
    Math.max(1, mean * (1 - spread)),
    Math.max(1, mean * (1 + spread)),
  ];
  return { inputQuantiles: around(isl), outputQuantiles: [around(osl)] };
}

/** A profile of the same rate in every hour, Poisson unless `burstiness` says otherwise. */
export function flatProfile(
  lengths: LengthModel,
  facts: { readonly requestRate: number; readonly burstiness?: number; readonly prefixHitRate?: number },
): ArrivalProfile {
  return {
    name: 'stated',
    hourlyRate: Array.from({ length: HOURS_PER_WEEK }, () => requestsPerSecond(facts.requestRate)),
    arrivals: { family: 'gamma', cv: facts.burstiness ?? 1 },
    lengths,
    prefix: { hitRate: facts.prefixHitRate ?? 0 },
    provenance: { evidence: 'assumed', source: 'stated on the command line' },
  };
}

function contradictionsOf(options: TrafficOptions, hasDeclared: boolean): readonly Diagnostic[] {
  const { trace, profile, isl, osl, requestRate, rateScale } = options;
  const hasLengths = isl !== undefined || osl !== undefined;
  const sources = [
    ...(trace === undefined ? [] : ['--trace']),
    ...(profile === undefined ? [] : ['--profile']),
    ...(hasLengths ? ['--isl and --osl'] : []),
  ];
  const usage = (summary: string, fix: string): Diagnostic => diagnostic('engine-usage', { summary, fix });
  const problems: Diagnostic[] = [];
  if (sources.length > 1)
    problems.push(usage(`${sources.join(' and ')} exclude each other.`, 'State the traffic in one way.'));
  if (hasLengths && (isl === undefined || osl === undefined))
    problems.push(usage('One of --isl and --osl is missing.', 'State both, such as --isl 1000 --osl 300.'));
  if (requestRate !== undefined && rateScale !== undefined)
    problems.push(usage('--rate and --rate-scale exclude each other.', 'State one of them.'));
  if (sources.length === 0 && !hasDeclared)
    problems.push(
      usage('The requests are not stated.', 'Add --trace FILE, --profile NAME, or --isl, --osl and --rate.'),
    );
  if (hasLengths && requestRate === undefined && !hasDeclared)
    problems.push(usage('Lengths alone say no rate.', 'Add --rate, such as --rate 4.'));
  return problems;
}

async function traceOf(
  options: TrafficOptions,
  declared: DeclaredTraffic | undefined,
  host: EngineHost,
): Promise<Outcome<SimulatedRequests | undefined>> {
  if (options.trace === undefined) {
    const isReplaced = options.profile !== undefined || options.isl !== undefined;
    const own = isReplaced ? undefined : declared?.trace;
    return success(
      own === undefined || declared === undefined
        ? undefined
        : { columns: own, source: declared.profile.provenance.source },
    );
  }
  const absolute = path.resolve(host.workingDirectory, options.trace);
  const shown = displayPath(absolute, host.workingDirectory);
  const layout = options.layout ?? { format: 'auto' };
  const dated = await readTraceFile(absolute, shown, layout);
  // A stated rate needs no arrival times: a file that holds lengths only is then as good.
  const read =
    dated.ok || options.requestRate === undefined || !lacksArrival(dated.diagnostics)
      ? dated
      : await readTraceFile(absolute, shown, { ...layout, columns: { ...layout.columns, arrival: null } });
  if (!read.ok) return read;
  return success(
    { columns: read.value, source: `trace file ${path.basename(options.trace)}` },
    read.diagnostics,
  );
}

/** Whether the one thing that a trace lacks is a column of arrival times. */
export function lacksArrival(diagnostics: readonly Diagnostic[]): boolean {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return (
    errors.length === 1 &&
    errors[0]?.code === 'traffic-missing-column' &&
    errors[0].summary.includes('arrival')
  );
}

/** A trace in its own time, compressed or stretched; one without arrival times gets gaps drawn at the stated rate. */
function replayed(
  trace: SimulatedRequests,
  options: TrafficOptions,
  seed: number,
): Outcome<SimulatedRequests> {
  const { columns } = trace;
  const count = columns.arrival.length;
  const first = columns.arrival[0] ?? 0;
  const span = (columns.arrival.at(-1) ?? 0) - first;
  const { requestRate, rateScale } = options;
  if (span > 0) {
    const meanRate = (count - 1) / span;
    const factor = requestRate === undefined ? (rateScale ?? 1) : requestRate / meanRate;
    const arrival = columns.arrival.map((time) => (time - first) / factor);
    const phrase = factor === 1 ? '' : `, ${formatNumber(factor, 3)} times as fast`;
    return success({ columns: { ...columns, arrival }, source: `${trace.source}${phrase}` });
  }
  if (requestRate === undefined) {
    return failure(
      diagnostic('engine-usage', {
        summary: 'The trace spans no time, so it says no rate.',
        fix: 'Add --rate: requests then arrive in the order of the trace as a Poisson process of that rate.',
      }),
    );
  }
  const profile = flatProfile(evenLengths(1, 1, 0), { ...options, requestRate });
  const { unitArrival } = sampleShape(profile, { count, seed, name: 'simulate' });
  const arrival = unitArrival.map((time) => time / requestRate);
  return success({ columns: { ...columns, arrival }, source: `${trace.source}, drawn arrival times` });
}

/** A stationary sample of a profile. */
function drawRequests(
  options: TrafficOptions,
  { seed, declared }: { readonly seed: number; readonly declared: DeclaredTraffic | undefined },
): Outcome<SimulatedRequests> {
  const base = baseProfile(options, declared);
  if (!base.ok) return base;
  const { burstiness, prefixHitRate } = options;
  const profile: ArrivalProfile = {
    ...base.value.profile,
    arrivals: {
      ...base.value.profile.arrivals,
      ...(burstiness === undefined ? {} : { cv: burstiness }),
    },
    ...(prefixHitRate === undefined ? {} : { prefix: { hitRate: prefixHitRate } }),
  };
  const rate = (options.requestRate ?? base.value.requestRate) * (options.rateScale ?? 1);
  const wanted =
    options.duration === undefined ? DEFAULT_REQUESTS : Math.ceil(options.duration * rate * 1.2) + 50;
  const count = options.requests ?? wanted;
  const shape = sampleShape(profile, { count, seed, name: 'simulate' });
  return success({
    columns: atRate(shape, rate),
    source: `${base.value.source}, ${formatNumber(rate, 3)}/s`,
  });
}

function baseProfile(
  options: TrafficOptions,
  declared: DeclaredTraffic | undefined,
): Outcome<{ readonly profile: ArrivalProfile; readonly requestRate: number; readonly source: string }> {
  const { isl, osl, lengthSpread = 0 } = options;
  if (isl !== undefined && osl !== undefined) {
    const requestRate = options.requestRate ?? declared?.requestRate ?? 1;
    const lengths = evenLengths(isl, osl, lengthSpread);
    const source = `${isl} input and ${osl} output tokens`;
    return success({ profile: flatProfile(lengths, { requestRate }), requestRate, source });
  }
  if (options.profile !== undefined) {
    const found = findProfile(options.profile);
    if (!found.ok) return found;
    const requestRate = declared?.requestRate ?? Math.max(...found.value.hourlyRate);
    return success({ profile: found.value, requestRate, source: `profile ${found.value.name}` });
  }
  return declared === undefined
    ? failure(diagnostic('engine-usage', { summary: 'The requests are not stated.' }))
    : success({ ...declared, source: `profile ${declared.profile.name}` });
}

function cut(columns: RequestColumns, { requests, duration }: TrafficOptions): RequestColumns {
  const byTime =
    duration === undefined
      ? columns.arrival.length
      : columns.arrival.findLastIndex((time) => time < duration) + 1;
  return firstRequests(columns, Math.min(byTime, requests ?? Infinity));
}

function nothingLeft({ duration }: TrafficOptions): Diagnostic {
  return diagnostic('traffic-empty', {
    summary:
      duration === undefined
        ? 'There is no request to simulate.'
        : `No request arrives within ${formatNumber(duration)} s.`,
    fix: 'Simulate longer (--duration) or at a higher rate.',
  });
}
