/** A stack planned and applied by the real commands, on nodes that KWOK keeps. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PlanDocument } from '../../../src/model/index.ts';
import { ROOT } from '../../support/run-command.ts';
import { scaleByClock } from './autoscaler.ts';
import type { ControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import { compare, livePods, plannedPods, type Placement } from './placement.ts';
import { plannedNodes, type PlannedNode } from './planned-nodes.ts';

/** A plan and where it was written. */
export interface WrittenPlan {
  readonly folder: string;
  readonly plan: PlanDocument;
}

/** Plans a stack (path from the root of the checkout) into a folder of its own, which the caller removes. */
export async function planStack(stack: string, flags: readonly string[] = []): Promise<WrittenPlan> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-placement-'));
  await command(['plan', stack, '--out', folder, ...flags]);
  return { folder, plan: JSON.parse(readFileSync(path.join(folder, 'plan.json'), 'utf8')) as PlanDocument };
}

/** Applies the plan with the administrator's kubeconfig and waits until all waves are ready. Gives the seconds it took. */
export async function applyWritten({ folder }: WrittenPlan, { kubeconfig }: ControlPlane): Promise<number> {
  const started = performance.now();
  await command([
    'apply',
    path.join(folder, 'plan.json'),
    '--yes',
    '--timeout',
    '3min',
    '--kubeconfig',
    kubeconfig,
  ]);
  return (performance.now() - started) / 1000;
}

/** Runs the built command line without blocking this process; rejects with its messages where it does not end with 0. */
export function command(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'bin', 'plimsoll.js'), ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let messages = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (messages += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`plimsoll ${args.join(' ')} ended with ${code}:\n${output}\n${messages}`));
    });
  });
}

/**
 * Brings the cluster to a window of the plan as autoscaler and Karpenter would: new nodes first, replicas by the clock, and nodes that the window does
 * not have emptied and taken away. Gives the nodes that then are there.
 */
export async function enterWindow(
  { rest, createNodes }: ControlPlane,
  written: WrittenPlan,
  { window, present }: { readonly window: string; readonly present: readonly PlannedNode[] },
): Promise<readonly PlannedNode[]> {
  const { plan } = written;
  const wanted = plannedNodes(plan, path.join(written.folder, 'manifests', 'vanilla'), window);
  const here = new Set(present.map(({ name }) => name));
  await createNodes(wanted.filter(({ name }) => !here.has(name)));
  const hour = plan.decision.windows.find(({ id }) => id === window)?.hours[0] ?? 0;
  await scaleByClock(rest, plan.stack, hour);
  const needed = new Set(wanted.map(({ name }) => name));
  await removeNodes(
    rest,
    present.filter(({ name }) => !needed.has(name)),
  );
  return wanted;
}

/** Cordons nodes, takes their pods away, and deletes them: what is left when a provider takes its capacity back. */
export async function removeNodes(rest: ControlPlane['rest'], nodes: readonly PlannedNode[]): Promise<void> {
  await Promise.all(
    nodes.map(({ name }) => rest.merge(`/api/v1/nodes/${name}`, { spec: { unschedulable: true } })),
  );
  const names = new Set(nodes.map(({ name }) => name));
  const pods = (await rest.list('/api/v1/pods')).filter((pod) => names.has(pod.spec.nodeName as string));
  await Promise.all(
    pods.map(({ metadata }) => rest.delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`)),
  );
  await Promise.all(nodes.map(({ name }) => rest.delete(`/api/v1/nodes/${name}`)));
}

/** Waits until every pod of the window lies as planned, or nothing moves any more; gives how plan and cluster then compare. */
export async function settledPlacement(
  { rest }: ControlPlane,
  plan: PlanDocument,
  window: string,
): Promise<Placement> {
  const planned = plannedPods(plan, window);
  let last = '';
  let since = Date.now();
  const read = async (): Promise<Placement> => {
    const { running, pending } = await livePods(rest, plan.stack);
    const placement = withWaiting(compare(planned, running), pending.length);
    const state = placement.differences.join('\n');
    if (state !== last) [last, since] = [state, Date.now()];
    return placement;
  };
  return eventually(
    read,
    ({ differences }) => differences.length === 0 || Date.now() - since > QUIET_MILLISECONDS,
    300,
  );
}

/** A placement beside which pods still wait for a node. */
function withWaiting(placement: Placement, waiting: number): Placement {
  if (waiting === 0) return placement;
  return { ...placement, differences: [...placement.differences, `${waiting} pods wait for a node`] };
}

/** Nothing moved for this long: the scheduler has tried pods that did not fit again by then (its back-off ends at 10 s). */
const QUIET_MILLISECONDS = 25_000;

/** Takes everything of a stack out of the cluster, and its folder from the disk. */
export async function removeStack(
  { rest }: ControlPlane,
  { plan, folder }: WrittenPlan,
  nodes: readonly PlannedNode[],
): Promise<void> {
  const selector = `?labelSelector=app.kubernetes.io/part-of=${plan.stack}`;
  const kinds = [
    '/api/v1/namespaces',
    '/apis/scheduling.k8s.io/v1/priorityclasses',
    '/apis/karpenter.sh/v1/nodepools',
    '/apis/karpenter.sh/v1alpha1/nodeoverlays',
  ];
  for (const kind of kinds) {
    for (const { metadata } of await rest.list(`${kind}${selector}`))
      await rest.delete(`${kind}/${metadata.name}`);
  }
  await rest.delete(`/api/v1/namespaces/plimsoll-system/configmaps/plimsoll-${plan.stack}`);
  await removeNodes(rest, nodes);
  rmSync(folder, { recursive: true, force: true });
}
