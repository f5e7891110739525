import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApplyReport } from '../../src/report/index.ts';
import { ROOT, codesOf, jsonOf, plimsoll } from '../support/run-command.ts';
import type { Finished } from '../support/run-command.ts';
import { SMALL_PROBLEM } from '../support/small-problem.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { eventually } from './support/eventually.ts';
import type { Json } from './support/rest.ts';

describeCluster('the apply command', ({ rest, createNodes, kubeconfig }) => {
  let folder: string;
  let token: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-command-'));
    writeFileSync(path.join(folder, 'problem.yaml'), SMALL_PROBLEM.replace('name: small', 'name: apply-cli'));
    const planned = plimsoll(['plan', 'problem.yaml'], { cwd: folder });
    if (planned.exitCode !== 0) throw new Error(planned.stderr);
    token = readFileSync(kubeconfig, 'utf8').match(/token: (\S+)/)?.[1] ?? '';
  });

  afterAll(async () => {
    await rest.delete('/api/v1/namespaces/apply-cli');
    await rest.delete('/api/v1/namespaces/plimsoll-system/configmaps/plimsoll-apply-cli');
    await rest.delete('/apis/scheduling.k8s.io/v1/priorityclasses/apply-cli-surge');
    await rest.delete('/apis/karpenter.sh/v1/nodepools/apply-cli-l40s-spot');
    await rest.delete('/apis/karpenter.sh/v1alpha1/nodeoverlays/apply-cli-l40s-spot');
    for (const zone of ['a', 'b']) await rest.delete(`/api/v1/nodes/apply-cli-${zone}`);
    rmSync(folder, { recursive: true, force: true });
  });

  function apply(...args: readonly string[]): Finished {
    const finished = plimsoll(['apply', 'apply-cli', '--kubeconfig', kubeconfig, ...args], { cwd: folder });
    expect(finished.stdout + finished.stderr).not.toContain(token);
    return finished;
  }

  test('--dry-run server shows what would be made and writes nothing', async () => {
    const finished = apply('--dry-run', 'server');
    expect(finished.exitCode).toBe(0);
    expect(finished.stdout).toMatch(
      /\d+ to create, 0 to change, 0 to delete, 0 unchanged; nothing was written\.\n$/,
    );
    await expect(rest.get('/api/v1/namespaces/apply-cli')).rejects.toMatchObject({ status: 404 });
  });

  test('Ctrl-C ends it after the request under way, says where it stopped, and exits with 130', async () => {
    const script = path.join(ROOT, 'bin/plimsoll.js');
    const args = ['apply', 'apply-cli', '--kubeconfig', kubeconfig, '--yes', '--json'];
    const child = spawn(process.execPath, [script, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    // No node takes its pods, so it waits at the workloads.
    await eventually(
      async () =>
        (await rest.list('/apis/apps/v1/deployments?labelSelector=app.kubernetes.io/part-of=apply-cli'))
          .length,
      (count) => count > 0,
    );
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const { result } = JSON.parse(Buffer.concat(output).toString()) as { readonly result: ApplyReport };
    expect(result.outcome).toBe('interrupted');
    expect(result.steps.find((step) => step.state === 'stopped')?.name).toBe('workloads');
  });

  test('tells pods that do not come with exit 1, and goes on when it is run again', async () => {
    const stuck = apply('--yes', '--timeout', '2s', '--json');
    expect([stuck.exitCode, codesOf(stuck)]).toEqual([
      1,
      expect.arrayContaining(['apply-not-ready', 'apply-stopped']),
    ]);
    const [pods] = await rest.list('/api/v1/namespaces/apply-cli/pods');
    const terms =
      pods.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    const wanted = Object.fromEntries(
      ((terms?.[0]?.matchExpressions ?? []) as readonly Json[]).map(({ key, values }) => [key, values[0]]),
    );
    await createNodes(
      ['a', 'b'].map((zone) => ({
        name: `apply-cli-${zone}`,
        zone: `us-east-1${zone}`,
        labels: { ...wanted, ...pods.spec.nodeSelector, 'topology.kubernetes.io/zone': `us-east-1${zone}` },
        allocatable: { cpu: '64', memory: '512Gi', 'nvidia.com/gpu': '8', 'ephemeral-storage': '1Ti' },
      })),
    );
    const resumed = apply('--yes', '--json');
    expect([resumed.exitCode, codesOf(resumed)]).toEqual([0, []]);
    const again = apply('--yes', '--json');
    expect((jsonOf(again).result as ApplyReport).outcome).toBe('unchanged');
  });

  test('refuses a plan whose inputs changed, and one whose objects others changed, with exit 5', async () => {
    await rest.merge('/api/v1/namespaces/apply-cli/services/helper', {
      spec: { sessionAffinity: 'ClientIP' },
    });
    const ports = [{ name: 'http', port: 81 }];
    await rest.merge('/api/v1/namespaces/apply-cli/services/helper', { spec: { ports } });
    const changed = apply('--yes', '--json');
    expect([changed.exitCode, codesOf(changed)]).toEqual([5, ['apply-live-changed']]);
    expect((jsonOf(changed).result as ApplyReport).outcome).toBe('refused');
    writeFileSync(
      path.join(folder, 'problem.yaml'),
      SMALL_PROBLEM.replace('name: small', 'name: apply-cli').replace('3/s', '4/s'),
    );
    const stale = apply('--yes', '--json');
    expect([stale.exitCode, codesOf(stale)]).toEqual([5, ['plan-stale']]);
  });
});
