import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../diagnostics/index.ts';
import type { PackReport } from '../../report/index.ts';
import { quietHost } from '../testing/host.ts';
import { packCluster } from './pack-cluster.ts';
import { apartFrom, dumpOf } from './testing/dumps.ts';
import type { DumpNode, DumpPod } from './testing/dumps.ts';

const HOST = quietHost();
const NODES: readonly DumpNode[] = [{ name: 'a' }, { name: 'b' }];
/** A pod of another namespace, so that dumps do not look like those of one. */
const SYSTEM: DumpPod = { name: 'dns', namespace: 'kube-system', cpu: '0', memory: '0', node: 'a' };

function pack(stdin: string, isOnline = false): Promise<Outcome<PackReport>> {
  return packCluster({ dump: '-', stdin, timeLimitSeconds: 60, isOnline, seed: 1 }, HOST);
}

async function packed(
  nodes: readonly DumpNode[],
  pods: readonly DumpPod[],
  objects: readonly unknown[] = [],
) {
  const outcome = await pack(dumpOf(nodes, [...pods, SYSTEM], objects));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return { report: outcome.value, codes: outcome.diagnostics.map((item) => item.code) };
}

async function codesOf(text: string): Promise<readonly string[]> {
  return (await pack(text)).diagnostics.map((item) => item.code);
}

/** Where each pod that a step places ends up. */
function targets(report: PackReport): Record<string, string | undefined> {
  return Object.fromEntries(
    report.steps.filter((step) => step.to !== undefined).map((step) => [step.pod, step.to]),
  );
}

describe('packing a dumped cluster', () => {
  it('makes room for a pending pod by moving one that runs, in an executable order', async () => {
    const { report } = await packed(NODES, [
      { name: 'x', cpu: '2', node: 'a' },
      { name: 'y', cpu: '2', node: 'b' },
      { name: 'big', cpu: '4', priority: 10 },
    ]);
    expect([report.moves, report.movesBound, report.provenCounts]).toEqual([1, 1, true]);
    expect(report.steps.map((step) => step.action)).toEqual(['move', 'place']);
    expect(report.steps[1]?.to).toBe(report.steps[0]?.from);
  });

  it('says that a placement is already optimal', async () => {
    const { report } = await packed(NODES, [
      { name: 'x', cpu: '3', node: 'a' },
      { name: 'y', cpu: '3', node: 'b' },
      { name: 'z', cpu: '3' },
    ]);
    expect([report.alreadyOptimal, report.steps]).toEqual([true, []]);
    expect(report.unplaced).toEqual([{ pod: 'shop/z', priority: 0, reason: 'no-room' }]);
  });

  it.each([
    ['of a DaemonSet', { owner: 'DaemonSet' }],
    ['static', { owner: 'Node' }],
    ['of kube-system', { namespace: 'kube-system' }],
    ['annotated not to be disrupted', { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }],
    ['with a volume claim', { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'v' } }] } }],
    ['kept apart over zones', { spec: { affinity: apartFrom({ app: 'x' }, 'topology.kubernetes.io/zone') } }],
  ])('never moves a pod %s', async (_, facts) => {
    const { report } = await packed(NODES, [
      { name: 'x', cpu: '2', node: 'a', ...facts },
      { name: 'y', cpu: '2', node: 'b', ...facts },
      { name: 'big', cpu: '4', priority: 10 },
    ]);
    expect([report.moves, report.pods.staying]).toEqual([0, 3]);
    expect(report.provenCounts).toBe(true);
  });

  it('leaves pods alone whose disruption budget allows none, and only those', async () => {
    const budget = (disruptionsAllowed: number) => ({
      kind: 'PodDisruptionBudget',
      metadata: { name: 'keep', namespace: 'shop' },
      spec: { selector: { matchLabels: { app: 'x' } } },
      status: { disruptionsAllowed },
    });
    const pods = [
      { name: 'x', cpu: '2', node: 'a', labels: { app: 'x' } },
      { name: 'y', cpu: '2', node: 'b', labels: { app: 'x' } },
      { name: 'big', cpu: '4', priority: 10 },
    ];
    expect((await packed(NODES, pods, [budget(0)])).report.moves).toBe(0);
    expect((await packed(NODES, pods, [budget(1)])).report.moves).toBe(1);
  });

  it('keeps selectors, taints, cordons and affinities', async () => {
    const nodes = [
      { name: 'a', spec: { unschedulable: true } },
      { name: 'b', spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } },
      { name: 'c', labels: { disk: 'ssd' } },
      { name: 'd', labels: { disk: 'hdd', cores: '8' } },
    ];
    const terms = (matchExpressions: unknown) => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
      },
    });
    const { report } = await packed(nodes, [
      { name: 'ssd', spec: { nodeSelector: { disk: 'ssd' } } },
      { name: 'many', spec: { affinity: terms([{ key: 'cores', operator: 'Gt', values: ['4'] }]) } },
      {
        name: 'gpu',
        spec: {
          tolerations: [{ key: 'gpu', operator: 'Exists' }],
          affinity: terms([{ key: 'disk', operator: 'DoesNotExist' }]),
        },
      },
    ]);
    expect(targets(report)).toEqual({ 'shop/ssd': 'c', 'shop/many': 'd', 'shop/gpu': 'b' });
  });

  it('keeps pods apart by host name and by host port', async () => {
    const ports = [{ hostPort: 80 }];
    const container = { name: 'c', ports, resources: { requests: { cpu: '100m' } } };
    const { report } = await packed(NODES, [
      { name: 'db-1', node: 'a', labels: { app: 'db' }, spec: { affinity: apartFrom({ app: 'db' }) } },
      { name: 'db-2', labels: { app: 'db' } },
      { name: 'web-1', node: 'b', spec: { containers: [container] } },
      { name: 'web-2', spec: { containers: [container] } },
    ]);
    expect(targets(report)).toEqual({ 'shop/db-2': 'b', 'shop/web-2': 'a' });
  });

  it('counts sidecars, init containers, overhead, limits and extended resources', async () => {
    const gpu = { name: 'g', extra: { 'nvidia.com/gpu': '2' } };
    const spec = {
      initContainers: [
        { restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
        { resources: { requests: { cpu: '2500m' } } },
      ],
      containers: [{ resources: { limits: { cpu: '1', 'nvidia.com/gpu': 2 } } }],
      overhead: { cpu: '500m' },
    };
    const { report } = await packed(
      [gpu, { name: 'a' }],
      [
        { name: 'job', spec },
        { name: 'filler', cpu: '1', priority: -1, spec: { nodeSelector: { 'kubernetes.io/hostname': 'g' } } },
      ],
    );
    expect(targets(report)).toEqual({ 'shop/job': 'g' });
    expect(report.unplaced.map(({ pod }) => pod)).toEqual(['shop/filler']);
  });

  it('passes over completed pods', async () => {
    const { report } = await packed(NODES, [
      { name: 'done', cpu: '4', node: 'a', phase: 'Succeeded' },
      { name: 'x', cpu: '4' },
    ]);
    expect([report.pods.completed, report.steps.length]).toEqual([1, 1]);
  });

  it('places one at a time and moves nothing when asked to', async () => {
    const pods = [
      { name: 'x', cpu: '2', node: 'a' },
      { name: 'y', cpu: '2', node: 'b' },
      { name: 'small', cpu: '2' },
      { name: 'big', cpu: '4', priority: 10 },
    ];
    const outcome = await pack(dumpOf(NODES, pods), true);
    if (!outcome.ok) throw new Error('failed');
    expect(outcome.value.steps.map(({ action, pod }) => [action, pod])).toEqual([['place', 'shop/small']]);
    expect([outcome.value.mode, outcome.value.provenCounts]).toEqual(['online', false]);
  });

  it('names pods that can never run: too large, or with rules that exclude every node', async () => {
    const { report, codes } = await packed(NODES, [
      { name: 'huge', cpu: '64' },
      { name: 'lost', spec: { nodeSelector: { zone: 'nowhere' } } },
      { name: 'fine' },
    ]);
    expect(codes.toSorted()).toEqual(['pack-contradictory-rules', 'pack-pod-too-large']);
    expect(report.unplaced.map(({ pod, reason }) => [pod, reason])).toEqual([
      ['shop/huge', 'too-large'],
      ['shop/lost', 'no-node-allowed'],
    ]);
  });

  it('leaves an overcommitted node as it is, with a warning', async () => {
    const { report, codes } = await packed(NODES, [
      { name: 'x', cpu: '3', node: 'a' },
      { name: 'y', cpu: '3', node: 'a' },
    ]);
    expect([codes, report.moves]).toEqual([['pack-overcommitted'], 0]);
  });
});

describe('a dump that cannot be packed', () => {
  it.each([
    ['an empty input', '', 'pack-not-a-dump'],
    ['a single object', '{"kind":"Node"}', 'pack-not-a-dump'],
    ['broken JSON', '{"items":[', 'engine-file-invalid'],
    ['no nodes', dumpOf([], [{ name: 'x' }]), 'pack-no-nodes'],
    ['a negative request', dumpOf(NODES, [{ name: 'x', cpu: '-1' }, SYSTEM]), 'pack-invalid-object'],
    ['a negative capacity', dumpOf([{ name: 'a', cpu: '-4' }], [SYSTEM]), 'pack-invalid-object'],
    [
      'a request that is no quantity',
      dumpOf(NODES, [{ name: 'x', memory: 'lots' }, SYSTEM]),
      'pack-invalid-object',
    ],
    [
      'a priority that is no number',
      dumpOf(NODES, [{ name: 'x', spec: { priority: 'high' } }, SYSTEM]),
      'pack-invalid-object',
    ],
    ['two nodes of one name', dumpOf([...NODES, { name: 'a' }], [SYSTEM]), 'pack-duplicate'],
    ['two pods of one name', dumpOf(NODES, [{ name: 'x' }, { name: 'x' }, SYSTEM]), 'pack-duplicate'],
    ['a pod on an unknown node', dumpOf(NODES, [{ name: 'x', node: 'z' }, SYSTEM]), 'pack-unknown-node'],
  ])('%s is named', async (_, text, code) => {
    expect([...new Set(await codesOf(text))]).toEqual([code]);
  });

  it('a dump of one namespace gets a warning', async () => {
    expect(await codesOf(dumpOf(NODES, [{ name: 'x', node: 'a' }]))).toEqual(['pack-one-namespace']);
  });

  it('reports all problems at once, each with its place', async () => {
    const outcome = await pack(dumpOf([{ name: 'a', cpu: 'x' }], [{ name: 'x', cpu: '-1', node: 'q' }]));
    expect(outcome.diagnostics.map((item) => [item.code, item.path])).toEqual([
      ['pack-invalid-object', 'items[0].status.allocatable.cpu'],
      ['pack-invalid-object', 'items[1].spec.containers[0].resources.cpu'],
      ['pack-unknown-node', 'items[1].spec.nodeName'],
    ]);
  });

  it('reads YAML too', async () => {
    const yaml = `kind: List\nitems:\n- kind: Node\n  metadata: { name: a }\n  status: { allocatable: { cpu: 2, memory: 1Gi } }\n- kind: Pod\n  metadata: { name: x }\n  spec: { containers: [{ resources: { requests: { cpu: 1.5 } } }] }\n`;
    const outcome = await pack(yaml);
    expect(outcome.ok && outcome.value.steps).toMatchObject([{ action: 'place', pod: 'default/x', to: 'a' }]);
  });
});
