import { describe, expect, it } from 'vitest';
import { unevenCrew } from '../testing/crews.ts';
import { smallField } from '../testing/small-field.ts';
import { inlineCrew } from './crew.ts';
import type { BenchTask } from './task.ts';

const COUNT = 600;
const FIELD = smallField({ subject: { longest: COUNT } });
const BATCH = { maxBatchedTokens: 4096, maxSequences: 256 };
const TASKS: readonly BenchTask[] = ['bf16-tp1', 'bf16-tp2', 'bf16-tp1-pp2'].flatMap(
  (cut): readonly BenchTask[] => {
    const run = { shape: FIELD.shape(cut), batch: BATCH, count: COUNT };
    return [
      { method: 'read', args: { ...run, load: 5, canAbort: false } },
      { method: 'find', args: { ...run, tolerance: 0.1 } },
      { method: 'capacity', args: { ...run, start: 10 } },
    ];
  },
);

describe('a crew', () => {
  it('answers each task in its place, with the work behind it', async () => {
    const answers = await inlineCrew(FIELD.subject).run(TASKS);
    expect(answers.length).toBe(TASKS.length);
    for (const [index, { method }] of TASKS.entries()) {
      const { value, simulations, requests } = answers[index]!;
      expect(requests).toBeGreaterThanOrEqual(simulations * COUNT);
      if (method === 'read') expect({ simulations, requests }).toEqual({ simulations: 1, requests: COUNT });
      if (method === 'find') expect(value).toMatchObject({ load: expect.any(Number) });
      if (method === 'capacity') expect(value).toMatchObject({ rate: { low: expect.any(Number) } });
    }
  });

  it('gives the same answers in any order, by any number of members, in one wave or several', async () => {
    const alone = await inlineCrew(FIELD.subject).run(TASKS);
    const several = await unevenCrew(FIELD.subject, 3).run(TASKS);
    expect(several).toEqual(alone);
    const one = inlineCrew(FIELD.subject);
    const singly: unknown[] = [];
    for (const task of TASKS) singly.push(...(await one.run([task])));
    expect(singly).toEqual(alone);
  });
});
