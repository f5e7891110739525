import { describe, expect, it } from 'vitest';
import { recordFlags, recordedFlags } from './plan-flags.ts';

describe('flags recorded in a plan', () => {
  it('come back as they were given', () => {
    const flags = {
      trace: 't.csv',
      seed: 7,
      objective: 'energy',
      confidence: 0.9,
      solver: 'highs',
      timeLimitSeconds: 30,
      maxWindows: 24,
      profile: 'vanilla',
    } as const;
    expect(recordedFlags(recordFlags(flags))).toEqual(flags);
    expect(recordFlags(flags)).toEqual({
      trace: 't.csv',
      seed: '7',
      objective: 'energy',
      confidence: '0.9',
      solver: 'highs',
      'time-limit': '30s',
      'max-windows': '24',
      profile: 'vanilla',
    });
  });

  it('are none when none was given, and ignore what a later version may record', () => {
    expect(recordFlags({})).toEqual({});
    expect(
      recordedFlags({
        later: '1',
        solver: 'other',
        objective: 'fame',
        confidence: '2',
        'max-windows': 'all',
      }),
    ).toEqual({});
  });
});
