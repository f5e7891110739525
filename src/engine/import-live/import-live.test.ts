import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startMeasurementServer } from '../../../test/support/measurement-server.ts';
import { MONDAY, buckets, steady } from '../../apply/drift/testing/metric-world.ts';
import { ClusterError } from '../../apply/index.ts';
import type { ClusterObject } from '../../apply/index.ts';
import { dumpClient } from '../../apply/index.ts';
import { parseProblem } from '../../model/index.ts';
import { parseLocated } from '../load-document.ts';
import { quietHost } from '../testing/host.ts';
import { importLive } from './index.ts';
import type { ImportLiveOptions } from './index.ts';
import { readLiveObjects } from './live-objects.ts';
import { deployment, node, placeLabels, podMetrics } from './testing/live-cluster.ts';

const NODES = ['a', 'b'].map((zone) =>
  node({ name: `n-${zone}`, labels: placeLabels('m5.xlarge', `us-east-1${zone}`), providerID: 'aws:///x/i' }),
);
const ENGINE = {
  image: 'vllm/vllm-openai:v0.19.0',
  args: [
    '--model=RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8',
    '--served-model-name=meta-llama/Llama-3.1-70B-Instruct',
    '--tensor-parallel-size=2',
    '--max-model-len=16k',
    '--kv-cache-dtype=fp8',
  ],
};

async function imported(objects: readonly ClusterObject[], options: Partial<ImportLiveOptions> = {}) {
  const outcome = await importLive(
    {
      from: { dump: '-', stdin: JSON.stringify({ kind: 'List', items: objects }) },
      name: 'prod',
      form: 'yaml',
      defaults: { cpuMillicores: 100, memory: 2 ** 27 },
      windowSeconds: 7 * 86_400,
      now: MONDAY,
      ...options,
    },
    quietHost(),
  );
  const codes = outcome.diagnostics.map(({ code }) => code);
  return { outcome, codes, value: outcome.ok ? outcome.value : undefined };
}

describe('a cluster as a stack', () => {
  it('has its nodes as pools and its Deployments as services, and is a problem that parses', async () => {
    const { value, codes } = await imported([...NODES, deployment('web'), deployment('cart')]);
    expect(value?.counts).toEqual({ nodes: 2, pools: 1, services: 2, models: 0, objects: 4 });
    expect(value?.document.services?.map(({ id }) => id)).toEqual(['cart', 'web']);
    expect(value?.document.pools).toMatchObject([{ id: 'm5-xlarge', zones: ['us-east-1a', 'us-east-1b'] }]);
    const read = parseLocated(value!.text, 'stack.yaml');
    expect(read.ok && parseProblem(read.value.value).ok).toBe(true);
    expect(codes).toEqual([]);
  });

  it('has the sets of one model as one language model, with what its command line says', async () => {
    const sets = [deployment('chat-base', ENGINE), deployment('chat-spot', ENGINE)];
    const { value, codes } = await imported([...NODES, ...sets, deployment('web')]);
    expect(value?.document.workloads).toEqual([
      {
        kind: 'llm',
        id: 'chat',
        model: 'meta-llama/Llama-3.1-70B-Instruct',
        checkpoints: { fp8: 'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8' },
        precisions: ['fp8'],
        kvPrecisions: ['fp8'],
        engines: ['vllm'],
        traffic: { profile: 'azure-llm-2023-conversation', meanRate: '4/s' },
        slo: { ttft: { p99: '2s' }, tpot: { p99: '100ms' } },
        maxModelLength: 16_000,
        namespace: 'shop',
      },
    ]);
    expect(value?.document.services?.map(({ id }) => id)).toEqual(['web']);
    expect(codes.toSorted()).toEqual([
      'import-assumed-traffic',
      'import-engine-facts',
      'import-engine-facts',
    ]);
    const read = parseLocated(value!.text, 'stack.yaml');
    expect(read.ok && parseProblem(read.value.value).ok).toBe(true);
  });

  it('is made of language models alone, too, and in TypeScript', async () => {
    const { value } = await imported([...NODES, deployment('chat', ENGINE)], { form: 'typescript' });
    expect(value?.text).toContain("import { Fleet, HardwarePool, LlmService, Traffic } from 'plimsoll';");
    expect(value?.text).toContain(
      'new LlmService(fleet, "chat", { traffic: Traffic.profile("azure-llm-2023-conversation"',
    );
  });

  it('says which model the catalogue does not know', async () => {
    const { value, codes } = await imported([
      deployment('odd', { ...ENGINE, args: ['--model=acme/none-7b'] }),
    ]);
    expect(codes).toContain('import-unknown-model');
    expect(value?.document.workloads[0]?.model).toBe('acme/none-7b');
  });

  it('leaves namespaces of Kubernetes out, or takes those asked for', async () => {
    const system = { ...deployment('dns'), metadata: { name: 'dns', namespace: 'kube-system' } };
    const objects = [...NODES, system, deployment('web')];
    const ids = async (namespaces?: readonly string[]) =>
      (await imported(objects, namespaces === undefined ? {} : { namespaces })).value?.document.services?.map(
        ({ id }) => id,
      );
    expect(await ids()).toEqual(['web']);
    expect(await ids(['kube-system'])).toEqual(['dns']);
  });

  it('counts daemonsets of all namespaces on every node', async () => {
    const daemon = {
      ...deployment('proxy'),
      kind: 'DaemonSet',
      metadata: { name: 'proxy', namespace: 'kube-system' },
    };
    const { value } = await imported([...NODES, daemon, deployment('web')]);
    expect(value?.document.pools[0]?.daemonsets).toEqual({ cpu: '1000m', memory: '1024Mi', pods: 1 });
  });

  it('tells what pods use where it is far from what they ask for', async () => {
    const metrics = [podMetrics('web', '100m', '512Mi'), podMetrics('cart', '800m', '1Gi')];
    const { value, outcome } = await imported([...NODES, deployment('web'), deployment('cart'), ...metrics]);
    expect(value?.usage.map(({ workload, cpu }) => [workload, cpu.used, cpu.requested])).toEqual([
      ['cart', 0.8, 1],
      ['web', 0.1, 1],
    ]);
    expect(outcome.diagnostics.map(({ summary }) => summary)).toEqual([
      'Pods of web: CPU 0.1 cores used, 1 cores asked for.',
    ]);
  });

  it('has measured traffic: rates by hour and lengths by quantiles', async () => {
    const server = await startMeasurementServer({
      world: {
        'vllm:request_success_total': steady(3),
        'vllm:request_prompt_tokens_bucket': buckets([
          [100, 10],
          [1000, 90],
          [Infinity, 100],
        ]),
        'vllm:request_prompt_tokens_sum': steady(40_000),
        'vllm:request_generation_tokens_bucket': buckets([
          [50, 50],
          [200, 100],
          [Infinity, 100],
        ]),
        'vllm:request_generation_tokens_sum': steady(8000),
        prefix_cache_hits_total: steady(1),
        prefix_cache_queries_total: steady(4),
      },
    });
    try {
      const { value, codes } = await imported([...NODES, deployment('chat', ENGINE)], {
        prometheus: { url: server.url },
      });
      const { traffic } = value!.document.workloads[0]!;
      expect(traffic.generate?.hourlyRate).toEqual(new Array(168).fill(3));
      expect(traffic.prefixHitRate).toBe('25%');
      expect(traffic.generate?.lengths).toMatchObject({ inputQuantiles: { length: 21, 2: 100, 20: 1000 } });
      expect(codes).not.toContain('import-assumed-traffic');
      const read = parseLocated(value!.text, 'stack.yaml');
      expect(read.ok && parseProblem(read.value.value).ok).toBe(true);
    } finally {
      await server.close();
    }
  });

  it('has use over a time where a Prometheus tells it', async () => {
    const labels = { namespace: 'shop', pod: 'web-5d8f9c7b6d-x2v4k' };
    const one = (value: number) => () => [{ labels, points: [[MONDAY, value] as const] }];
    const server = await startMeasurementServer({
      world: { container_cpu_usage: one(3), container_memory: one(2 ** 29) },
    });
    try {
      const objects = [...NODES, deployment('web'), podMetrics('web', '500m', '1Gi')];
      const { value, outcome } = await imported(objects, { prometheus: { url: server.url } });
      expect(value?.usage).toMatchObject([{ workload: 'web', pods: 1, cpu: { used: 3, requested: 1 } }]);
      expect(outcome.diagnostics[0]?.detail).toContain('mean CPU and most memory over 168 h');
    } finally {
      await server.close();
    }
  });

  it('assumes traffic where the Prometheus knows none', async () => {
    const server = await startMeasurementServer({});
    try {
      const { codes } = await imported([...NODES, deployment('chat', ENGINE)], {
        prometheus: { url: server.url },
      });
      expect(codes).toContain('import-assumed-traffic');
    } finally {
      await server.close();
    }
  });

  it.each<[string, readonly ClusterObject[], string]>([
    ['no workload', NODES, 'import-no-workload'],
    [
      'a node of broken amounts',
      [node({ name: 'x', resources: { cpu: 'many' } }), deployment('web')],
      'pack-invalid-object',
    ],
  ])('cannot be made of %s', async (_, objects, code) => {
    const { outcome, codes } = await imported(objects);
    expect([outcome.ok, codes.includes(code as never)]).toEqual([false, true]);
  });
});

describe('objects of any content', () => {
  it('are imported or refused, and never a crash (property)', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const kind = fc.constantFrom(
      'Node',
      'Deployment',
      'StatefulSet',
      'LeaderWorkerSet',
      'PodMetrics',
      'DaemonSet',
      'Service',
    );
    const podSpec = fc.record(
      {
        containers: fc.oneof(
          value,
          fc.array(fc.record({ image: value, command: value, args: value, env: value, resources: value })),
        ),
      },
      { requiredKeys: [] },
    );
    const spec = fc.oneof(
      value,
      fc.record({ replicas: value, template: fc.record({ spec: podSpec }), taints: value }),
    );
    const object = fc.record({
      apiVersion: fc.constant('v1'),
      kind,
      metadata: fc.record({
        name: fc.string({ minLength: 1 }),
        namespace: fc.constant('shop'),
        labels: value,
      }),
      spec,
      status: fc.oneof(value, fc.record({ allocatable: value, capacity: value })),
      containers: value,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(object, { maxLength: 4 }), async (objects) => {
        const { outcome } = await imported(objects as unknown as readonly ClusterObject[]);
        expect(outcome.ok || outcome.diagnostics.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('reading a cluster', () => {
  it('leaves out kinds that are not served or not allowed, and says which are not allowed', async () => {
    const client = dumpClient([...NODES, deployment('web')], 'prod');
    const partial = {
      ...client,
      list: (kind: Parameters<typeof client.list>[0]) => {
        if (kind.kind === 'Node') return Promise.reject(new ClusterError('forbidden', 'no'));
        if (kind.kind === 'LeaderWorkerSet') return Promise.reject(new ClusterError('unknown-kind', 'no'));
        return client.list(kind);
      },
    };
    const found = await readLiveObjects(partial);
    expect(found.objects.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(found.diagnostics.map(({ summary }) => summary)).toEqual([
      'prod does not let you list Node; the stack lacks what they say.',
    ]);
  });

  it('stops when the cluster cannot be read', async () => {
    const client = dumpClient([], 'prod');
    const gone = { ...client, list: () => Promise.reject(new ClusterError('unreachable', 'gone')) };
    await expect(readLiveObjects(gone)).rejects.toThrow('gone');
  });
});
