import type { Offering, TimeWindow } from '../../model/index.ts';
import type { Term } from '../solvers/index.ts';
import { demandOf, rateTerms, replicasOf } from './draft.ts';
import type { Draft, ReplicaVariable } from './draft.ts';
import { failureUnits, replicasPerNode } from './placement-problem.ts';
import type { FailureUnit, PlacementWorkload } from './placement-problem.ts';

/**
 * Rows that keep the demand of a workload met after each loss it must survive. Losing a group takes every replica
 * on it. Losing nodes of an offering takes, of each candidate, as many replicas as those nodes can hold or as are
 * planned there, whichever is less: the worst packing, since the cluster's scheduler decides where pods land.
 */
export function addFailureRows(draft: Draft, workload: PlacementWorkload, window: TimeWindow): void {
  const protection = draft.protection.get(workload.id) ?? 'none';
  const demand = demandOf(workload, window);
  if (protection === 'none' || demand <= 0) return;
  const replicas = replicasOf(draft, workload, window);
  const used = draft.problem.offerings.filter((offering) =>
    replicas.some((v) => v.offering.id === offering.id),
  );
  const units = failureUnits(used, protection);
  const losses = new LossColumns(draft);
  for (const failed of lossesToSurvive(units, protection === 'two-units')) {
    const gone = new Set(
      failed.filter((unit) => unit.kind === 'group').flatMap((unit) => unit.offerings.map((o) => o.id)),
    );
    const terms = rateTerms(replicas.filter((v) => !gone.has(v.offering.id)));
    for (const [offering, count] of lostNodes(failed)) {
      for (const v of replicas.filter((item) => item.offering.id === offering.id)) {
        terms.push([losses.column(v, count), -1 * v.option.rate]);
      }
    }
    const name = `survive/${workload.id}/${failed.map((unit) => unit.id).join(' + ')}/${window.id}`;
    draft.builder.row(name, { lower: demand }, terms);
  }
}

/** Each unit alone, or each two units together; the same node unit may fail twice (two nodes of one offering). */
export function lossesToSurvive(
  units: readonly FailureUnit[],
  areTwo: boolean,
): readonly (readonly FailureUnit[])[] {
  if (!areTwo) return units.map((unit) => [unit]);
  if (units.length === 1 && units[0]?.kind === 'group') return [units];
  return units.flatMap((first, i) =>
    units.slice(first.kind === 'node' ? i : i + 1).map((second) => [first, second]),
  );
}

/** Nodes lost per offering. */
function lostNodes(failed: readonly FailureUnit[]): Map<Offering, number> {
  const lost = new Map<Offering, number>();
  for (const unit of failed) {
    const [offering] = unit.offerings;
    if (unit.kind === 'node' && offering !== undefined) lost.set(offering, (lost.get(offering) ?? 0) + 1);
  }
  return lost;
}

/** Makes, once each, the columns that stand for min(replicas, what the lost nodes hold). */
class LossColumns {
  readonly #draft: Draft;
  readonly #made = new Map<string, number>();

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /**
   * A continuous column u that a row may only profit from making small, held above min(n, held) by
   * u ≥ n − (upper − held)·b and u ≥ held·b with binary b.
   */
  column(v: ReplicaVariable, nodes: number): number {
    const key = `${v.column}/${nodes}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const { builder } = this.#draft;
    const held = Math.min(v.upper, nodes * replicasPerNode(v.option.candidate, v.offering));
    const name = `${v.option.candidate.id}/${v.offering.id}/${v.window.id}/${nodes}`;
    const lost = builder.column({ name: `lost/${name}`, cost: 0, lower: 0, upper: held, isInteger: false });
    const isFull = builder.count(`full/${name}`, 1);
    const below: Term[] = [
      [lost, 1],
      [v.column, -1],
      [isFull, v.upper - held],
    ];
    builder.row(`lost-planned/${name}`, { lower: 0 }, below);
    builder.row(`lost-held/${name}`, { lower: 0 }, [
      [lost, 1],
      [isFull, -held],
    ]);
    this.#made.set(key, lost);
    return lost;
  }
}
