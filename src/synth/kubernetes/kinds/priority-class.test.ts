import { describe, expect, it } from 'vitest';
import { isDnsLabel } from '../names.ts';
import { priorityClass, priorityClassName } from './priority-class.ts';

describe('priority classes', () => {
  it('add a declared priority to that of the tier, within what Kubernetes takes', () => {
    const values = [0, 10, -10, 2_000_000_000, -3_000_000_000].map(
      (priority) => priorityClass('shop', 'base', priority)['value'],
    );
    expect(values).toEqual([100_000, 100_010, 99_990, 1_000_000_000, -2_147_483_648]);
  });

  it('have names of their own that Kubernetes takes, however long the stack is called', () => {
    const names = [0, 10, -10, -2_147_483_648].flatMap((priority) =>
      (['base', 'surge'] as const).map((tier) => priorityClassName('s'.repeat(63), tier, priority)),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names.every(isDnsLabel)).toBe(true);
  });
});
