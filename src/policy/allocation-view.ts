import type { Allocation, Candidate, Decision, TimeWindow } from '../model/index.ts';
import type { AllocationView, CandidateView } from './views.ts';

/** The time window named `w0`: the busiest one; undefined when nothing was planned. */
export function busiestWindow(decision: Decision): TimeWindow | undefined {
  return decision.windows.find((window) => window.id === 'w0') ?? decision.windows[0];
}

/** Replicas of a pod set in one window, all zones together. */
export function replicasIn(allocation: Allocation, window: string): number {
  return Object.values(allocation.replicas[window] ?? {}).reduce((total, count) => total + count, 0);
}

/** Zones in which a pod set has replicas in one window, sorted. */
export function zonesIn(allocation: Allocation, window: string): readonly string[] {
  return Object.entries(allocation.replicas[window] ?? {})
    .filter(([, count]) => count > 0)
    .map(([zone]) => zone)
    .sort();
}

/** A pod set as rules see it. */
export function allocationView(allocation: Allocation, decision: Decision): AllocationView {
  const windows = decision.windows.map((window) => window.id);
  const busiest = busiestWindow(decision);
  return {
    ...candidateView(allocation.candidate),
    id: allocation.id,
    workload: allocation.workload,
    candidate: allocation.candidate.id,
    pool: allocation.pool,
    instanceType: allocation.instanceType,
    capacityType: allocation.capacityType,
    tier: allocation.tier,
    replicas: Object.fromEntries(windows.map((window) => [window, replicasIn(allocation, window)])),
    peakReplicas: busiest === undefined ? 0 : replicasIn(allocation, busiest.id),
    zones: [...new Set(windows.flatMap((window) => zonesIn(allocation, window)))].sort(),
    plannedRatePerReplica: allocation.plannedRatePerReplica,
  };
}

/** A candidate as rules see it. */
export function candidateView(candidate: Candidate): CandidateView {
  return {
    id: candidate.id,
    pool: candidate.pool,
    instanceType: candidate.instanceType,
    accelerator: candidate.accelerator,
    engine: candidate.engine,
    engineVersion: candidate.engineVersion,
    role: candidate.role,
    tensorParallel: candidate.parallelism.tensorParallel,
    pipelineParallel: candidate.parallelism.pipelineParallel,
    dataParallel: candidate.parallelism.dataParallel,
    expertParallel: candidate.parallelism.expertParallel,
    contextParallel: candidate.parallelism.contextParallel,
    weightPrecision: candidate.weightPrecision,
    kvPrecision: candidate.kvPrecision,
    maxBatchedTokens: candidate.batch.maxBatchedTokens,
    maxSequences: candidate.batch.maxSequences,
    maxModelLength: candidate.maxModelLength,
    nodes: candidate.podGroup.nodes,
    acceleratorsPerNode: candidate.podGroup.acceleratorsPerNode,
  };
}
