import type {
  ReassignmentBalance,
  ReassignmentMachine,
  ReassignmentProblem,
  ReassignmentProcess,
  ReassignmentService,
} from './problem.ts';

/** Texts of one instance in the format of the ROADEF/EURO challenge 2012 (problem definition, version 1, 2011). */
export interface ChallengeTexts {
  /** `model_*.txt`. */
  readonly model: string;
  /** `assignment_*.txt`: the machine of each process. */
  readonly assignment: string;
}

/**
 * Reads an instance of the challenge: numbers between blanks, in the order resources, machines, services, processes, balances, weights.
 * Throws a RangeError for a text that ends early, has more numbers than the model says, or something else than numbers.
 */
export function readChallengeInstance({ model, assignment }: ChallengeTexts): ReassignmentProblem {
  const numbers = new NumberReader(model);
  const homes = readChallengeAssignment(assignment);
  const resources = numbers.list(() => ({ isTransient: numbers.next() === 1, loadWeight: numbers.next() }));
  const machineCount = numbers.next();
  const machines = numbers.times(machineCount, (): ReassignmentMachine => {
    const neighbourhood = numbers.next();
    const location = numbers.next();
    return {
      neighbourhood,
      location,
      capacity: numbers.many(resources.length),
      safetyCapacity: numbers.many(resources.length),
      moveCostTo: numbers.many(machineCount),
    };
  });
  const services = numbers.list((): ReassignmentService => {
    const spread = numbers.next();
    return { spread, dependsOn: numbers.many(numbers.next()) };
  });
  const processes = numbers.list((index): ReassignmentProcess => {
    const service = numbers.next();
    const demand = numbers.many(resources.length);
    return { service, demand, moveCost: numbers.next(), home: homeOf(homes, index) };
  });
  const balances = numbers.list((): ReassignmentBalance => {
    const [first, second, target, weight] = numbers.many(4) as [number, number, number, number];
    return { first, second, target, weight };
  });
  const [process, service, machine] = numbers.many(3) as [number, number, number];
  numbers.end();
  if (homes.length !== processes.length)
    throw new RangeError(`${homes.length} machines assigned for ${processes.length} processes`);
  return { resources, machines, services, processes, balances, weights: { process, service, machine } };
}

/** Reads an assignment: the machine of each process. Throws a RangeError for anything but numbers. */
export function readChallengeAssignment(text: string): readonly number[] {
  const numbers = new NumberReader(text);
  const machines: number[] = [];
  while (!numbers.isAtEnd) machines.push(numbers.next());
  return machines;
}

/** Writes an assignment: the machine of each process, between blanks. */
export function writeChallengeAssignment(machines: ArrayLike<number>): string {
  return `${Array.from(machines).join(' ')}\n`;
}

function homeOf(homes: readonly number[], process: number): number {
  const home = homes[process];
  if (home === undefined) throw new RangeError(`no machine assigned to process ${process}`);
  return home;
}

class NumberReader {
  readonly #words: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#words = text.split(/\s+/).filter((word) => word !== '');
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length;
  }

  next(): number {
    const word = this.#words[this.#at];
    const value = Number(word);
    if (word === undefined) throw new RangeError(`the text ends after ${this.#at} numbers`);
    if (!Number.isFinite(value)) throw new RangeError(`'${word}' is no number`);
    this.#at += 1;
    return value;
  }

  many(count: number): readonly number[] {
    return this.times(count, () => this.next());
  }

  times<Item>(count: number, read: (index: number) => Item): readonly Item[] {
    return Array.from({ length: count }, (_, index) => read(index));
  }

  list<Item>(read: (index: number) => Item): readonly Item[] {
    return this.times(this.next(), read);
  }

  end(): void {
    if (!this.isAtEnd)
      throw new RangeError(`${this.#words.length - this.#at} numbers more than the model says`);
  }
}
