import type { EngineRun } from './engine-loop.ts';

/**
 * Runs an engine of several pipeline stages: up to one batch per stage is in flight, and a sequence is in one of
 * them at a time. Stages are equal, so a batch of step time t enters the first stage when that is free and leaves
 * stage k at max(its leaving stage k−1, the batch before it leaving stage k) + t. A lone sequence therefore gets
 * a token every depth × t, and a full pipeline completes a batch every t. Runs are stepped, never jumped.
 */
export function runPipelinedEngine(run: EngineRun): void {
  const { scheduler, source, recorder } = run;
  const pipeline = new Pipeline(run);
  let time = 0;
  for (;;) {
    while (pipeline.nextCompletion <= time) {
      const { cohort, end } = pipeline.takeOldest();
      scheduler.complete(cohort, 1);
      recorder.completed(end);
      if (recorder.isHopeless) return;
    }
    recorder.admit(time);
    if (pipeline.start(time)) continue;
    const next = Math.min(pipeline.nextCompletion, pipeline.nextFreeSlot(time), source.nextReady);
    if (next === Infinity) break;
    time = next;
  }
  if (scheduler.waitingCount > 0) throw new Error('Scheduler left requests waiting in an idle engine.');
}

/** The batches in flight, oldest first, and the times at which the stages become free. */
class Pipeline {
  readonly #run: EngineRun;
  readonly #stageFree: Float64Array;
  readonly #isBusy: Uint8Array;
  readonly #flights: { readonly cohort: number; readonly end: number }[] = [];
  /** The cohort to try first: the one that has been idle longest. */
  #first = 0;

  constructor(run: EngineRun) {
    this.#run = run;
    this.#stageFree = new Float64Array(run.steps.pipelineDepth);
    this.#isBusy = new Uint8Array(run.steps.pipelineDepth);
  }

  /** When the oldest batch leaves the last stage; Infinity when nothing is in flight. */
  get nextCompletion(): number {
    return this.#flights[0]?.end ?? Infinity;
  }

  takeOldest(): { readonly cohort: number; readonly end: number } {
    const flight = this.#flights.shift()!;
    this.#isBusy[flight.cohort] = 0;
    return flight;
  }

  /** When the first stage becomes free, if that is after `time` and a cohort is idle; else Infinity. */
  nextFreeSlot(time: number): number {
    const free = this.#stageFree[0]!;
    return free > time && this.#flights.length < this.#isBusy.length ? free : Infinity;
  }

  /** Starts a batch of some idle cohort at `time` if the first stage is free; false when none has anything to run. */
  start(time: number): boolean {
    if (this.#stageFree[0]! > time) return false;
    const cohorts = this.#isBusy.length;
    for (let i = 0; i < cohorts; i++) {
      const cohort = (this.#first + i) % cohorts;
      if (this.#isBusy[cohort] === 1 || !this.#run.scheduler.schedule(cohort)) continue;
      this.#first = (cohort + 1) % cohorts;
      this.#launch(cohort, time);
      return true;
    }
    return false;
  }

  #launch(cohort: number, time: number): void {
    const { scheduler, steps, recorder } = this.#run;
    const { batch } = scheduler;
    const stepTime = steps.stepTime(
      batch.prefillTokens,
      batch.prefillAttended,
      batch.decodeSequences,
      batch.decodeKvTokens,
    );
    let end = time;
    for (let stage = 0; stage < this.#stageFree.length; stage++) {
      end = Math.max(end, this.#stageFree[stage]!) + stepTime;
      this.#stageFree[stage] = end;
    }
    this.#isBusy[cohort] = 1;
    this.#flights.push({ cohort, end });
    recorder.step(1, batch.sequences, stepTime);
  }
}
