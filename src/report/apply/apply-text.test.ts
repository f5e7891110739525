import { describe, expect, it } from 'vitest';
import type { AppliedObject, ApplyReport } from './apply-report.ts';
import { applySentence, renderApply } from './apply-text.ts';

function object(name: string, facts: Partial<AppliedObject>): AppliedObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    namespace: 'llm',
    name,
    step: 'support',
    action: 'create',
    changes: [],
    ...facts,
  };
}

const REPORT: ApplyReport = {
  formatVersion: '1.0',
  stack: 'chat',
  cluster: 'prod',
  mode: 'apply',
  outcome: 'stopped',
  steps: [
    { name: 'support', state: 'done' },
    { name: 'workloads', state: 'stopped' },
    { name: 'prune support', state: 'not-started' },
  ],
  objects: [
    object('a', { fate: 'done' }),
    object('same', { action: 'unchanged', fate: 'done' }),
    object('b', {
      step: 'workloads',
      action: 'change',
      fate: 'failed',
      changes: [{ action: 'changed', path: ['spec', 'replicas'], before: 2, after: 3 }],
    }),
    object('c', { step: 'prune support', action: 'delete', fate: 'not-done' }),
  ],
};

describe('the text of an apply', () => {
  it('says by step what was done, what failed and what was not started, and leaves out what did not change', () => {
    expect(renderApply(REPORT)).toBe(`support
  + Service llm/a

workloads (stopped here)
  ~ Service llm/b failed
      ~ spec.replicas: 2 → 3

prune support (not started)
  - Service llm/c

Stopped at workloads on prod: 1 created, 0 changed, 0 deleted, 1 unchanged, 2 objects not done; apply again to go on.
`);
  });

  it.each([
    ['complete', 'Applied chat to prod: 1 created'],
    ['previewed', '1 to create, 1 to change, 1 to delete, 1 unchanged; nothing was written.'],
    ['refused', 'chat was not applied to prod'],
    ['unchanged', 'chat is applied to prod already'],
    ['interrupted', 'Interrupted at workloads'],
  ] as const)('ends in one sentence when it is %s', (outcome, sentence) => {
    expect(applySentence({ ...REPORT, outcome })).toContain(sentence);
  });
});
