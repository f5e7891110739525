import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanDocument } from '../../src/model/index.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { livePods, placeOf, plannedSets } from './support/placement.ts';
import type { PlannedNode } from './support/planned-nodes.ts';
import {
  applyWritten,
  enterWindow,
  planStack,
  removeNodes,
  removeStack,
  settledPlacement,
} from './support/planned-run.ts';
import type { WrittenPlan } from './support/planned-run.ts';

const CASES = [
  { name: 'the chat example', stack: 'examples/chat/stack.ts' },
  { name: 'an application of forty services', stack: 'test/cluster/stacks/forty-services.ts' },
  { name: 'language models and services in one cluster', stack: 'test/cluster/stacks/mixed-fleet.ts' },
];

/** Milliseconds in which the scheduler has placed, or preempted for, the successors of lost pods where it can. */
const SETTLING = 10_000;

/** Milliseconds for planning and applying on a busy machine. */
const PLANNING = 600_000;

describeCluster('the real scheduler puts pods where the plan has them', (controlPlane) => {
  describe.each(CASES)('$name', ({ stack }) => {
    let written: WrittenPlan;
    let nodes: readonly PlannedNode[] = [];
    let busiest: string;

    beforeAll(async () => {
      written = await planStack(stack);
      busiest = busiestWindow(written.plan);
      nodes = await enterWindow(controlPlane, written, { window: busiest, present: [] });
      await applyWritten(written, controlPlane);
    }, PLANNING);

    afterAll(async () => {
      await removeStack(controlPlane, written, nodes);
    });

    test(
      'in window after window, and none anywhere else',
      async () => {
        const { plan } = written;
        const shares: Record<string, number> = {};
        const windows = plan.decision.windows.map(({ id }) => id);
        for (const window of [...windows, busiest]) {
          nodes = await enterWindow(controlPlane, written, { window, present: nodes });
          const { share, differences } = await settledPlacement(controlPlane, plan, window);
          expect({ window, differences }).toEqual({ window, differences: [] });
          shares[window] = share;
        }
        console.log(`${plan.stack}: pods as planned by window ${JSON.stringify(shares)}`);
      },
      PLANNING,
    );

    test('without the spot nodes of a zone, the rest holds what the plan promised', async () => {
      const { plan } = written;
      const lost = nodes.filter((node) => isSpot(node) && node.zone === nodes.find(isSpot)?.zone);
      expect(lost.length).toBeGreaterThan(0);
      const before = await stayingPods(lost);
      await removeNodes(controlPlane.rest, lost);
      nodes = nodes.filter((node) => !lost.includes(node));
      // Everything that ran elsewhere still runs where it was, whatever the lost pods' successors want.
      await sleep(SETTLING);
      const after = new Set(await stayingPods(lost));
      expect(before.filter((name) => !after.has(name))).toEqual([]);
      expect(await shortWorkloads(plan, busiest)).toEqual([]);
    });

    /** Names of the stack's running pods that lie on other nodes. */
    async function stayingPods(lost: readonly PlannedNode[]): Promise<readonly string[]> {
      const names = new Set(lost.map(({ name }) => name));
      const pods = await controlPlane.rest.list(
        `/api/v1/pods?labelSelector=app.kubernetes.io/part-of=${written.plan.stack}`,
      );
      return pods
        .filter((pod) => pod.status.phase === 'Running' && !names.has(pod.spec.nodeName as string))
        .map((pod) => pod.metadata.name as string)
        .sort();
    }

    /** Workloads whose running pods carry less than the window's peak. */
    async function shortWorkloads(plan: PlanDocument, window: string): Promise<readonly string[]> {
      const { running } = await livePods(controlPlane.rest, plan.stack);
      const counted = plannedSets(plan).map((set) => {
        const pods = [...running]
          .filter(([key]) => key.startsWith(`${placeOf(set)} · `))
          .reduce((sum, [, count]) => sum + count, 0);
        return { set, replicas: pods / set.podsPerReplica };
      });
      const replicasOf = (workload: string): number =>
        counted
          .filter(({ set }) => set.workload === workload)
          .reduce((sum, { replicas }) => sum + replicas, 0);
      const peaks = plan.decision.windows.find(({ id }) => id === window)?.peakRate ?? {};
      const rateOf = (workload: string): number =>
        counted
          .filter(({ set }) => set.workload === workload)
          .reduce(
            (sum, { set, replicas }) =>
              sum +
              replicas *
                (plan.decision.allocations.find(({ id }) => id === set.id)?.plannedRatePerReplica ?? 0),
            0,
          );
      return [
        ...plan.decision.workloads
          .filter(({ workload }) => rateOf(workload) < (peaks[workload] ?? 0))
          .map(
            ({ workload }) =>
              `${workload}: ${rateOf(workload)} of ${peaks[workload] ?? 0} requests per second`,
          ),
        ...(plan.decision.services ?? [])
          .filter(({ workload, load }) => replicasOf(workload) < (load[window]?.needed ?? 0))
          .map(
            ({ workload, load }) =>
              `${workload}: ${replicasOf(workload)} of ${load[window]?.needed ?? 0} replicas`,
          ),
      ];
    }
  });
});

function isSpot(node: PlannedNode): boolean {
  return node.labels?.['karpenter.sh/capacity-type'] === 'spot';
}

/** The window with the most pods. */
function busiestWindow({ decision }: PlanDocument): string {
  const pods = (window: string): number =>
    [...decision.allocations, ...(decision.serviceAllocations ?? [])]
      .flatMap(({ replicas }) => Object.values(replicas[window] ?? {}))
      .reduce((sum, count) => sum + count, 0);
  const [first, ...others] = decision.windows.map(({ id }) => id);
  return others.reduce((best, window) => (pods(window) > pods(best) ? window : best), first ?? '');
}
