import { candidateOf } from '../candidates/shape.ts';
import type { AnswersOf, MeasuringCrew } from './crew.ts';
import type { BenchTask } from './task.ts';

/** Work done by simulation. */
export interface MeasuringWork {
  /** Candidates simulated at least once: replicas, roles and fleets, each with its batch limits. */
  readonly candidates: number;
  readonly simulations: number;
  /** Requests simulated. */
  readonly requests: number;
}

/** A crew whose work is counted. Closing it closes the crew. */
export class CountedCrew implements MeasuringCrew {
  readonly #crew: MeasuringCrew;
  readonly #candidates = new Set<string>();
  #simulations = 0;
  #requests = 0;

  constructor(crew: MeasuringCrew) {
    this.#crew = crew;
  }

  get size(): number {
    return this.#crew.size;
  }

  /** What was done so far. */
  get work(): MeasuringWork {
    return { candidates: this.#candidates.size, simulations: this.#simulations, requests: this.#requests };
  }

  /** The answers in the order of the tasks; counts them. */
  async run<const Tasks extends readonly BenchTask[]>(tasks: Tasks): Promise<AnswersOf<Tasks>> {
    if (tasks.length === 0) return [] as unknown as AnswersOf<Tasks>;
    const answers = await this.#crew.run(tasks);
    for (const task of tasks) this.#candidates.add(candidateKey(task));
    for (const { simulations, requests } of answers) {
      this.#simulations += simulations;
      this.#requests += requests;
    }
    return answers;
  }

  close(): Promise<void> {
    return this.#crew.close();
  }
}

/** What a task simulates, whatever the load. */
function candidateKey({ args }: BenchTask): string {
  if ('parts' in args) {
    return args.parts
      .map(({ role, shape, batch, replicas }) => `${replicas}x${candidateOf(shape, batch).id} ${role}`)
      .join(' + ');
  }
  if (!('option' in args)) return candidateOf(args.shape, args.batch).id;
  const { role, shape, batch } = args.option;
  return `${candidateOf(shape, batch).id} ${role}`;
}
