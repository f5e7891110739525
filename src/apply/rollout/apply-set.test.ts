import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleObject } from '../testing/sample-rollout.ts';
import { PART_OF_LABEL, applySetOf, asMember, parentObject, readParent } from './apply-set.ts';
import type { SetRecord } from './apply-set.ts';

describe('the set of a stack', () => {
  it('has the id that KEP-3659 asks for, and one that a label can hold', () => {
    const hash = createHash('sha256').update('plimsoll-chat.plimsoll-system.ConfigMap.').digest('base64url');
    expect(applySetOf('chat').id).toBe(`applyset-${hash}-v1`);
    expect(applySetOf('a'.repeat(63)).id.length).toBeLessThanOrEqual(63);
    expect(applySetOf('chat').id).not.toBe(applySetOf('chat2').id);
  });

  it('marks its members and leaves everything else of them as it is', () => {
    const object = sampleObject('Service', 'chat', { spec: { type: 'ClusterIP' } });
    const member = asMember(object, applySetOf('chat'));
    expect(member.metadata.labels).toEqual({
      ...object.metadata.labels,
      [PART_OF_LABEL]: applySetOf('chat').id,
    });
    expect({ ...member, metadata: { ...member.metadata, labels: object.metadata.labels } }).toEqual(object);
  });

  it('gives back from its parent what was written into it', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    const fields = {
      planHash: name,
      profile: name,
      state: fc.constantFrom('applying' as const, 'complete' as const),
      step: name,
      run: name,
      groupKinds: fc.array(name),
      namespaces: fc.array(name),
      digests: fc.dictionary(name, name),
    } as const;
    const known = ['planHash', 'state', 'step', 'run', 'groupKinds', 'namespaces', 'digests'] as const;
    const record: fc.Arbitrary<SetRecord> = fc.record(fields, { requiredKeys: [...known] });
    fc.assert(
      fc.property(record, (written) => {
        expect(readParent(parentObject(applySetOf('chat'), written, '1.0.0'))).toEqual({
          ...written,
          digests: { ...written.digests },
        });
      }),
    );
  });

  it('counts what cannot be read as a run that did not end', () => {
    expect(readParent(sampleObject('ConfigMap', 'x', { data: { digests: '{' } }))).toMatchObject({
      state: 'applying',
      digests: {},
      groupKinds: [],
    });
  });
});
