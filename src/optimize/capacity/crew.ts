import { MeasuringBench } from './measure.ts';
import type { BenchSubject } from './measure.ts';
import type { BenchAnswer, BenchTask } from './task.ts';

/**
 * Whoever performs measuring tasks of one subject: this thread, several worker threads, or a record of earlier answers.
 * An answer depends on its task and the subject alone, never on who performs it or in which order, so that a
 * search by a crew of any size gives the same result.
 */
export interface MeasuringCrew {
  /** Tasks that are worth handing over at once; searches send waves of a fixed size, whatever this is. */
  readonly size: number;
  /** The answers in the order of the tasks. */
  run<const Tasks extends readonly BenchTask[]>(tasks: Tasks): Promise<AnswersOf<Tasks>>;
  /** Lets go of threads and files; no task may follow. */
  close(): Promise<void>;
}

/** One answer per task, typed by its method. */
export type AnswersOf<Tasks extends readonly BenchTask[]> = {
  readonly [Index in keyof Tasks]: BenchAnswer<Tasks[Index]>;
};

/** Gathers a crew for a subject. */
export type GatherCrew = (subject: BenchSubject) => MeasuringCrew;

/** A crew of this thread alone. */
export function inlineCrew(subject: BenchSubject): MeasuringCrew {
  return crewOf(new MeasuringBench(subject));
}

/** A crew of this thread that shares a bench with its caller. */
export function crewOf(bench: MeasuringBench): MeasuringCrew {
  return {
    size: 1,
    run: <const Tasks extends readonly BenchTask[]>(tasks: Tasks) =>
      Promise.resolve(tasks.map((task) => bench.perform(task)) as unknown as AnswersOf<Tasks>),
    close: () => Promise.resolve(),
  };
}
