import { whyNotPaired } from '../../catalog/index.ts';
import type { EngineFacts } from '../../catalog/index.ts';
import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { Candidate, Role } from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import { routerOf } from '../engines/routers.ts';
import type { RouterTable } from '../engines/routers.ts';
import type { DeclaredWorkload } from './declared.ts';
import type { PodSet } from './pod-set.ts';

/** A workload with all its pod sets and, where prefill and decode are apart, what joins them. */
export interface ServedWorkload {
  readonly stack: string;
  readonly workload: DeclaredWorkload;
  /** At least one, sorted as they came. */
  readonly podSets: readonly PodSet[];
  /** Absent when every pod answers whole requests. */
  readonly router?: RouterTable;
}

/**
 * Pod sets by workload, sorted by its id. Errors (`synth-unsupported`): a workload with one of the two roles only, in all or
 * in some hours; with whole and split replicas side by side; roles that cannot hand over to each other; an engine without
 * a router.
 */
export function servedWorkloads(podSets: readonly PodSet[]): Outcome<readonly ServedWorkload[]> {
  const groups = sortedBy(
    Map.groupBy(podSets, (podSet) => podSet.workload.id),
    ([id]) => id,
  );
  const outcomes = groups.map(([, members]) => servedWorkload(members));
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  return success(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])));
}

/** The pod sets of a role. */
export function podSetsOf(podSets: readonly PodSet[], role: Role): readonly PodSet[] {
  return podSets.filter((podSet) => podSet.allocation.candidate.role === role);
}

function servedWorkload(podSets: readonly PodSet[]): Outcome<ServedWorkload> {
  const [first] = podSets;
  if (first === undefined) throw new Error('a workload without pod sets');
  const { stack, workload } = first;
  if (podSets.every((podSet) => podSet.allocation.candidate.role === 'aggregated')) {
    return success({ stack, workload, podSets });
  }
  const { engine } = first.allocation.candidate;
  const router = routerOf(engine);
  const problems = [
    ...roleProblems(podSets),
    ...pairProblems(podSets),
    ...(router === undefined ? [`no router is known that joins prefill and decode pods of ${engine}`] : []),
  ];
  if (router === undefined || problems.length > 0) {
    return failure(...problems.map((problem) => cannotServe(workload, problem)));
  }
  return success({ stack, workload, podSets, router });
}

function roleProblems(podSets: readonly PodSet[]): readonly string[] {
  if (podSetsOf(podSets, 'aggregated').length > 0) {
    return [
      'some replicas serve whole requests while others serve one phase, and one router cannot hold both',
    ];
  }
  return (['prefill', 'decode'] as const).flatMap((role) => {
    const members = podSetsOf(podSets, role);
    if (members.length === 0) return [`it has no ${role} replicas`];
    const hours = members[0]?.replicas.hourly ?? [];
    const isServed = hours.every((_, hour) =>
      members.some(({ replicas }) => (replicas.hourly[hour] ?? 0) > 0),
    );
    return isServed ? [] : [`it has no ${role} replicas in some hours of the week`];
  });
}

function pairProblems(podSets: readonly PodSet[]): readonly string[] {
  const reasons = podSetsOf(podSets, 'prefill').flatMap((prefill) =>
    podSetsOf(podSets, 'decode').flatMap((decode) => {
      const reason = whyNotPaired(
        engineFacts(prefill.allocation.candidate),
        engineFacts(decode.allocation.candidate),
      );
      return reason === undefined ? [] : [reason.replace(/\.$/, '')];
    }),
  );
  return [...new Set(reasons)];
}

/** Pairs are judged by engine, version, format and cut alone; the kind of model does not matter to them. */
function engineFacts(candidate: Candidate): EngineFacts {
  return {
    engine: candidate.engine,
    version: candidate.engineVersion,
    role: candidate.role,
    parallelism: candidate.parallelism,
    weightPrecision: candidate.weightPrecision,
    kvPrecision: candidate.kvPrecision,
    architecture: { kind: 'dense' },
    nodes: candidate.podGroup.nodes,
  };
}

function cannotServe(workload: DeclaredWorkload, problem: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `Prefill and decode of ${workload.id} cannot be deployed apart: ${problem}.`,
    path: `problem.workloads[${workload.id}]`,
    fix: 'Plan with aggregated replicas, or with another engine.',
  });
}
