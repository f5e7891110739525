/**
 * Time that `plimsoll apply` takes for many objects on a real control plane of this machine.
 *
 *     npm run bench:apply -- --json [--objects 1000] [--pods 2]
 *
 * Plans an application of equal services (five or so objects each) with the command line, starts etcd, kube-apiserver, kube-scheduler, controllers and
 * KWOK (docs/cluster-tests.md) with nodes as planned, and applies the plan by the command line three times: from nothing until every pod is ready,
 * again without a change, and after every object was changed by a new image. Wall time of the whole process; the control plane runs on the
 * same cores. Goal: 1,000 objects from nothing in less than 60 s on two cores. No data folder is needed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import type { PlanDocument, ProblemDocument, ServiceDocument } from '../src/model/index.ts';
import { startControlPlane } from '../test/cluster/support/control-plane.ts';
import { plannedNodes } from '../test/cluster/support/planned-nodes.ts';
import { command } from '../test/cluster/support/planned-run.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    objects: { type: 'string', default: '1000' },
    pods: { type: 'string', default: '2' },
  },
});

const GOAL = { objects: 1000, seconds: 60 } as const;

/** Objects of a service with a port: ServiceAccount, Service, PodDisruptionBudget, NetworkPolicy, Deployment. */
const OBJECTS_PER_SERVICE = 5;

/** What was measured; wall seconds of the whole command. */
interface ApplyFigures {
  readonly objects: number;
  readonly pods: number;
  readonly nodes: number;
  readonly cores: number;
  /** From nothing until every pod is ready. */
  readonly firstSeconds: number;
  /** Again, nothing to do. */
  readonly unchangedSeconds: number;
  /** Every Deployment rolled to another image. */
  readonly changedSeconds: number;
  readonly goal: typeof GOAL;
}

/** Services of one size and a fixed number of replicas, so that planning is a matter of seconds. */
function problemOf(services: number, replicas: number, image: string): ProblemDocument {
  const service = (index: number): ServiceDocument => ({
    id: `s${String(index).padStart(4, '0')}`,
    image,
    port: 8080,
    performance: { fixed: { resources: { requests: { cpu: '100m', memory: '128Mi' } }, replicas } },
    slo: { tolerates: 'nothing' },
  });
  return {
    apiVersion: 'plimsoll.dev/v1alpha1',
    name: 'bench-apply',
    pools: [
      {
        id: 'nodes',
        provider: 'aws',
        region: 'us-east-1',
        zones: ['us-east-1a', 'us-east-1b'],
        instanceType: 'm7i.4xlarge',
        capacityTypes: ['on-demand'],
        daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
      },
    ],
    workloads: [],
    services: Array.from({ length: services }, (_, index) => service(index)),
  };
}

async function plan(folder: string, problem: ProblemDocument): Promise<PlanDocument> {
  const file = path.join(folder, 'problem.yaml');
  writeFileSync(file, stringify(problem));
  await command(['plan', file, '--out', path.join(folder, 'plan'), '--time-limit', '30s']);
  return JSON.parse(readFileSync(path.join(folder, 'plan', 'plan.json'), 'utf8')) as PlanDocument;
}

async function measure(folder: string): Promise<ApplyFigures | undefined> {
  const services = Math.ceil(Number(values.objects) / OBJECTS_PER_SERVICE);
  const replicas = Number(values.pods);
  const first = await plan(folder, problemOf(services, replicas, 'ghcr.io/example/service:1.0'));
  const controlPlane = await startControlPlane();
  if (controlPlane === undefined) return undefined;
  try {
    const window = first.decision.windows[0]?.id ?? '';
    const nodes = plannedNodes(first, path.join(folder, 'plan', 'manifests', 'vanilla'), window);
    await controlPlane.createNodes(nodes);
    const apply = async (): Promise<number> => {
      const started = performance.now();
      await command([
        'apply',
        path.join(folder, 'plan', 'plan.json'),
        '--yes',
        '--kubeconfig',
        controlPlane.kubeconfig,
      ]);
      return (performance.now() - started) / 1000;
    };
    const firstSeconds = await apply();
    const unchangedSeconds = await apply();
    await plan(folder, problemOf(services, replicas, 'ghcr.io/example/service:1.1'));
    const changedSeconds = await apply();
    return {
      objects: first.objects.length,
      pods: services * replicas,
      nodes: nodes.length,
      cores: availableParallelism(),
      firstSeconds,
      unchangedSeconds,
      changedSeconds,
      goal: GOAL,
    };
  } finally {
    await controlPlane.stop();
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-bench-apply-'));
try {
  const figures = await measure(folder);
  if (figures === undefined) process.exitCode = 1;
  else if (values.json) console.log(JSON.stringify(figures, undefined, 2));
  else {
    const { objects, pods, firstSeconds, unchangedSeconds, changedSeconds } = figures;
    console.log(`${objects} objects, ${pods} pods: ${firstSeconds.toFixed(1)} s from nothing`);
    console.log(
      `${unchangedSeconds.toFixed(1)} s unchanged, ${changedSeconds.toFixed(1)} s with another image`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
