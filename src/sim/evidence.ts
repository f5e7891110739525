import type { LatencyLimit, LoadEvidence } from '../model/index.ts';
import { requestsPerSecond } from '../units/index.ts';
import type { RunMark } from './clocks/run-tally.ts';
import { summarizeLatency } from './percentile.ts';
import { isStationary } from './stationarity.ts';
import type { SimulationWorkspace } from './workspace.ts';

/** Fewest measured requests for which rates are taken up to the last arrival instead of the last token (*assumed*). */
const REQUESTS_FOR_STEADY_WINDOW = 100;

/** Sums of the ranks of an engine, or of the replicas of a fleet; entries by rank or replica. */
export interface RunMarks {
  /** When the first measured request came, and when the last one did. */
  readonly started: readonly RunMark[] | undefined;
  readonly drained: readonly RunMark[] | undefined;
  readonly tallies: readonly { readonly time: number; mark(time: number): RunMark }[];
}

/** A finished run, ready to be summed up. */
export interface FinishedRun {
  readonly workspace: Pick<SimulationWorkspace, 'ttft' | 'tpot' | 'e2e' | 'series' | 'sorted'>;
  readonly recorder: RunMarks;
  readonly preemptions: number;
  readonly peakKvShare: number;
  /** Arrival by request id. */
  readonly arrival: Float64Array;
  /** Requests are measured from this id on. */
  readonly firstMeasured: number;
  /** Ids of measured requests that were rejected count as failed. */
  readonly isRejected: (id: number) => boolean;
  readonly limitsOfSlo: readonly LatencyLimit[];
  /** Seconds from the first token to the last by request id, where a queue may stand between them: prefill and decode apart. */
  readonly decoding?: Float64Array;
}

/** Sums up the measured requests of a run. Overwrites the sorting room of the workspace. */
export function loadEvidence(run: FinishedRun): LoadEvidence {
  const { workspace, arrival, firstMeasured } = run;
  const measured = arrival.length - firstMeasured;
  const summary = (column: Float64Array): ReturnType<typeof summarizeLatency> =>
    summarizeLatency(
      known(column.subarray(firstMeasured, arrival.length), workspace.series),
      workspace.sorted,
    );
  const rates = rankRates(run, measured);
  return {
    requestRate: requestsPerSecond(offeredRate(arrival.subarray(firstMeasured), run.recorder)),
    requests: measured,
    latency: { ttft: summary(workspace.ttft), tpot: summary(workspace.tpot), e2e: summary(workspace.e2e) },
    goodputShare: goodputShare(run),
    outputTokensPerSecond: rates.outputTokensPerSecond,
    busyShare: rates.busyShare,
    meanBatch: rates.meanBatch,
    peakKvShare: run.peakKvShare,
    preemptions: run.preemptions,
    isStationary: servedAsItCame(run),
  };
}

/** The entries of a column that are not NaN, packed into `room`. */
function known(column: Float64Array, room: Float64Array): Float64Array {
  let count = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (value === value) room[count++] = value;
  }
  return room.subarray(0, count);
}

/** Arrivals per second between the first and the last measured one; over the whole run when they come at once. */
function offeredRate(arrival: Float64Array, { tallies }: RunMarks): number {
  const n = arrival.length;
  const span = n > 1 ? arrival[n - 1]! - arrival[0]! : 0;
  if (span > 0) return (n - 1) / span;
  const makespan = Math.max(0, ...tallies.map((tally) => tally.time));
  return makespan > 0 ? n / makespan : 0;
}

/** Rates of all ranks between the first measured request and the last arrival (or the last token of a short run). */
function rankRates(
  run: FinishedRun,
  measured: number,
): Pick<LoadEvidence, 'outputTokensPerSecond' | 'busyShare' | 'meanBatch'> {
  const { started, drained, tallies } = run.recorder;
  let outputTokensPerSecond = 0;
  let window = 0;
  let busy = 0;
  let sequenceSeconds = 0;
  for (const [rank, tally] of tallies.entries()) {
    const from = started?.[rank];
    const to = drained?.[rank];
    if (from === undefined) continue;
    const isSteady = measured >= REQUESTS_FOR_STEADY_WINDOW && to !== undefined;
    const end = isSteady && to.time > from.time ? to : tally.mark(tally.time);
    const span = end.time - from.time;
    if (span <= 0) continue;
    window += span;
    busy += end.busy - from.busy;
    sequenceSeconds += end.sequenceSeconds - from.sequenceSeconds;
    outputTokensPerSecond += (end.outputTokens - from.outputTokens) / span;
  }
  return {
    outputTokensPerSecond,
    busyShare: window > 0 ? Math.min(1, busy / window) : 0,
    meanBatch: busy > 0 ? sequenceSeconds / busy : 0,
  };
}

/** Share of the measured requests that finished within every limit; a rejected request is not. */
function goodputShare({ workspace, arrival, firstMeasured, limitsOfSlo }: FinishedRun): number {
  let good = 0;
  for (let id = firstMeasured; id < arrival.length; id++) {
    const isDone = workspace.e2e[id]! >= 0;
    // The negated comparison lets a request of one token, whose tpot is NaN, pass its limit.
    if (isDone && limitsOfSlo.every(({ metric, limit }) => !(workspace[metric][id]! > limit))) good++;
  }
  return arrival.length > firstMeasured ? good / (arrival.length - firstMeasured) : 0;
}

/** The verdict of `isStationary` on the requests that were not rejected; false when none was served. */
function servedAsItCame(run: FinishedRun): boolean {
  const { workspace, arrival, firstMeasured, isRejected, decoding } = run;
  const room = arrival.length - firstMeasured;
  const came = new Float64Array(room);
  const leaving = new Float64Array(room);
  const waits = new Float64Array(room);
  const decodes = decoding === undefined ? undefined : new Float64Array(room);
  let count = 0;
  let served = 0;
  for (let id = firstMeasured; id < arrival.length; id++) {
    if (isRejected(id)) continue;
    const time = arrival[id]!;
    const e2e = workspace.e2e[id]!;
    if (e2e >= 0) served++;
    came[count] = time;
    leaving[count] = time + e2e;
    waits[count] = workspace.ttft[id]!;
    if (decodes !== undefined) decodes[count] = decoding![id]!;
    count++;
  }
  const isSteady = (waited: Float64Array): boolean =>
    isStationary({
      arrival: came.subarray(0, count),
      ttft: waited.subarray(0, count),
      leaving: leaving.subarray(0, count),
    });
  return served > 0 && isSteady(waits) && (decodes === undefined || isSteady(decodes));
}
