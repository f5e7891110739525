/** Entry of a planning thread: decides one question after the other and asks its owner for what others measured. */
import { parentPort } from 'node:worker_threads';
import type { OperatorCoefficients } from '../../perf/index.ts';
import type { Claim, SharedAnswers } from './answer-book.ts';
import { answerQuestion } from './question.ts';
import type { Question } from './question.ts';
import { sharingCrews } from './sharing-crew.ts';
import type { PlanningOrder, PlanningReply } from './wire.ts';

let coefficients: OperatorCoefficients | undefined;
let calls = 0;
const waiting = new Map<number, (claim: Claim) => void>();

function reply(message: PlanningReply): void {
  parentPort?.postMessage(message);
}

function ask(kind: 'claim' | 'wait', key: string): Promise<Claim> {
  const call = calls++;
  return new Promise((resolve) => {
    waiting.set(call, resolve);
    reply({ kind, call, key });
  });
}

const answers: SharedAnswers = {
  claim: (key) => ask('claim', key),
  wait: (key) => ask('wait', key),
  give: (key, answer) => reply({ kind: 'give', key, answer }),
  giveUp: (key) => reply({ kind: 'give-up', key }),
};

function obey(order: PlanningOrder): void {
  switch (order.kind) {
    case 'coefficients':
      ({ coefficients } = order);
      return;
    case 'claim':
      waiting.get(order.call)?.(order.claim);
      waiting.delete(order.call);
      return;
    case 'question':
      void decide(order.question);
  }
}

async function decide(asked: Omit<Question, 'coefficients'>): Promise<void> {
  try {
    if (coefficients === undefined) throw new Error('a question came before the coefficients');
    const answer = await answerQuestion(
      { ...asked, coefficients },
      {
        gatherCrew: sharingCrews(answers),
        onProgress: (stage, share) => reply({ kind: 'progress', stage, share }),
        now: () => performance.now() / 1000,
      },
    );
    reply({ kind: 'answer', answer });
  } catch (error) {
    reply({ kind: 'broken', error: error instanceof Error ? error : new Error(String(error)) });
  }
}

parentPort?.on('message', obey);
reply({ kind: 'ready' });
