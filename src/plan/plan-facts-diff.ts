import type { Assumption, PlanDocument, PolicyVerdict } from '../model/index.ts';
import { compareText } from '../units/index.ts';

/** Nodes of one offering in the window that has most of them, where that differs. */
export interface NodeChange {
  readonly offering: string;
  readonly before: number;
  readonly after: number;
}

/** Statements that the plans rest on, where they differ. */
export interface AssumptionChanges {
  readonly appeared: readonly Assumption[];
  readonly gone: readonly Assumption[];
}

/** Verdicts of policies that differ; a violation that is waived now is in `waived`, not in `resolved`. */
export interface VerdictChanges {
  readonly appeared: readonly PolicyVerdict[];
  readonly resolved: readonly PolicyVerdict[];
  readonly waived: readonly PolicyVerdict[];
}

/** Nodes bought whose number differs; sorted by offering. */
export function diffNodes(before: PlanDocument, after: PlanDocument): readonly NodeChange[] {
  const [old, fresh] = [nodeCounts(before), nodeCounts(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .sort(compareText)
    .map((offering) => ({
      offering,
      before: old.get(offering) ?? 0,
      after: fresh.get(offering) ?? 0,
    }))
    .filter((change) => change.before !== change.after);
}

function nodeCounts({ decision }: PlanDocument): ReadonlyMap<string, number> {
  return new Map(decision.nodes.map((item) => [item.offering, Math.max(0, ...Object.values(item.nodes))]));
}

/** Assumptions by what they say, whoever says them first; in the order of the plans. */
export function diffAssumptions(before: PlanDocument, after: PlanDocument): AssumptionChanges {
  const key = (item: Assumption): string => JSON.stringify([item.subject, item.statement, item.evidence]);
  const missingIn = (plan: PlanDocument): ((item: Assumption) => boolean) => {
    const known = new Set(plan.assumptions.map(key));
    return (item) => !known.has(key(item));
  };
  return {
    appeared: after.assumptions.filter(missingIn(before)),
    gone: before.assumptions.filter(missingIn(after)),
  };
}

/** Verdicts by rule, level and subject: advice that becomes mandatory is news. */
export function diffVerdicts(before: PlanDocument, after: PlanDocument): VerdictChanges {
  const key = (verdict: PolicyVerdict): string =>
    JSON.stringify([verdict.pack, verdict.rule, verdict.level, verdict.subject]);
  const having = (plan: PlanDocument, outcome: PolicyVerdict['outcome']): readonly PolicyVerdict[] =>
    plan.policy.verdicts.filter((item) => item.outcome === outcome);
  const without = (
    items: readonly PolicyVerdict[],
    known: readonly PolicyVerdict[],
  ): readonly PolicyVerdict[] => {
    const keys = new Set(known.map(key));
    return items.filter((item) => !keys.has(key(item)));
  };
  const [old, fresh] = [having(before, 'violation'), having(after, 'violation')];
  const waived = without(having(after, 'waived'), having(before, 'waived'));
  return { appeared: without(fresh, old), resolved: without(old, [...fresh, ...waived]), waived };
}
