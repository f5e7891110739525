import type { Offering, ServiceAllocation, ServiceDecision } from '../../../model/index.ts';
import type { DeclaredPool } from '../declared.ts';
import type { ReplicaRange, ZonalPart, ZoneSpread } from '../pod-set.ts';
import type { ProviderTraits } from '../providers.ts';
import type { DeclaredService } from './declared-service.ts';

/** A microservice that the plan deploys, with all its pod sets. */
export interface PlannedService {
  readonly stack: string;
  readonly service: DeclaredService;
  /** Absent where the plan does not hold it. */
  readonly decision?: ServiceDecision;
  /** Sorted by id; at least one. */
  readonly podSets: readonly ServicePodSet[];
  /** Services of the plan that it keeps apart from and that are deployed by us, sorted. */
  readonly apartFrom: readonly DeclaredService[];
}

/** One allocation of a service with everything its objects need, names looked up. */
export interface ServicePodSet {
  /** Name of its Deployment. */
  readonly name: string;
  readonly pool: DeclaredPool;
  readonly allocation: ServiceAllocation;
  readonly traits: ProviderTraits;
  /** Offerings of its pool and capacity type in the zones it uses, sorted by id; at least one. */
  readonly offerings: readonly Offering[];
  readonly replicas: ReplicaRange;
  readonly zones: ZoneSpread;
  /** Whether its pods look for the fullest node, as the plan fills nodes. */
  readonly isPacked?: true;
  /** Present where it is one zone's part of its allocation: the name that all parts share, and the value of the zone label. */
  readonly part?: Pick<ZonalPart, 'whole' | 'zone'>;
  /** Present where the nodes of its offering are told apart: the number of its node. */
  readonly slot?: string;
}

/** One pod set and the service it belongs to. */
export interface ServiceMember {
  readonly planned: PlannedService;
  readonly podSet: ServicePodSet;
}
