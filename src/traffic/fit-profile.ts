import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { ArrivalProfile, Provenance, RequestColumns } from '../model/index.ts';
import { HOURS_PER_WEEK, requestsPerSecond } from '../units/index.ts';
import { POISSON, fitBurstiness } from './burstiness.ts';
import { fitLengths } from './fit-lengths.ts';
import { hourlyRates, meanRateOf, showsDailyCourse } from './hourly-rate.ts';
import type { Trace } from './trace.ts';

/** Requests below which a p99 rests on fewer than ten of them. */
const ENOUGH_FOR_P99 = 1000;
/** Rate of traffic whose arrival times are unknown, requests per second (assumed; scale it with `meanRate`). */
const ASSUMED_RATE = 1;

/** What is said about a fitted profile. */
export interface FitOptions {
  readonly name: string;
  readonly provenance: Provenance;
  /** Hour of the week (UTC, 0 = Monday 00:00) of the first arrival; default: what the trace states. */
  readonly startHourOfWeek?: number;
}

/**
 * Fits a generative model to a trace: rates by hour of the week, CV and family of the gaps, joint length quantiles, prefix
 * shares (rules and tolerances in docs/traffic.md). Arrivals must ascend, as `readTrace` gives them.
 * Errors: `traffic-empty`. Remarks: `traffic-short-trace`, `traffic-no-arrival-times` (rate 1/s and Poisson assumed),
 * `traffic-assumed-start` (a trace of a day or more whose start is unknown counts as begun on Monday 00:00).
 */
export function fitProfile(trace: RequestColumns | Trace, options: FitOptions): Outcome<ArrivalProfile> {
  const { name, provenance } = options;
  const { arrival } = trace;
  if (arrival.length === 0) {
    return failure(diagnostic('traffic-empty', { summary: `Trace "${name}" holds no request.`, path: name }));
  }
  const stated = options.startHourOfWeek ?? ('startHourOfWeek' in trace ? trace.startHourOfWeek : undefined);
  const hasTimes = meanRateOf(arrival) > 0;
  const profile: ArrivalProfile = {
    name,
    hourlyRate: hasTimes
      ? hourlyRates({ arrival, startHourOfWeek: weekHour(stated ?? 0) })
      : new Array(HOURS_PER_WEEK).fill(requestsPerSecond(ASSUMED_RATE)),
    arrivals: hasTimes ? fitBurstiness(arrival) : POISSON,
    ...fitLengths(trace),
    provenance,
  };
  return success(profile, remarks(name, arrival, stated !== undefined));
}

function remarks(name: string, arrival: Float64Array, startIsKnown: boolean): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (arrival.length < ENOUGH_FOR_P99) {
    found.push(
      diagnostic('traffic-short-trace', {
        summary: `Trace "${name}" holds ${arrival.length} requests; a p99 needs about ${ENOUGH_FOR_P99}.`,
        path: name,
        fix: 'Use a longer trace, or a shipped profile scaled to your rate.',
      }),
    );
  }
  if (meanRateOf(arrival) === 0) {
    found.push(
      diagnostic('traffic-no-arrival-times', {
        summary: `Trace "${name}" spans no time; ${ASSUMED_RATE} request per second and Poisson arrivals are assumed.`,
        path: name,
        fix: 'State the mean rate, and the burstiness if you know it.',
      }),
    );
  } else if (showsDailyCourse(arrival) && !startIsKnown) {
    found.push(
      diagnostic('traffic-assumed-start', {
        summary: `Trace "${name}" does not say when it begins; Monday 00:00 UTC is assumed.`,
        path: name,
        fix: 'State the hour of the week at which it begins, or use dates as arrival times.',
      }),
    );
  }
  return found;
}

function weekHour(hour: number): number {
  return ((hour % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK;
}
