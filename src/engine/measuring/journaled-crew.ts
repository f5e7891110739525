import type { AnswersOf, BenchAnswer, BenchTask, GatherCrew, MeasuringCrew } from '../../optimize/index.ts';
import { answerKeys } from './answer-keys.ts';
import type { Journal } from './journal.ts';

/** Crews that look into a journal first, and keep there what they have to measure: each answer as soon as it is known. */
export function journaledCrews(gather: GatherCrew, journal: Journal): GatherCrew {
  return (subject) => {
    const inner = gather(subject);
    const keyOf = answerKeys(subject);
    const perform = async (task: BenchTask): Promise<BenchAnswer> => {
      const key = keyOf(task);
      const known = journal.find(key);
      if (known !== undefined) return known;
      const [answer] = await inner.run([task]);
      journal.add(key, answer);
      return answer;
    };
    return {
      size: inner.size,
      run: async <const Tasks extends readonly BenchTask[]>(tasks: Tasks) =>
        (await performAll(inner, tasks, perform)) as unknown as AnswersOf<Tasks>,
      close: () => inner.close(),
    };
  };
}

/** One task after the other where there is one pair of hands, so that each answer is kept before the next is begun. */
async function performAll(
  { size }: MeasuringCrew,
  tasks: readonly BenchTask[],
  perform: (task: BenchTask) => Promise<BenchAnswer>,
): Promise<readonly BenchAnswer[]> {
  if (size > 1) return Promise.all(tasks.map(perform));
  const answers: BenchAnswer[] = [];
  for (const task of tasks) answers.push(await perform(task));
  return answers;
}
