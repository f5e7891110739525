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

/** Name of the priority class of a tier of a stack. */
export function priorityClassName(stack: string, tier: Allocation['tier']): string {
  return `${shortenedName(stack, 56)}-${tier}`;
}

/** The priority class of a tier. */
export function priorityClass(stack: string, tier: Allocation['tier']): ObjectFacts {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: priorityClassName(stack, tier), labels: stackLabels(stack) },
    value: PRIORITIES[tier],
    globalDefault: false,
    preemptionPolicy: tier === 'base' ? 'PreemptLowerPriority' : 'Never',
    description: DESCRIPTIONS[tier],
  };
}
