import type { Allocation, PlanDocument, SolutionStatus } from '../model/index.ts';
import { compareText, microUsd, sumUsd } from '../units/index.ts';
import type { MicroUsd } from '../units/index.ts';
import { diffDeclared, diffPrices } from './change-reasons.ts';
import type { PriceChange } from './change-reasons.ts';
import { diffValues } from './object-diff.ts';
import type { ObjectChange } from './object-diff.ts';
import { diffAssumptions, diffNodes, diffVerdicts } from './plan-facts-diff.ts';
import type { AssumptionChanges, NodeChange, VerdictChanges } from './plan-facts-diff.ts';
import { diffAims, diffLimits, diffSlo } from './promise-diff.ts';
import type { AimChange, LimitChange, SloChange } from './promise-diff.ts';
import { diffServices, isSameServices } from './service-diff.ts';
import type { ServicesDiff } from './service-diff.ts';
import { changedInputs } from './stale.ts';
import type { ChangedInput } from './stale.ts';
import { diffWorkloads } from './workload-diff.ts';
import type { WorkloadChange } from './workload-diff.ts';

/** A plain Kubernetes object. */
export type PlainManifest = Readonly<Record<string, unknown>>;

/** A plan with the objects written beside it, keyed by path. */
export interface PlanWithObjects {
  readonly plan: PlanDocument;
  readonly manifests: ReadonlyMap<string, PlainManifest>;
}

/** Money before and after; `delta` = after − before. */
export interface CostChange {
  readonly subject: string;
  readonly before: MicroUsd;
  readonly after: MicroUsd;
  readonly delta: MicroUsd;
}

/** One pod set that appears, vanishes, or changes its candidate or replicas. */
export interface AllocationChange {
  readonly id: string;
  readonly action: 'added' | 'removed' | 'changed';
  readonly before?: AllocationSummary;
  readonly after?: AllocationSummary;
  /** What differs field by field, where the pod set stays. */
  readonly fields?: readonly ObjectChange[];
}

/** What a reviewer compares of a pod set. */
export interface AllocationSummary {
  readonly candidate: string;
  readonly capacityType: string;
  /** Fewest and most replicas over the windows, all zones together. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** What happens to one object in the cluster. */
export interface ObjectDiff {
  readonly path: string;
  readonly subject: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly changes: readonly ObjectChange[];
}

/** The difference between two plans, computed; printing is `report`'s. */
export interface PlanDiff {
  readonly stack: { readonly before: string; readonly after: string };
  readonly isEmpty: boolean;
  readonly status: { readonly before: SolutionStatus; readonly after: SolutionStatus };
  readonly gap: { readonly before: number; readonly after: number };
  /** Whether the plans may be applied: no mandatory policy is violated. */
  readonly applicable: { readonly before: boolean; readonly after: boolean };
  readonly inputs: readonly ChangedInput[];
  /** What is declared otherwise, field by field. */
  readonly declared: readonly ObjectChange[];
  readonly prices: readonly PriceChange[];
  readonly workloads: readonly WorkloadChange[];
  readonly cost: CostChange;
  /** By workload and by what none uses, `(idle)` say; the differences sum to that of `cost`. */
  readonly workloadCosts: readonly CostChange[];
  readonly allocations: readonly AllocationChange[];
  /** Absent where neither plan has services. */
  readonly services?: ServicesDiff;
  /** All nodes bought; how services fill theirs is in `services`. */
  readonly nodes: readonly NodeChange[];
  readonly aims: readonly AimChange[];
  readonly slo: readonly SloChange[];
  readonly limits: readonly LimitChange[];
  readonly objects: readonly ObjectDiff[];
  readonly policy: VerdictChanges;
  readonly assumptions: AssumptionChanges;
}

/** Compares two plans and their objects; every list is sorted. */
export function diffPlans(before: PlanWithObjects, after: PlanWithObjects): PlanDiff {
  const inputs = changedInputs(before.plan.inputs, after.plan.inputs);
  const allocations = diffAllocations(before.plan, after.plan);
  const objects = diffManifests(before.manifests, after.manifests);
  const cost = costChange('total', before.plan.cost.totalPerMonth, after.plan.cost.totalPerMonth);
  const policy = diffVerdicts(before.plan, after.plan);
  const aims = diffAims(before.plan, after.plan);
  const slo = diffSlo(before.plan, after.plan);
  const limits = diffLimits(before.plan, after.plan);
  const services = diffServices(before.plan, after.plan);
  const isEmpty =
    inputs.length === 0 &&
    allocations.length === 0 &&
    isSameServices(services) &&
    objects.length === 0 &&
    cost.delta === 0 &&
    policy.appeared.length + policy.resolved.length + policy.waived.length === 0 &&
    aims.length === 0 &&
    [...slo, ...limits].every(
      (change) => change.risk === 'same' || change.before?.value === change.after?.value,
    );
  return {
    stack: { before: before.plan.stack, after: after.plan.stack },
    isEmpty,
    status: { before: before.plan.decision.status, after: after.plan.decision.status },
    gap: { before: before.plan.decision.gap, after: after.plan.decision.gap },
    applicable: { before: before.plan.applicable, after: after.plan.applicable },
    inputs,
    declared: diffDeclared(before.plan, after.plan),
    prices: diffPrices(before.plan, after.plan),
    workloads: diffWorkloads(before.plan, after.plan),
    cost,
    workloadCosts: diffWorkloadCosts(before.plan, after.plan),
    allocations,
    ...(services === undefined ? {} : { services }),
    nodes: diffNodes(before.plan, after.plan),
    aims,
    slo,
    limits,
    objects,
    policy,
    assumptions: diffAssumptions(before.plan, after.plan),
  };
}

/** Fewest and most replicas of an allocation over the windows, all zones together. */
export function replicaRange(allocation: Allocation): { readonly min: number; readonly max: number } {
  const totals = Object.values(allocation.replicas).map((zones) =>
    Object.values(zones).reduce((sum, n) => sum + n, 0),
  );
  return totals.length === 0 ? { min: 0, max: 0 } : { min: Math.min(...totals), max: Math.max(...totals) };
}

/** Compares the objects of two plans, matched by path. */
export function diffManifests(
  before: ReadonlyMap<string, PlainManifest>,
  after: ReadonlyMap<string, PlainManifest>,
): readonly ObjectDiff[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  return paths.flatMap((path): ObjectDiff[] => {
    const old = before.get(path);
    const fresh = after.get(path);
    if (old === undefined)
      return fresh === undefined ? [] : [{ path, subject: subjectOf(fresh), action: 'create', changes: [] }];
    if (fresh === undefined) return [{ path, subject: subjectOf(old), action: 'delete', changes: [] }];
    const changes = diffValues(old, fresh);
    return changes.length === 0 ? [] : [{ path, subject: subjectOf(fresh), action: 'update', changes }];
  });
}

function subjectOf(manifest: PlainManifest): string {
  const metadata = (manifest['metadata'] ?? {}) as { name?: string; namespace?: string };
  const name =
    metadata.namespace === undefined ? (metadata.name ?? '') : `${metadata.namespace}/${metadata.name ?? ''}`;
  return `${String(manifest['kind'])} ${name}`;
}

function costChange(subject: string, before: MicroUsd, after: MicroUsd): CostChange {
  return { subject, before, after, delta: microUsd(after - before) };
}

function diffWorkloadCosts(before: PlanDocument, after: PlanDocument): readonly CostChange[] {
  const [old, fresh] = [costsBySubject(before), costsBySubject(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .sort(compareText)
    .map((name) => costChange(name, old.get(name) ?? microUsd(0), fresh.get(name) ?? microUsd(0)))
    .filter((change) => change.delta !== 0);
}

/** Cost by workload, and by what no workload uses: lines of a bill that are of none, `(idle)` say. */
function costsBySubject({ cost }: PlanDocument): ReadonlyMap<string, MicroUsd> {
  const costs = new Map(cost.workloads.map((item) => [item.workload, item.perMonth]));
  const shared = Map.groupBy(
    cost.lineItems.filter((item) => !costs.has(item.workload)),
    (item) => item.workload,
  );
  for (const [subject, items] of shared) costs.set(subject, sumUsd(items.map((item) => item.effectiveCost)));
  return costs;
}

function diffAllocations(before: PlanDocument, after: PlanDocument): readonly AllocationChange[] {
  const old = new Map(before.decision.allocations.map((item) => [item.id, item]));
  const fresh = new Map(after.decision.allocations.map((item) => [item.id, item]));
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .sort(compareText)
    .flatMap((id): AllocationChange[] => {
      const was = old.get(id);
      const is = fresh.get(id);
      if (was === undefined) return is === undefined ? [] : [{ id, action: 'added', after: summary(is) }];
      if (is === undefined) return [{ id, action: 'removed', before: summary(was) }];
      const fields = diffValues(was, is);
      return fields.length === 0
        ? []
        : [{ id, action: 'changed', before: summary(was), after: summary(is), fields }];
    });
}

function summary(allocation: Allocation): AllocationSummary {
  const { min, max } = replicaRange(allocation);
  return {
    candidate: allocation.candidate.id,
    capacityType: allocation.capacityType,
    minReplicas: min,
    maxReplicas: max,
  };
}
