import { MeasuringBench } from '../capacity/measure.ts';
import type { BenchSubject } from '../capacity/measure.ts';
import type { AnswersOf, GatherCrew, MeasuringCrew } from '../capacity/crew.ts';
import type { Shape } from '../candidates/shape.ts';
import type { BenchAnswer, BenchTask } from '../capacity/task.ts';

/** A crew that answers each task by itself, in the order of the tasks. For tests only. */
export function crewAnswering(
  answer: (task: BenchTask) => BenchAnswer | Promise<BenchAnswer>,
): MeasuringCrew {
  return {
    size: 1,
    run: async <const Tasks extends readonly BenchTask[]>(tasks: Tasks) => {
      const answers: BenchAnswer[] = [];
      for (const task of tasks) answers.push(await answer(task));
      return answers as unknown as AnswersOf<Tasks>;
    },
    close: () => Promise.resolve(),
  };
}

/** Crews that never simulate more than `count` requests, and remember what they were asked before: for whole searches in tests. */
export function shortCrews(count: number): GatherCrew {
  const known = new Map<string, Map<string, BenchAnswer>>();
  return (subject) => {
    const bench = new MeasuringBench(subject);
    const key = keyOf(subject);
    const answers = known.get(key) ?? new Map<string, BenchAnswer>();
    known.set(key, answers);
    return crewAnswering((task) => {
      const short = shortened(task, count);
      const name = taskName(short);
      const answer = answers.get(name) ?? bench.perform(short);
      answers.set(name, answer);
      return answer;
    });
  };
}

/** A crew that answers the tasks of a wave in another order, from benches of its own, some of them later. */
export function unevenCrew(subject: BenchSubject, benches: number): MeasuringCrew {
  const own = Array.from({ length: benches }, () => new MeasuringBench(subject));
  return {
    size: benches,
    run: async <const Tasks extends readonly BenchTask[]>(tasks: Tasks) => {
      const answers = new Array<BenchAnswer>(tasks.length);
      const backwards = tasks.map((task, index) => ({ task, index })).reverse();
      for (const { task, index } of backwards) {
        if (index % 3 === 0) await Promise.resolve();
        answers[index] = own[index % benches]!.perform(task);
      }
      return answers as unknown as AnswersOf<Tasks>;
    },
    close: () => Promise.resolve(),
  };
}

/** What tells tasks of one subject apart. */
export function taskName({ method, args }: BenchTask): string {
  return `${method} ${JSON.stringify(args, (name, value: unknown) => (name === 'shape' ? (value as Shape).id : value))}`;
}

function keyOf({ coefficients, ...subject }: BenchSubject): string {
  return JSON.stringify(subject) + Object.keys(coefficients).length;
}

function shortened(task: BenchTask, count: number): BenchTask {
  const args = { ...task.args, count: Math.min(count, task.args.count) };
  return { method: task.method, args } as BenchTask;
}
