import { INDEPENDENT_NODES } from '../../model/index.ts';
import type { Budget, Candidate, Offering, Slo, TimeWindow } from '../../model/index.ts';
import type { RequestsPerSecond, Seconds } from '../../units/index.ts';

/** A candidate that may be placed, with what placement needs to know of it. */
export interface PlacementOption {
  readonly candidate: Candidate;
  /** Rate one replica is planned to carry: the lower end of its capacity interval; > 0. */
  readonly rate: RequestsPerSecond;
  /** From pod start until the replica answers. */
  readonly startup: Seconds;
}

/** A workload to place. */
export interface PlacementWorkload {
  readonly id: string;
  readonly team: string;
  readonly maxSpotShare: number;
  readonly tolerates: Slo['tolerates'];
  /** Share of time at which full capacity must stand; 0 asks for nothing. */
  readonly availability: number;
  /** Whether all replicas must be of one option: requests are spread evenly, so the weakest would break first. */
  readonly isUniform: boolean;
  /** In order of preference: ties go to the earlier. */
  readonly options: readonly PlacementOption[];
  /** Ids of offerings that it is kept off although its options run there; absent means none. */
  readonly barred?: ReadonlySet<string>;
}

/** Everything that decides a placement. Lifting or relaxing a constraint makes another problem. */
export interface PlacementProblem {
  readonly windows: readonly TimeWindow[];
  /** Sorted by id. */
  readonly offerings: readonly Offering[];
  /** Most nodes per quota id (a pool's own id, unless `quotaOf` says otherwise), all offerings together; absent or Infinity means unlimited. */
  readonly maxNodes: Readonly<Record<string, number>>;
  /** The quota that the nodes of a pool count against, by pool id; pools left out have one of their own. */
  readonly quotaOf?: Readonly<Record<string, string>>;
  readonly workloads: readonly PlacementWorkload[];
  readonly budgets: readonly Budget[];
  /** Whether nodes that are not spot are spread evenly over the zones of their pool. */
  readonly isSpread: boolean;
}

/**
 * How many simultaneous losses demand must survive: none; one node; one unit (a correlation group, or a node of
 * independent capacity); or two units.
 */
export type Protection = 'none' | 'node' | 'unit' | 'two-units';

/** What an SLO's tolerance asks for. */
export const PROTECTION_OF: Readonly<Record<Slo['tolerates'], Protection>> = {
  nothing: 'none',
  node: 'node',
  'correlation-group': 'unit',
};

/** Something that fails as a whole: a correlation group (all its offerings), or one node of one offering. */
export interface FailureUnit {
  readonly id: string;
  readonly kind: 'group' | 'node';
  readonly offerings: readonly Offering[];
}

/** Whether replicas on this capacity are base replicas (they stay) rather than surge replicas (spot). */
export function isBase(offering: Offering): boolean {
  return offering.capacityType !== 'spot';
}

/** The units that may fail among `offerings`; with `node` protection every offering fails node by node. */
export function failureUnits(offerings: readonly Offering[], protection: Protection): readonly FailureUnit[] {
  const units: FailureUnit[] = [];
  const groups = new Map<string, Offering[]>();
  for (const offering of offerings) {
    if (offering.correlationGroup === INDEPENDENT_NODES || protection === 'node') {
      units.push({ id: `node of ${offering.id}`, kind: 'node', offerings: [offering] });
    } else {
      groups.set(offering.correlationGroup, [...(groups.get(offering.correlationGroup) ?? []), offering]);
    }
  }
  for (const [group, members] of groups)
    units.push({ id: `group ${group}`, kind: 'group', offerings: members });
  return units;
}

/** Replicas of which at least one pod fits on one node: what the loss of a node can take at most. */
export function replicasPerNode(candidate: Candidate, offering: Offering): number {
  const { podGroup } = candidate;
  const { accelerator, allocatable } = offering.instanceType;
  return Math.min(
    ratio(accelerator?.count ?? 0, podGroup.acceleratorsPerNode),
    ratio(allocatable.cpuMillicores, podGroup.cpuMillicores),
    ratio(allocatable.memory, podGroup.memory),
    allocatable.pods,
  );
}

function ratio(available: number, asked: number): number {
  return asked > 0 ? Math.floor(available / asked) : Infinity;
}

/** Share of one node that one replica takes, for budgets of teams: accelerators, or processors where there are none. */
export function nodeShare(candidate: Candidate, offering: Offering): number {
  const { podGroup } = candidate;
  const accelerators = offering.instanceType.accelerator?.count ?? 0;
  return accelerators > 0
    ? (podGroup.nodes * podGroup.acceleratorsPerNode) / accelerators
    : (podGroup.nodes * podGroup.cpuMillicores) / offering.instanceType.allocatable.cpuMillicores;
}

/** The quota that the nodes of a pool count against. */
export function quotaIdOf(problem: Pick<PlacementProblem, 'quotaOf'>, pool: string): string {
  return problem.quotaOf?.[pool] ?? pool;
}

/** The options of a workload that run on an offering: those of its pool of which a pod fits on a node; none where it is barred. */
export function optionsOn(workload: PlacementWorkload, offering: Offering): readonly PlacementOption[] {
  if (workload.barred?.has(offering.id) === true) return [];
  return workload.options.filter(
    (option) => option.candidate.pool === offering.pool && replicasPerNode(option.candidate, offering) >= 1,
  );
}
