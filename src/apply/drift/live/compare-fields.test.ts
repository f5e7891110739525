import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPath } from '../../../plan/index.ts';
import { compareFields } from './compare-fields.ts';

function paths(planned: unknown, live: unknown): readonly string[] {
  return compareFields(planned, live).map(({ path }) => formatPath(path));
}

const CONTAINER = { name: 'engine', image: 'vllm:1', ports: [{ containerPort: 8000 }] };
const spec = (fields: object, limits: object = { cpu: '500m' }) => ({
  spec: { containers: [{ ...CONTAINER, ...fields, resources: { limits } }] },
});

describe('planned fields in a live object', () => {
  it('are the same when the server only added defaults, status and identities', () => {
    const live = {
      metadata: { name: 'chat', uid: '1', labels: { app: 'chat', 'applyset.kubernetes.io/part-of': 'x' } },
      ...spec({
        terminationMessagePath: '/dev/termination-log',
        ports: [{ containerPort: 8000, protocol: 'TCP' }],
      }),
      status: { replicas: 3 },
    };
    expect(paths({ metadata: { name: 'chat', labels: { app: 'chat' } }, ...spec({}) }, live)).toEqual([]);
  });

  it.each([
    ['0.5', '500m', true],
    ['1', '1000m', true],
    ['1Gi', '1024Mi', true],
    ['1073741824', '1Gi', true],
    ['1e3', '1k', true],
    ['1Gi', '1G', false],
    ['500m', '501m', false],
  ])('quantity %s is compared with %s by amount', (planned, live, isSame) => {
    expect(paths(spec({}, { cpu: planned }), spec({}, { cpu: live })).length === 0).toBe(isSame);
  });

  it('are compared as texts outside quantities: a label "1.0" is not "1"', () => {
    expect(paths({ metadata: { labels: { v: '1.0' } } }, { metadata: { labels: { v: '1' } } })).toEqual([
      'metadata.labels.v',
    ]);
    expect(paths({ spec: { port: '80' } }, { spec: { port: 80 } })).toEqual(['spec.port']);
  });

  it('find their items by identity, wherever others have put theirs', () => {
    const sidecar = { name: 'proxy', image: 'envoy:1' };
    const live = { spec: { containers: [sidecar, { ...CONTAINER, image: 'vllm:2' }] } };
    expect(paths({ spec: { containers: [CONTAINER] } }, live)).toEqual([
      'spec.containers[name=engine].image',
    ]);
    expect(
      paths({ spec: { containers: [CONTAINER, sidecar] } }, { spec: { containers: [CONTAINER] } }),
    ).toEqual(['spec.containers[name=proxy]']);
  });

  it('tell ports of two protocols apart', () => {
    const ports = [{ port: 53 }, { port: 53, protocol: 'UDP', name: 'dns' }];
    const live = [
      { port: 53, protocol: 'UDP', name: 'dns' },
      { port: 53, protocol: 'TCP' },
    ];
    expect(paths({ spec: { ports } }, { spec: { ports: live } })).toEqual([]);
  });

  it('are whole where a list belongs to one manager', () => {
    const planned = { spec: { args: ['--a', '--b'] } };
    expect(paths(planned, { spec: { args: ['--a', '--b', '--c'] } })).toEqual(['spec.args']);
    expect(paths(planned, { spec: { args: ['--b', '--a'] } })).toEqual(['spec.args']);
    const tolerations = [{ key: 'gpu', operator: 'Exists' }];
    expect(paths({ spec: { tolerations } }, { spec: { tolerations: [] } })).toEqual(['spec.tolerations']);
  });

  it('that say nothing need not be there, but an emptied volume source is seen', () => {
    const planned = { env: [{ name: 'A', value: '' }], nodeSelector: {}, hostNetwork: false, args: [] };
    expect(paths(planned, { env: [{ name: 'A' }] })).toEqual([]);
    expect(
      paths({ volumes: [{ name: 'v', emptyDir: {} }] }, { volumes: [{ name: 'v', hostPath: {} }] }),
    ).toEqual(['volumes[name=v].emptyDir']);
  });

  it('hold for a live object that is the plan plus anything at new keys (property)', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const key = fc.string({ minLength: 1, maxLength: 4 }).filter((text) => text !== '__proto__');
    const tree = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { maxKeys: 4 })), { maxKeys: 5 });
    fc.assert(
      fc.property(tree, tree, (planned, other) => {
        expect(compareFields(planned, { ...other, ...planned })).toEqual([]);
      }),
    );
  });

  it('see every change of a scalar (property)', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.dictionary(key, fc.integer({ min: 1 }), { minKeys: 1 }), key, (planned, changed) => {
        const live = { ...planned, [changed]: 'other' };
        expect(paths(planned, live)).toEqual(Object.hasOwn(planned, changed) ? [changed] : []);
      }),
    );
  });
});
