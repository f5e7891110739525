import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { afterAll, expect, test } from 'vitest';
import { describeCluster } from './support/describe-cluster.ts';
import { eventually } from './support/eventually.ts';
import { restClient, type Json, type Rest } from './support/rest.ts';
import { findTools } from './support/tools.ts';

describeCluster('a control plane of a test run', (controlPlane) => {
  const { rest, createNodes, killApiServer, startApiServer, kubeconfigFor, expiredKubeconfig } = controlPlane;
  const namespace = 'control-plane-test';
  const pods = `/api/v1/namespaces/${namespace}/pods`;

  afterAll(async () => {
    await rest.delete(`/api/v1/namespaces/${namespace}`);
    for (const zone of ['a', 'b']) await rest.delete(`/api/v1/nodes/control-plane-${zone}`);
  });

  test('makes nodes Ready with the resources they were made with, and its scheduler puts pods on them', async () => {
    await rest.create('/api/v1/namespaces', { metadata: { name: namespace } });
    await createNodes(
      ['a', 'b'].map((zone) => ({
        name: `control-plane-${zone}`,
        zone,
        labels: { team: 'test' },
        allocatable: { cpu: '4', memory: '8Gi' },
      })),
    );
    await rest.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment('web', 4));
    const placed = await eventually(
      async () => running(await rest.list(pods)),
      (found) => found.length === 4,
    );
    expect(placed.map((pod: Json) => pod.spec.nodeName as string).sort()).toEqual(
      ['a', 'a', 'b', 'b'].map((zone) => `control-plane-${zone}`),
    );
    expect((await rest.get('/api/v1/nodes/control-plane-a')).status.allocatable).toEqual({
      cpu: '4',
      memory: '8Gi',
      pods: '110',
    });
  });

  test('a LeaderWorkerSet gets its pods, with addresses and indices, from its own controller', async () => {
    await rest.create(
      `/apis/leaderworkerset.x-k8s.io/v1/namespaces/${namespace}/leaderworkersets`,
      leaderWorkerSet('group', 1, 2),
    );
    const found = await eventually(
      async () => running(await rest.list(`${pods}?labelSelector=leaderworkerset.sigs.k8s.io/name=group`)),
      (list) => list.length === 2,
    );
    expect(found.map((pod: Json) => pod.metadata.name as string).sort()).toEqual(['group-0', 'group-0-1']);
    const names = found[0].spec.containers[0].env.map(({ name }: { name: string }) => name);
    expect(names).toContain('LWS_LEADER_ADDRESS');
  });

  test('serves every custom resource that plans write', async () => {
    const served = (await rest.get('/apis')).groups.map(
      ({ name }: { name: string }) => name,
    ) as readonly string[];
    expect(served).toEqual(
      expect.arrayContaining([
        'leaderworkerset.x-k8s.io',
        'karpenter.sh',
        'karpenter.k8s.aws',
        'keda.sh',
        'kueue.x-k8s.io',
        'inference.networking.k8s.io',
      ]),
    );
  });

  test('a user may do what the rules say and nothing more', async () => {
    const file = await kubeconfigFor({
      name: 'reader',
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
    });
    const reader = clientOf(file);
    await expect(reader.list(pods)).resolves.toBeInstanceOf(Array);
    await expect(reader.delete(`${pods}/none`)).rejects.toMatchObject({ status: 403 });
    reader.close();
  });

  test('a token whose time is over is refused', async () => {
    const late = clientOf(expiredKubeconfig());
    await expect(late.list(pods)).rejects.toMatchObject({ status: 401 });
    late.close();
  });

  test('keeps its objects over a crash of the API server', async () => {
    const before = (await rest.list(pods)).map((pod: Json) => pod.metadata.uid as string).sort();
    await killApiServer();
    await expect(rest.list(pods)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/),
    });
    await startApiServer();
    expect((await rest.list(pods)).map((pod: Json) => pod.metadata.uid as string).sort()).toEqual(before);
  });

  test.for(['SIGINT', 'SIGKILL'] as const)(
    'nothing is left running when its owner ends by %s',
    async (name) => {
      const owner = spawn(process.execPath, [path.join(import.meta.dirname, 'start.ts')], {
        env: { ...process.env, PLIMSOLL_TEST_CLUSTER: '' },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const folder = await new Promise<string>((resolve) => {
        owner.stdout.on('data', (chunk: Buffer) => {
          const match = /PLIMSOLL_TEST_CLUSTER=(\S+)/.exec(chunk.toString());
          if (match?.[1] !== undefined) resolve(match[1]);
        });
      });
      const files = readdirSync(folder).filter((file) => file.endsWith('.pid'));
      const pids = files.map((file) => Number(readFileSync(path.join(folder, file), 'utf8')));
      expect(pids).toHaveLength(6);
      expect(pids.filter(isAlive)).toEqual(pids);
      owner.kill(name);
      await eventually(
        () => Promise.resolve(pids.filter(isAlive).length + Number(existsSync(folder))),
        (left) => left === 0,
      );
    },
  );
});

test('without Go and without programs there is a reason instead of a control plane', async () => {
  const found = await findTools({ PATH: '/nowhere', XDG_CACHE_HOME: '/nowhere' }, () => undefined);
  expect(found).toEqual({
    reason: expect.stringContaining('no Go to build etcd, kube-apiserver'),
    isFault: false,
  });
});

test('a build that Go cannot do is a fault, which no run skips over', async ({ skip }) => {
  const go = process.env['PATH']?.split(path.delimiter).find((folder) => existsSync(path.join(folder, 'go')));
  if (go === undefined) return skip('no Go');
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-tools-'));
  try {
    const found = await findTools({ PATH: go, XDG_CACHE_HOME: folder, HOME: '/nowhere' }, () => {
      throw new Error('the build is stopped');
    });
    expect(found).toEqual({
      reason: expect.stringContaining('Go cannot build its programs here'),
      isFault: true,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('programs of KUBEBUILDER_ASSETS come before those of the cache', async ({ skip }) => {
  const tools = await findTools(process.env, () => undefined);
  if ('reason' in tools) return skip(tools.reason);
  const assets = path.dirname(tools.programs.etcd);
  const again = await findTools(
    { KUBEBUILDER_ASSETS: assets, PATH: '/nowhere', XDG_CACHE_HOME: '/nowhere' },
    () => undefined,
  );
  expect(again).toEqual(tools);
});

function deployment(name: string, replicas: number): Json {
  const labels = { app: name };
  return {
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: podTemplate(labels) },
  };
}

function leaderWorkerSet(name: string, replicas: number, size: number): Json {
  return {
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    metadata: { name },
    spec: { replicas, leaderWorkerTemplate: { size, workerTemplate: podTemplate({ app: name }) } },
  };
}

function podTemplate(labels: Readonly<Record<string, string>>): Json {
  const spread = {
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
  };
  return {
    metadata: { labels },
    spec: {
      nodeSelector: { team: 'test' },
      topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labels } }],
      containers: [
        { name: 'main', image: 'none', resources: { requests: { cpu: '500m', memory: '128Mi' } } },
      ],
    },
  };
}

function running(found: readonly Json[]): readonly Json[] {
  return found.filter((pod: Json) => pod.status.phase === 'Running');
}

/** A client with what a kubeconfig file says. */
function clientOf(file: string): Rest {
  const config = parse(readFileSync(file, 'utf8'));
  const { server, 'certificate-authority-data': certificate } = config.clusters[0].cluster;
  return restClient({
    url: server as string,
    certificate: Buffer.from(certificate as string, 'base64').toString(),
    token: config.users[0].user.token as string,
  });
}

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
