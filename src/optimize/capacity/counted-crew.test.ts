import { describe, expect, it } from 'vitest';
import { WIDEST_BATCH } from '../candidates/batch-limits.ts';
import { smallField } from '../testing/small-field.ts';
import { CountedCrew } from './counted-crew.ts';
import { inlineCrew } from './crew.ts';

const COUNT = 600;
const FIELD = smallField({ subject: { longest: COUNT } });
const BATCH = { maxBatchedTokens: 4096, maxSequences: 256 };
const RUN = { shape: FIELD.shape('bf16-tp1'), batch: BATCH, count: COUNT, canAbort: true };

describe('a counted crew', () => {
  it('counts every simulation and request, and each candidate once whatever its loads', async () => {
    const crew = new CountedCrew(inlineCrew(FIELD.subject));
    expect(await crew.run([])).toEqual([]);
    expect(crew.work).toEqual({ candidates: 0, simulations: 0, requests: 0 });
    await crew.run([
      { method: 'read', args: { ...RUN, load: 1 } },
      { method: 'read', args: { ...RUN, load: 2 } },
    ]);
    await crew.run([{ method: 'read', args: { ...RUN, batch: WIDEST_BATCH, load: 1 } }]);
    expect(crew.work).toEqual({ candidates: 2, simulations: 3, requests: 3 * COUNT });
  });

  it('tells roles and fleets of one shape apart', async () => {
    const crew = new CountedCrew({
      size: 1,
      run: (tasks) =>
        Promise.resolve(tasks.map(() => ({ value: undefined, simulations: 1, requests: 1 }))) as never,
      close: () => Promise.resolve(),
    });
    const part = { shape: RUN.shape, batch: BATCH };
    const role = (name: 'prefill' | 'decode') =>
      ({
        method: 'read-role',
        args: { option: { role: name, ...part }, replicas: 1, count: COUNT, load: 1 },
      }) as const;
    const fleet = (replicas: number) =>
      ({
        method: 'read-fleet',
        args: { parts: [{ role: 'aggregated', ...part, replicas }], count: COUNT, load: 1 },
      }) as const;
    await crew.run([role('prefill'), role('prefill'), role('decode'), fleet(1), fleet(2)]);
    expect(crew.work).toEqual({ candidates: 4, simulations: 5, requests: 5 });
  });
});
