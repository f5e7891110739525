import type { MeasuringCrew, AnswersOf } from '../capacity/crew.ts';
import type { BenchTask } from '../capacity/task.ts';

/** Work done by a search. */
export interface SplitCounts {
  /** Role options, and pairs of options with numbers of replicas. */
  readonly options: number;
  readonly splits: number;
  /** Splits that were looked at by their bounds and estimates only. */
  readonly splitsLeft: number;
  readonly simulated: number;
  readonly simulations: number;
  readonly requests: number;
}

/** A crew whose work is counted. */
export class CountedCrew {
  readonly #crew: MeasuringCrew;
  simulations = 0;
  requests = 0;

  constructor(crew: MeasuringCrew) {
    this.#crew = crew;
  }

  /** The answers in the order of the tasks; counts them. */
  async run<const Tasks extends readonly BenchTask[]>(tasks: Tasks): Promise<AnswersOf<Tasks>> {
    if (tasks.length === 0) return [] as unknown as AnswersOf<Tasks>;
    const answers = await this.#crew.run(tasks);
    for (const { simulations, requests } of answers) {
      this.simulations += simulations;
      this.requests += requests;
    }
    return answers;
  }
}
