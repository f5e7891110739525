import type { PackingStep } from '../../optimize/index.ts';
import { PACK_FORMAT_VERSION } from '../../report/index.ts';
import type { PackLevel, PackReport, PackReportStep, UnplacedPod } from '../../report/index.ts';
import type { Cluster, ClusterPod } from './cluster.ts';
import type { ClusterProblem } from './packing-problem.ts';

/** What a packing answered, by index. */
export interface PackAnswer {
  readonly nodeOf: Int32Array;
  readonly mode: PackReport['mode'];
  readonly onlineRule?: string;
  readonly levels: readonly PackLevel[];
  readonly provenCounts: boolean;
  readonly alreadyOptimal: boolean;
  readonly moves: number;
  readonly movesBound: number;
  readonly stop: PackReport['stop'];
  readonly steps: readonly PackingStep[];
}

/** Puts an answer into names. */
export function packReport(
  cluster: Cluster,
  stated: ClusterProblem,
  answer: PackAnswer,
  lines: readonly string[],
): PackReport {
  const { problem, pods, staying, leftOut } = stated;
  const nodeName = (node: number): string => problem.nodes[node]!.name;
  return {
    formatVersion: PACK_FORMAT_VERSION,
    nodes: problem.nodes.length,
    pods: {
      considered: pods.length,
      staying: staying.length,
      pending: pods.filter((pod) => pod.node === undefined).length,
      completed: cluster.completedPods,
    },
    mode: answer.mode,
    ...(answer.onlineRule === undefined ? {} : { onlineRule: answer.onlineRule }),
    levels: answer.levels,
    provenCounts: answer.provenCounts,
    alreadyOptimal: answer.alreadyOptimal,
    moves: answer.moves,
    movesBound: answer.movesBound,
    evictions: pods.filter((pod, index) => pod.node !== undefined && answer.nodeOf[index]! < 0).length,
    steps: answer.steps.map((step) => reportStep(step, pods[step.pod]!, nodeName)),
    unplaced: [
      ...unplaced(stated, answer.nodeOf),
      ...leftOut.map((pod) => unplacedPod(pod, 'not-considered')),
    ],
    stop: answer.stop,
    considered: {
      resources: problem.resources,
      disruptionBudgets: cluster.budgets.length,
      notConsidered: lines,
    },
  };
}

function reportStep(step: PackingStep, pod: ClusterPod, nodeName: (node: number) => string): PackReportStep {
  return {
    action: step.kind,
    pod: pod.name,
    priority: pod.priority,
    ...(step.kind === 'place' ? {} : { from: nodeName(step.from) }),
    ...(step.kind === 'evict' ? { isPlacedLater: step.isPlacedLater } : { to: nodeName(step.to) }),
  };
}

function unplaced({ problem, pods }: ClusterProblem, nodeOf: Int32Array): readonly UnplacedPod[] {
  return pods
    .flatMap((pod, index) => {
      if (nodeOf[index]! >= 0) return [];
      const { requests, allowedNodes = [...problem.nodes.keys()] } = problem.pods[index]!;
      const fitsAlone = allowedNodes.some((node) =>
        requests.every((amount, r) => amount <= problem.nodes[node]!.capacity[r]!),
      );
      const reason = allowedNodes.length === 0 ? 'no-node-allowed' : fitsAlone ? 'no-room' : 'too-large';
      return [unplacedPod(pod, reason)];
    })
    .sort((a, b) => b.priority - a.priority || (a.pod < b.pod ? -1 : 1));
}

function unplacedPod({ name, priority }: ClusterPod, reason: UnplacedPod['reason']): UnplacedPod {
  return { pod: name, priority, reason };
}
