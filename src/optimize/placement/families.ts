import type { PlacementProblem, PlacementWorkload } from './placement-problem.ts';

/** A family of rows that people know as one constraint, and the problem without it. */
export interface ConstraintFamily {
  /** Stable id, shared with the checks: `quota/h100`, `spot-share/chat`. */
  readonly id: string;
  readonly kind: 'budget' | 'quota' | 'spot-share' | 'tolerance' | 'availability' | 'zone-spread';
  /** Id of the budget, pool or workload; empty for the spread over zones. */
  readonly subject: string;
  /** In words a finance reader understands. */
  readonly description: string;
  lift(problem: PlacementProblem): PlacementProblem;
}

/** Every family that a problem declares, in a stable order; limits that allow everything are no constraint. */
export function constraintFamilies(problem: PlacementProblem): readonly ConstraintFamily[] {
  const quotas = Object.entries(problem.maxNodes)
    .filter(([, limit]) => Number.isFinite(limit))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pool, limit]) => quota(pool, limit));
  const budgets = problem.budgets.map((item): ConstraintFamily => {
    const whose = item.team === '' ? 'the fleet' : `team ${item.team}`;
    return {
      id: `budget/${item.id}`,
      kind: 'budget',
      subject: item.id,
      description: `Budget ${item.id} of ${whose}`,
      lift: (p) => ({ ...p, budgets: p.budgets.filter((other) => other.id !== item.id) }),
    };
  });
  const spread: readonly ConstraintFamily[] = problem.isSpread
    ? [
        {
          id: 'zone-spread',
          kind: 'zone-spread',
          subject: '',
          description: 'Even spread of base nodes over the zones of a pool',
          lift: (p) => ({ ...p, isSpread: false }),
        },
      ]
    : [];
  return [...budgets, ...quotas, ...problem.workloads.flatMap(workloadFamilies), ...spread];
}

function quota(pool: string, limit: number): ConstraintFamily {
  return {
    id: `quota/${pool}`,
    kind: 'quota',
    subject: pool,
    description: `At most ${limit} nodes in pool ${pool}`,
    lift: (p) => ({ ...p, maxNodes: { ...p.maxNodes, [pool]: Infinity } }),
  };
}

function workloadFamilies(workload: PlacementWorkload): readonly ConstraintFamily[] {
  const families: ConstraintFamily[] = [];
  const add = (
    kind: 'spot-share' | 'tolerance' | 'availability',
    description: string,
    change: Partial<PlacementWorkload>,
  ): void => {
    families.push({
      id: `${kind}/${workload.id}`,
      kind,
      subject: workload.id,
      description,
      lift: (p) => changeWorkload(p, workload.id, change),
    });
  };
  if (workload.maxSpotShare < 1) {
    const percent = Math.round(workload.maxSpotShare * 1000) / 10;
    add('spot-share', `At most ${percent} % of the replicas and rate of ${workload.id} on spot`, {
      maxSpotShare: 1,
    });
  }
  if (workload.tolerates !== 'nothing') {
    const what = workload.tolerates === 'node' ? 'a node' : 'a correlation group';
    add('tolerance', `${workload.id} serves its demand after losing ${what}`, { tolerates: 'nothing' });
  }
  if (workload.availability > 0) {
    const percent = Number((workload.availability * 100).toPrecision(8));
    add('availability', `${workload.id} has full capacity ${percent} % of the time`, { availability: 0 });
  }
  return families;
}

/** The problem with some facts of one workload changed. */
export function changeWorkload(
  problem: PlacementProblem,
  id: string,
  change: Partial<PlacementWorkload>,
): PlacementProblem {
  return {
    ...problem,
    workloads: problem.workloads.map((workload) =>
      workload.id === id ? { ...workload, ...change } : workload,
    ),
  };
}
