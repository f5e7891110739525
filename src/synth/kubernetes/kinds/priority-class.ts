import type { Allocation } from '../../../model/index.ts';
import type { ObjectFacts } from '../api-object.ts';
import { stackLabels } from '../labels.ts';
import { shortenedName } from '../names.ts';

/**
 * Priority of the pods of a tier: base above surge, both above pods without a class (0) and far below the system's
 * own (2,000,000,000); values *assumed*.
 */
const PRIORITIES: Readonly<Record<Allocation['tier'], number>> = { base: 100_000, surge: 50_000 };

const DESCRIPTIONS: Readonly<Record<Allocation['tier'], string>> = {
  base: 'Replicas that carry the demand which must survive reclaims.',
  surge: 'Replicas beyond the base that may be lost.',
};

/** Largest value of a priority class that is not the system's, and the smallest (Kubernetes API, PriorityClass). */
const HIGHEST = 1_000_000_000;
const LOWEST = -2_147_483_648;

/** Name of the priority class of a tier of a stack; services may have a declared `priority` beside 0. */
export function priorityClassName(stack: string, tier: Allocation['tier'], priority = 0): string {
  if (priority === 0) return `${shortenedName(stack, 56)}-${tier}`;
  const declared = `${priority < 0 ? 'minus' : 'plus'}-${Math.abs(priority)}`;
  return `${shortenedName(stack, 38)}-${tier}-${declared}`;
}

/**
 * The priority class of a tier. A declared priority is added to the tier's own, so that pods of a plan are ordered among
 * themselves as declared and stay above pods without a class.
 */
export function priorityClass(stack: string, tier: Allocation['tier'], priority = 0): ObjectFacts {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: priorityClassName(stack, tier, priority), labels: stackLabels(stack) },
    value: Math.max(LOWEST, Math.min(HIGHEST, PRIORITIES[tier] + priority)),
    globalDefault: false,
    preemptionPolicy: tier === 'base' ? 'PreemptLowerPriority' : 'Never',
    description: DESCRIPTIONS[tier],
  };
}
