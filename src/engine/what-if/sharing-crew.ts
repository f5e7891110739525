import { answerBasis, inlineCrew } from '../../optimize/index.ts';
import type { AnswersOf, BenchAnswer, BenchSubject, BenchTask, GatherCrew } from '../../optimize/index.ts';
import { answerKeys } from '../measuring/answer-keys.ts';
import type { SharedAnswers } from './answer-book.ts';

/**
 * Crews of this thread that measure only what nobody measured before. Tasks that another measures at the moment are left for last, so that two crews
 * with the same tasks share them out.
 */
export function sharingCrews(answers: SharedAnswers, gather: GatherCrew = inlineCrew): GatherCrew {
  return (subject) => {
    const inner = gather(subject);
    const keyOf = sharedKeys(subject);
    const measure = async (task: BenchTask, key: string): Promise<BenchAnswer> => {
      try {
        const [answer] = await inner.run([task]);
        answers.give(key, answer);
        return answer;
      } catch (error) {
        answers.giveUp(key);
        throw error;
      }
    };
    return {
      size: inner.size,
      run: async <const Tasks extends readonly BenchTask[]>(tasks: Tasks) =>
        (await performAll(tasks, { answers, keyOf, measure })) as unknown as AnswersOf<Tasks>,
      close: () => inner.close(),
    };
  };
}

interface Hands {
  readonly answers: SharedAnswers;
  readonly keyOf: (task: BenchTask) => string;
  readonly measure: (task: BenchTask, key: string) => Promise<BenchAnswer>;
}

async function performAll(
  tasks: readonly BenchTask[],
  { answers, keyOf, measure }: Hands,
): Promise<readonly BenchAnswer[]> {
  const found: BenchAnswer[] = [];
  const taken: { readonly index: number; readonly task: BenchTask; readonly key: string }[] = [];
  for (const [index, task] of tasks.entries()) {
    const key = keyOf(task);
    const claim = await answers.claim(key);
    if (claim.kind === 'taken') taken.push({ index, task, key });
    else found[index] = claim.kind === 'known' ? claim.answer : await measure(task, key);
  }
  for (const { index, task, key } of taken) {
    const claim = await answers.wait(key);
    found[index] = claim.kind === 'known' ? claim.answer : await measure(task, key);
  }
  return found;
}

/** Keys of answers by what they depend on, so that problems which differ in prices or demand share them. */
export function sharedKeys(subject: BenchSubject): (task: BenchTask) => string {
  const basis = answerBasis(subject);
  const keyOf = answerKeys(basis.subject as BenchSubject);
  return (task) => keyOf(basis.taskBasis(task) as BenchTask);
}
