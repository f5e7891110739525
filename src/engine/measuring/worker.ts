/** Entry of a measuring thread: keeps one bench per subject and performs jobs one after the other. */
import { parentPort } from 'node:worker_threads';
import { MeasuringBench } from '../../optimize/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import type { ThreadOrder, ThreadReply } from './wire.ts';

const coefficients = new Map<number, OperatorCoefficients>();
const benches = new Map<number, MeasuringBench>();

function reply(message: ThreadReply): void {
  parentPort?.postMessage(message);
}

function obey(order: ThreadOrder): void {
  switch (order.kind) {
    case 'coefficients':
      coefficients.set(order.id, order.coefficients);
      return;
    case 'subject': {
      const known = coefficients.get(order.subject.coefficients);
      if (known === undefined) throw new Error('a subject came before its coefficients');
      benches.set(order.id, new MeasuringBench({ ...order.subject, coefficients: known }));
      return;
    }
    case 'job':
      perform(order);
      return;
    case 'forget':
      benches.delete(order.subject);
  }
}

function perform({ id, subject, task }: Extract<ThreadOrder, { kind: 'job' }>): void {
  try {
    const bench = benches.get(subject);
    if (bench === undefined) throw new Error('a job came before its subject');
    reply({ kind: 'answer', id, answer: bench.perform(task) });
  } catch (error) {
    reply({ kind: 'failure', id, error: error instanceof Error ? error : new Error(String(error)) });
  }
}

parentPort?.on('message', obey);
reply({ kind: 'ready' });
