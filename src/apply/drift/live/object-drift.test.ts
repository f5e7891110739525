import { describe, expect, it } from 'vitest';
import type { ClusterObject, ManagedFields } from '../../cluster/cluster-client.ts';
import { compareObject } from './object-drift.ts';

const PLANNED = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'chat', namespace: 'llm' },
  spec: { replicas: 2, template: { spec: { containers: [{ name: 'engine', image: 'vllm:1' }] } } },
};
const APPLIED: ManagedFields = {
  manager: 'plimsoll',
  operation: 'Apply',
  fieldsV1: {
    'f:metadata': { 'f:labels': { 'f:applyset.kubernetes.io/part-of': {} } },
    'f:spec': {
      'f:replicas': {},
      'f:template': {
        'f:spec': { 'f:containers': { 'k:{"name":"engine"}': { '.': {}, 'f:name': {}, 'f:image': {} } } },
      },
    },
  },
};

function live(spec: object, managedFields: readonly ManagedFields[] = [APPLIED]): ClusterObject {
  return { ...PLANNED, metadata: { ...PLANNED.metadata, managedFields }, spec, status: { readyReplicas: 2 } };
}

describe('an object held against the plan', () => {
  it('is the same when only what apply adds is more', () => {
    expect(compareObject(PLANNED, live(PLANNED.spec)).state).toBe('same');
  });

  it('names who changed a field', () => {
    const managers: ManagedFields[] = [
      APPLIED,
      { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ];
    const found = compareObject(PLANNED, live({ ...PLANNED.spec, replicas: 5 }, managers));
    expect(found.fields).toEqual([
      { path: 'spec.replicas', change: 'changed', planned: 2, live: 5, managers: ['kubectl-edit'] },
    ]);
  });

  it('names fields of ours that are no longer planned, at their top', () => {
    const fields = {
      'f:spec': {
        'f:priorityClassName': {},
        'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"old"}': { '.': {}, 'f:name': {} } } } },
      },
    };
    const found = compareObject(PLANNED, live(PLANNED.spec, [{ ...APPLIED, fieldsV1: fields }]));
    expect(found.fields.map(({ path, change }) => [path, change])).toEqual([
      ['spec.priorityClassName', 'left-over'],
      ['spec.template.spec.containers[name=old]', 'left-over'],
    ]);
  });

  it('takes planned fields as ours where the server says nothing of managers', () => {
    expect(compareObject(PLANNED, live({ ...PLANNED.spec, paused: true }, [])).state).toBe('same');
    expect(compareObject(PLANNED, live({ ...PLANNED.spec, replicas: 1 }, [])).state).toBe('changed');
  });

  it('leaves replicas to the autoscaler within the planned range only', () => {
    const annotations = { 'plimsoll.dev/min-replicas': '3', 'plimsoll.dev/max-replicas': '6' };
    const { replicas: _, ...spec } = PLANNED.spec;
    const scaled = { ...PLANNED, metadata: { ...PLANNED.metadata, annotations }, spec };
    const of = (replicas: number) =>
      compareObject(scaled, {
        ...scaled,
        metadata: { ...scaled.metadata },
        spec: { ...spec, replicas },
      }).fields;
    expect(
      compareObject(scaled, { ...live({ ...spec, replicas: 3 }), metadata: scaled.metadata }).state,
    ).toBe('short');
    expect(of(3)).toEqual([]);
    expect(of(6)).toEqual([]);
    expect(of(7)).toEqual([
      { path: 'spec.replicas', change: 'changed', planned: '3 to 6', live: 7, managers: [] },
    ]);
    expect(of(2)).toHaveLength(1);
  });

  it('is missing or on its way out', () => {
    expect(compareObject(PLANNED, undefined).state).toBe('missing');
    const leaving = live(PLANNED.spec);
    const metadata = { ...leaving.metadata, deletionTimestamp: '2026-11-21T00:00:00Z' };
    expect(compareObject(PLANNED, { ...leaving, metadata }).state).toBe('terminating');
  });

  it('is short when fewer replicas are ready than planned', () => {
    const found = compareObject(PLANNED, { ...live(PLANNED.spec), status: { readyReplicas: 1 } });
    expect(found).toMatchObject({
      state: 'short',
      replicas: { ready: 1, wanted: 2, planned: { min: 2, max: 2 } },
    });
  });

  it('may be a namespace that was there before, which is left as it is', () => {
    const labels = { 'app.kubernetes.io/managed-by': 'plimsoll' };
    const planned = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'llm', labels } };
    const found = { ...planned, metadata: { name: 'llm', labels: {} } };
    expect(compareObject(planned, found).state).toBe('same');
    const ours = { ...found, metadata: { ...found.metadata, managedFields: [{ ...APPLIED, fieldsV1: {} }] } };
    expect(compareObject(planned, ours).state).toBe('changed');
  });

  it('never shows what looks like a secret', () => {
    const container = {
      name: 'engine',
      image: 'vllm:1',
      args: ['--api-key=sk-1', '--hf-token', 'hf-2', '--model=m'],
      env: [{ name: 'HF_TOKEN', value: 'hf-3' }],
    };
    const planned = {
      ...PLANNED,
      spec: {
        template: {
          spec: {
            containers: [
              { ...container, args: ['--model=m'], env: [{ name: 'HF_TOKEN', valueFrom: { a: 1 } }] },
            ],
          },
        },
      },
    };
    const found = compareObject(planned, live({ template: { spec: { containers: [container] } } }, []));
    const text = JSON.stringify(found);
    expect(found.fields.map(({ path }) => path)).toEqual([
      'spec.template.spec.containers[name=engine].args',
      'spec.template.spec.containers[name=engine].env[name=HF_TOKEN].valueFrom',
    ]);
    expect(text).toContain('--model=m');
    for (const secret of ['sk-1', 'hf-2', 'hf-3']) expect(text).not.toContain(secret);
    const secretOf = (password: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { password },
    });
    expect(JSON.stringify(compareObject(secretOf('a1a1'), secretOf('b2b2')))).not.toMatch(/a1a1|b2b2/);
  });
});
