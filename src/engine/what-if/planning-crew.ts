import { availableParallelism } from 'node:os';
import { failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { openJournal } from '../measuring/journal.ts';
import type { EngineHost } from '../messages.ts';
import { AnswerBook } from './answer-book.ts';
import { PlanningThread } from './planning-thread.ts';
import { answerQuestion } from './question.ts';
import type { Answer, Question } from './question.ts';
import { sharingCrews } from './sharing-crew.ts';

/** Most threads that are started unless more are asked for: each keeps its own copy of the program, some 150 MB. */
const MOST_DEFAULT_JOBS = 8;

/** How questions are worked on. None of it changes an answer. */
export interface CrewOptions {
  /** Questions decided at a time, ≥ 1; 1 uses the main thread alone. Default: one per processor, 8 at most. */
  readonly jobs?: number;
  /** File of measurements to look into and to add to; made where it does not exist. */
  readonly resume?: string;
}

/** Told how far a question is: its place in the list, its stage, its share, 0..1. */
export type OnQuestion = (index: number, stage: string, share: number) => void;

/** Decides lists of questions; what one list measured serves the next. */
export interface PlanningCrew {
  /** The answers in the order of the questions, whichever is done first. */
  decide(questions: readonly Question[], onProgress: OnQuestion): Promise<readonly Answer[]>;
  /** Lets go of threads and files; gives warnings about answers that could not be kept. */
  close(): Promise<readonly Diagnostic[]>;
  readonly book: AnswerBook;
}

/**
 * A crew as the options ask for; close it in a `finally`. Threads are started with the first list that is long enough.
 * Errors: those of `openJournal`.
 */
export function planningCrew(options: CrewOptions, host: EngineHost): Outcome<PlanningCrew> {
  const { jobs = Math.min(MOST_DEFAULT_JOBS, availableParallelism()), resume } = options;
  const opened = resume === undefined ? undefined : openJournal(resume, host.workingDirectory);
  if (opened?.ok === false) return failure(...opened.diagnostics);
  const journal = opened?.value;
  const book = new AnswerBook(journal);
  let threads: readonly PlanningThread[] = [];
  const decideHere = (question: Question, onProgress: (stage: string, share: number) => void) =>
    answerQuestion(question, {
      gatherCrew: sharingCrews(book),
      onProgress,
      now: () => host.elapsedSeconds(),
    });
  return success(
    {
      book,
      decide: (questions, onProgress) => {
        const most = Math.min(jobs, questions.length);
        if (most < 2 && threads.length === 0) return shareOut([decideHere], questions, onProgress);
        const missing = Math.max(0, most - threads.length);
        threads = [...threads, ...Array.from({ length: missing }, () => new PlanningThread(book))];
        return shareOut(
          threads.map((thread) => thread.decide.bind(thread)),
          questions,
          onProgress,
        );
      },
      close: async () => {
        await Promise.all(threads.map((thread) => thread.close()));
        journal?.close();
        return journal?.warnings ?? [];
      },
    },
    opened?.diagnostics ?? [],
  );
}

type Decide = (question: Question, onProgress: (stage: string, share: number) => void) => Promise<Answer>;

/** Each pair of hands takes the next question when it is done with one. */
async function shareOut(
  hands: readonly Decide[],
  questions: readonly Question[],
  onProgress: OnQuestion,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  await Promise.all(
    hands.map(async (decide) => {
      while (next < questions.length) {
        const index = next++;
        const question = questions[index];
        if (question === undefined) return;
        answers[index] = await decide(question, (stage, share) => onProgress(index, stage, share));
        onProgress(index, 'done', 1);
      }
    }),
  );
  return answers;
}
