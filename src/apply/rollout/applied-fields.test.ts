import { describe, expect, it } from 'vitest';
import type { ClusterObject, ManagedFields } from '../cluster/cluster-client.ts';
import { sampleObject } from '../testing/sample-rollout.ts';
import { isOwn, isWrittenByUs, ownDigest } from './applied-fields.ts';

const CONTAINER = 'k:{"name":"server"}';

function live(image: string, replicas: number, fieldsV1: Readonly<Record<string, unknown>>): ClusterObject {
  const object = sampleObject('Deployment', 'chat', {
    spec: { replicas, template: { spec: { containers: [{ name: 'sidecar' }, { name: 'server', image }] } } },
    status: { replicas },
  });
  const managedFields: ManagedFields[] = [
    { manager: 'plimsoll', operation: 'Apply', fieldsV1 },
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      subresource: 'status',
      fieldsV1: { 'f:status': {} },
    },
  ];
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

function owned(...container: readonly string[]): Readonly<Record<string, unknown>> {
  const fields = Object.fromEntries(['.', ...container].map((name) => [name, {}]));
  return { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { [CONTAINER]: fields } } } } };
}

describe('the digest of our fields', () => {
  const fields = owned('f:name', 'f:image');

  it('changes with a value of ours, and not with one of others', () => {
    expect(ownDigest(live('a:1', 1, fields))).not.toBe(ownDigest(live('a:2', 1, fields)));
    expect(ownDigest(live('a:1', 1, fields))).toBe(ownDigest(live('a:1', 7, fields)));
  });

  it('changes when somebody took a field from us, even with the same value', () => {
    expect(ownDigest(live('a:1', 1, fields))).not.toBe(ownDigest(live('a:1', 1, owned('f:name'))));
  });

  it('finds items by their keys wherever they stand', () => {
    const object = live('a:1', 1, fields);
    const spec = object['spec'] as {
      readonly template: { readonly spec: { readonly containers: readonly unknown[] } };
    };
    const containers = [...spec.template.spec.containers].reverse();
    expect(ownDigest({ ...object, spec: { ...spec, template: { spec: { containers } } } })).toBe(
      ownDigest(object),
    );
  });
});

describe('ownership', () => {
  it('is told by the fields of our own applies', () => {
    const object = live('a:1', 1, { 'f:spec': { 'f:replicas': {} } });
    expect(isOwn(object, ['f:spec', 'f:replicas'])).toBe(true);
    expect(isOwn(object, ['f:spec', 'f:paused'])).toBe(false);
    expect(isOwn(object, ['f:status'])).toBe(false);
  });

  it('of an object is ours only where our apply gave it the label of a set', () => {
    const label = { 'f:metadata': { 'f:labels': { 'f:applyset.kubernetes.io/part-of': {} } } };
    expect(isWrittenByUs(live('a:1', 1, label))).toBe(true);
    expect(isWrittenByUs(live('a:1', 1, owned('f:image')))).toBe(false);
    expect(isWrittenByUs(sampleObject('Service', 'x'))).toBe(false);
  });
});
