import type { RequestSource } from './request-source.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { Scheduler } from './schedulers/scheduler.ts';
import type { StepTimeModel } from './step-time-model.ts';

/** One engine (or one data-parallel rank of it) ready to run. */
export interface EngineRun {
  readonly scheduler: Scheduler;
  readonly source: RequestSource;
  readonly steps: StepTimeModel;
  readonly recorder: RunRecorder;
  /** Whether runs of equal decode steps are jumped in closed form. */
  readonly jump: boolean;
}

/**
 * Runs an engine without pipeline stages until every request is finished or a limit cannot be met any more.
 * A jump ends at the end of the first step at which a request becomes schedulable (where that can change the batch),
 * at the next finish, and before the next shortage of KV blocks: it shows what stepping would show.
 */
export function runEngine(run: EngineRun): void {
  const { scheduler, source, steps, recorder } = run;
  const { batch } = scheduler;
  let time = 0;
  for (;;) {
    if (source.nextReady <= time) recorder.admit(time);
    if (!scheduler.schedule(0)) {
      if (source.nextReady === Infinity) break;
      time = Math.max(time, source.nextReady);
      continue;
    }
    let duration: number = steps.stepTime(
      batch.prefillTokens,
      batch.prefillAttended,
      batch.decodeSequences,
      batch.decodeKvTokens,
    );
    let count = 1;
    if (run.jump && batch.prefillTokens === 0) {
      count = jumpLength(run, time, duration);
      if (count > 1) duration = steps.decodeRun(batch.decodeSequences, batch.decodeKvTokens, count);
    }
    time += duration;
    scheduler.complete(0, count);
    recorder.step(count, batch.sequences, duration);
    recorder.completed(time);
    if (recorder.isHopeless) return;
  }
  if (scheduler.waitingCount > 0) throw new Error('Scheduler left requests waiting in an idle engine.');
}

/** Steps to jump from `time` when the scheduled batch is pure decode and its first step takes `first` seconds. */
function jumpLength(run: EngineRun, time: number, first: number): number {
  const { scheduler, source } = run;
  const interrupted = scheduler.admitsArrivals;
  if (interrupted && time + first >= source.nextReady) return 1;
  const most = scheduler.steadySteps(0);
  if (most === 1 || !interrupted || source.nextReady === Infinity) return most;
  return stepsUntil(run, source.nextReady - time, most, first);
}

/** The fewest decode steps, at most `most`, that together take `span` seconds or longer; one takes `first` < `span`. */
function stepsUntil(run: EngineRun, span: number, most: number, first: number): number {
  const { decodeSequences: sequences, decodeKvTokens: kvTokens } = run.scheduler.batch;
  const total = (count: number): number => run.steps.decodeRun(sequences, kvTokens, count);
  let low = 1;
  let lowTime = first;
  // Steps grow with the context, so equal steps overestimate the count; where they do not, the loop corrects it.
  let high = Math.min(most, Math.max(2, Math.ceil(span / first)));
  let highTime = total(high);
  while (highTime < span) {
    if (high === most) return most;
    low = high;
    lowTime = highTime;
    high = Math.min(most, high * 2);
    highTime = total(high);
  }
  while (high - low > 1) {
    const guess = low + Math.ceil(((span - lowTime) / (highTime - lowTime)) * (high - low));
    const middle = Math.min(high - 1, Math.max(low + 1, guess));
    const middleTime = total(middle);
    if (middleTime >= span) {
      high = middle;
      highTime = middleTime;
    } else {
      low = middle;
      lowTime = middleTime;
    }
  }
  return high;
}
