import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DriftReport } from '../../src/report/index.ts';
import { jsonOf, plimsollBeside } from '../support/run-command.ts';
import { SMALL_PROBLEM } from '../support/small-problem.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { plannedNodes } from './support/planned-nodes.ts';
import { applyWritten, planStack } from './support/planned-run.ts';
import type { WrittenPlan } from './support/planned-run.ts';

describeCluster('the drift command on an applied plan', (controlPlane) => {
  const { rest, createNodes, kubeconfig } = controlPlane;
  let folder: string;
  let written: WrittenPlan;
  let nodes: readonly { readonly name: string }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-drift-'));
    const file = path.join(folder, 'problem.yaml');
    writeFileSync(file, SMALL_PROBLEM.replace('name: small', 'name: drift-cli'));
    written = await planStack(file);
    const wanted = plannedNodes(written.plan, path.join(written.folder, 'manifests', 'vanilla'), 'w0');
    nodes = wanted;
    await createNodes(wanted);
    await applyWritten(written, controlPlane);
  });

  afterAll(async () => {
    for (const { name } of nodes) await rest.delete(`/api/v1/nodes/${name}`);
    for (const { apiVersion, kind, name, namespace } of written.plan.objects) {
      if (namespace !== '') continue;
      const plural = kind === 'PriorityClass' ? 'priorityclasses' : `${kind.toLowerCase()}s`;
      const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      await rest.delete(`${root}/${plural}/${name}`);
    }
    await rest.delete('/api/v1/namespaces/plimsoll-system/configmaps/plimsoll-drift-cli');
    rmSync(written.folder, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  async function drift() {
    const finished = await plimsollBeside(['drift', written.folder, '--kubeconfig', kubeconfig, '--json']);
    return { exitCode: finished.exitCode, report: jsonOf(finished).result as DriftReport };
  }

  test('exits 0 right after apply: nothing of what the cluster made of the plan is drift', async () => {
    const { exitCode, report } = await drift();
    expect(report.objects?.findings).toEqual([]);
    expect(report.objects?.same).toBe(written.plan.objects.length);
    expect(report.objects?.lastApplied).toEqual({ isThisPlan: true, isComplete: true });
    expect(exitCode).toBe(0);
  });

  test('exits 5 when somebody scaled, edited and deleted by hand, and says what and who', async () => {
    const base = '/api/v1/namespaces/drift-cli';
    const [set] = written.plan.objects.filter(({ kind }) => kind === 'Deployment');
    const deployment = `/apis/apps/v1/namespaces/drift-cli/deployments/${set!.name}`;
    await rest.merge(deployment, { spec: { progressDeadlineSeconds: 9 } });
    await rest.merge(`${base}/services/helper`, { spec: { ports: [{ name: 'http', port: 81 }] } });
    await rest.delete(`${base}/serviceaccounts/helper`);
    const { exitCode, report } = await drift();
    const found = report.objects!.findings.map(({ kind, state, fields }) => ({
      kind,
      state,
      paths: fields.map((field) => field.path),
      managers: [...new Set(fields.flatMap((field) => field.managers))].length > 0,
    }));
    expect(found).toEqual([
      { kind: 'Deployment', state: 'changed', paths: ['spec.progressDeadlineSeconds'], managers: true },
      { kind: 'Service', state: 'changed', paths: ['spec.ports[port=80]'], managers: false },
      { kind: 'ServiceAccount', state: 'missing', paths: [], managers: false },
    ]);
    expect(exitCode).toBe(5);
  });
});
