import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatSubject, chatTasks } from '../../../test/support/measuring-tasks.ts';
import { requestsPerSecond, usdPerHour } from '../../units/index.ts';
import { answerBasis } from './answer-basis.ts';
import { MeasuringBench } from './measure.ts';
import type { BenchSubject } from './measure.ts';
import { isBurstinessFixed, leastPositive, ReplicaTraffic } from './replica-traffic.ts';
import type { BenchTask } from './task.ts';

const TASKS = chatTasks().slice(0, 4);

/** The subject with other demand and another name of its profile. */
function busier(subject: BenchSubject, factor: number, cv = subject.profile.arrivals.cv): BenchSubject {
  const { profile } = subject;
  const hourlyRate = profile.hourlyRate.map((rate) => requestsPerSecond(rate * factor));
  return {
    ...subject,
    profile: { ...profile, name: 'other', hourlyRate, arrivals: { ...profile.arrivals, cv } },
  };
}

/** The task on an offering elsewhere that costs twice as much. */
function dearer(task: BenchTask): BenchTask {
  if (!('shape' in task.args)) return task;
  const { shape } = task.args;
  const offering = {
    ...shape.offering,
    zone: 'elsewhere',
    price: usdPerHour(99),
    listPrice: usdPerHour(99),
  };
  return { ...task, args: { ...task.args, shape: { ...shape, offering } } } as BenchTask;
}

describe('what answers depend on', () => {
  it('leaves out prices, places and demand, and answers stay the same to the last bit', () => {
    const [plain, other] = [chatSubject(), busier(chatSubject(), 1.7)];
    const basis = answerBasis(plain);
    const otherBasis = answerBasis(other);
    expect(otherBasis.subject).toEqual(basis.subject);
    for (const task of TASKS) {
      expect(otherBasis.taskBasis(dearer(task))).toEqual(basis.taskBasis(task));
      expect(new MeasuringBench(other).perform(dearer(task))).toEqual(
        new MeasuringBench(plain).perform(task),
      );
    }
  });

  it('keeps the quietest hour where bursts are thinned by the share of a replica', () => {
    const bursty = busier(chatSubject(), 1, 3);
    expect(answerBasis(busier(bursty, 2)).subject).not.toEqual(answerBasis(bursty).subject);
    expect(answerBasis(busier(bursty, 1)).subject).toEqual(answerBasis(bursty).subject);
  });

  it('keeps all rates of a closed loop, and everything else of a task', () => {
    const closed = chatSubject({ loop: 'closed' });
    expect(answerBasis(busier(closed, 2)).subject).not.toEqual(answerBasis(closed).subject);
    const bases = TASKS.map((task) => JSON.stringify(answerBasis(closed).taskBasis(task)));
    expect(new Set(bases).size).toBe(TASKS.length);
  });

  it('calls a burstiness fixed only where no replica ever sees another', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        fc.double({ min: 1e-4, max: 2, noNaN: true }),
        (cv, share) => {
          const { profile } = busier(chatSubject(), 1, cv);
          const traffic = new ReplicaTraffic(profile, { count: 10, seed: 1, name: 'test' });
          const seen = traffic.burstinessAt(share * leastPositive(profile.hourlyRate));
          if (isBurstinessFixed(cv)) expect(seen).toBe(cv);
        },
      ),
    );
  });
});
