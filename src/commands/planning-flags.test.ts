import { describe, expect, it } from 'vitest';
import { parseConfidence, planningOptions } from './planning-flags.ts';

describe('a confidence on the command line', () => {
  it.each([
    ['0.9', 0.9],
    ['.95', 0.95],
    ['90%', 0.9],
    ['97.5 %', 0.975],
  ])('%s is read as a share', async (input, share) => {
    expect(await parseConfidence(input)).toBe(share);
  });

  it.each(['0.5', '1', '50%', '100%', '90', '-0.9', 'high', '', '9e-1'])(
    '%s is refused with what was expected',
    async (input) => {
      await expect(parseConfidence(input)).rejects.toThrow('above 0.5 and below 1');
    },
  );
});

describe('planning flags', () => {
  const none = {
    workers: undefined,
    resume: undefined,
    trace: undefined,
    seed: undefined,
    objective: undefined,
    confidence: undefined,
    solver: undefined,
    'time-limit': undefined,
    'max-windows': undefined,
    profile: undefined,
  };

  it('that were not given say nothing', () => {
    expect(planningOptions(none)).toEqual({});
  });

  it('say into how many windows the week is cut', () => {
    expect(planningOptions({ ...none, 'max-windows': 24 })).toEqual({ maxWindows: 24 });
  });
});
