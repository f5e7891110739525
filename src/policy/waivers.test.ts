import { describe, expect, it } from 'vitest';
import type { Waiver } from '../model/index.ts';
import { TODAY } from './testing/plan-facts.ts';
import { TOO_MANY, codes, evaluate, withRules } from './testing/policy-input.ts';

describe('a waiver', () => {
  const waiver: Waiver = {
    rule: 'few',
    subject: 'chat',
    owner: 'sre@example.com',
    reason: 'launch week',
    expires: '2026-03-01',
  };
  const judged = (waivers: readonly Waiver[], today = TODAY) =>
    evaluate({ ...withRules(TOO_MANY), waivers, today });

  it('counts up to and including its last day', () => {
    const evaluation = judged([waiver], '2026-03-01');
    expect(evaluation.report).toMatchObject({ passes: true, verdicts: [{ outcome: 'waived', waiver }] });
    expect(codes(evaluation)).toEqual(['policy-waived']);
  });

  it('has expired on the day after', () => {
    const evaluation = judged([waiver], '2026-03-02');
    expect(evaluation.report.passes).toBe(false);
    expect(codes(evaluation)).toEqual(['policy-violation', 'policy-waiver-expired']);
  });

  it.each(['*', 'chat', 'workload chat'])('names its subject as %s', (subject) => {
    expect(judged([{ ...waiver, subject }]).report.passes).toBe(true);
  });

  it('may name the pack of its rule', () => {
    expect(judged([{ ...waiver, rule: 'ours/few' }]).report.passes).toBe(true);
    expect(judged([{ ...waiver, rule: 'theirs/few' }]).report.passes).toBe(false);
  });

  it('for another subject does not count and is reported as unused', () => {
    const evaluation = judged([{ ...waiver, subject: 'search' }]);
    expect(evaluation.report.passes).toBe(false);
    expect(codes(evaluation)).toEqual(['policy-violation', 'policy-waiver-unused']);
  });

  it('with a date that cannot be read counts never', () => {
    expect(judged([{ ...waiver, expires: '2026-02-30' }]).report.passes).toBe(false);
  });

  it('that has expired does not hide a valid one', () => {
    const evaluation = judged([{ ...waiver, expires: '2020-01-01' }, waiver]);
    expect(evaluation.report.passes).toBe(true);
    expect(codes(evaluation)).toEqual(['policy-waived', 'policy-waiver-expired']);
  });
});
