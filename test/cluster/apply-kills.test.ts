import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applySetOf, readParent } from '../../src/apply/index.ts';
import type { ClusterObject } from '../../src/apply/index.ts';
import { randomStream } from '../../src/random/index.ts';
import { configMap, deployment, everythingIn, namesOf, namespaceObject, service } from './apply-fixtures.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { eventually } from './support/eventually.ts';
import type { Json } from './support/rest.ts';

/** Kills in all; every tenth hits the API server, the others the process that applies. */
const KILLS = 50;
const STACK = 'apply-kills';

describeCluster('apply, killed at random moments', (controlPlane) => {
  const { rest, createNodes, kubeconfig, killApiServer, startApiServer } = controlPlane;
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-kills-'));

  beforeAll(async () => {
    await createNodes([
      { name: 'kills-node', zone: 'a', allocatable: { cpu: '64', memory: '64Gi', pods: '500' } },
    ]);
  });

  afterAll(async () => {
    await rest.delete(`/api/v1/namespaces/${STACK}`);
    await rest.delete(`/api/v1/namespaces/plimsoll-system/configmaps/${applySetOf(STACK).name}`);
    await rest.delete('/api/v1/nodes/kills-node');
    rmSync(folder, { recursive: true, force: true });
  });

  test('loses no object and leaves none behind in 50 kills', async () => {
    const stream = randomStream(20261121, 'kills');
    const seen = { killed: 0, complete: 0 };
    await checkWhole(planNumber(0), await applying(planNumber(0)).ended);
    // Two plans take turns: each kill hits a rollout that makes, changes and deletes objects.
    for (let kill = 0; kill < KILLS; kill++) {
      const manifests = planNumber(kill % 3);
      const child = applying(manifests);
      if (kill % 10 === 9) {
        await child.writing;
        await sleep(stream.uniform() * 200);
        await killApiServer();
        await startApiServer();
      } else {
        // From before the first request to after the last one; most fall among the writes.
        await (stream.uniform() < 0.2 ? undefined : child.writing);
        await sleep(stream.uniform() * 700);
        child.kill();
      }
      const ended = await child.ended;
      seen[ended.outcome === 'complete' ? 'complete' : 'killed']++;
      // Every fifth time the same plan is applied to its end, at other times the next plan meets what was left.
      if (kill % 5 === 4) await checkWhole(manifests, await applying(manifests).ended);
    }
    expect(seen.killed).toBeGreaterThan(KILLS / 3);
    const manifests = planNumber(1);
    await checkWhole(manifests, await applying(manifests).ended);
  }, 600_000);

  /** After a rollout that ended there is exactly what its plan says, all of it labelled, and its parent knows. */
  async function checkWhole(manifests: readonly ClusterObject[], ended: Ended): Promise<void> {
    expect(ended, JSON.stringify(ended)).toMatchObject({ outcome: 'complete' });
    expect(await everythingIn(rest, STACK)).toEqual(namesOf(manifests));
    const set = applySetOf(STACK);
    for (const kind of ['configmaps', 'services']) {
      const objects = await rest.list(`/api/v1/namespaces/${STACK}/${kind}`);
      const ours = objects.filter((object: Json) => object.metadata.name !== 'kube-root-ca.crt');
      expect(
        ours.filter((object: Json) => object.metadata.labels['applyset.kubernetes.io/part-of'] !== set.id),
      ).toEqual([]);
    }
    const wanted = manifests.find((object) => object.metadata.name === 'pods-0') as Json;
    const pods = await eventually(
      async () => await rest.get(`/apis/apps/v1/namespaces/${STACK}/deployments/pods-0`),
      (found: Json) => found.status.availableReplicas === wanted.spec.replicas,
    );
    expect(pods.spec.replicas).toBe(wanted.spec.replicas);
    const parent = await rest.get(`/api/v1/namespaces/plimsoll-system/configmaps/${set.name}`);
    const record = readParent(parent as ClusterObject);
    expect(record.state).toBe('complete');
    expect(Object.keys(record.digests)).toHaveLength(manifests.length);
  }

  interface Ended {
    readonly outcome: string;
  }

  /** Starts a process that applies the objects. */
  function applying(manifests: readonly ClusterObject[]) {
    const file = path.join(folder, 'request.json');
    writeFileSync(file, JSON.stringify({ stack: STACK, manifests }));
    const script = path.join(import.meta.dirname, 'apply-child.ts');
    const child = spawn(process.execPath, [script, kubeconfig, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let started: () => void = () => undefined;
    const writing = new Promise<void>((resolve) => (started = resolve));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('writing')) started();
    });
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => {
        started();
        const last = output.trim().split('\n').at(-1) ?? '';
        resolve(code === null ? { outcome: 'killed' } : (JSON.parse(last) as Ended));
      });
    });
    return { writing, ended, kill: () => child.kill('SIGKILL') };
  }
});

/** One of three plans that share some objects: 0 and 1 differ in values and in half of their names, 2 is small. */
function planNumber(number: number): readonly ClusterObject[] {
  const maps = Array.from({ length: number === 2 ? 5 : 20 }, (_, index) =>
    configMap(STACK, `map-${index % 2 === 0 ? 'shared' : number}-${index}`, { plan: String(number) }),
  );
  const pods = Array.from({ length: number === 2 ? 1 : 3 }, (_, index) =>
    deployment(STACK, `pods-${index === 0 ? 0 : `${number}-${index}`}`, 1 + number),
  );
  const services = Array.from({ length: 4 }, (_, index) =>
    service(STACK, `web-${number === 1 ? 'b' : 'a'}-${index}`),
  );
  return [namespaceObject(STACK), ...maps, ...services, ...pods];
}
