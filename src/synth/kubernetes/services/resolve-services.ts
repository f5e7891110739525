import { failure, hasErrors, success } from '../../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../../diagnostics/index.ts';
import type { Offering, ServiceAllocation } from '../../../model/index.ts';
import { sortedBy } from '../../../units/index.ts';
import type { SynthesisSource } from '../../files.ts';
import { declaredPool } from '../declared.ts';
import type { DeclaredPool } from '../declared.ts';
import { MAX_POD_SET_NAME, podSetNames, shortenedName } from '../names.ts';
import { inSlot, nodeSlots, slotNotes } from '../node-slots.ts';
import type { NodeSlots } from '../node-slots.ts';
import { keepsZones, offeringsOf, replicaRange, zonalParts, zoneSpread } from '../placement.ts';
import { providerTraits } from '../providers.ts';
import { hourlyReplicas } from '../schedule.ts';
import { declaredServices } from './declared-service.ts';
import type { DeclaredService } from './declared-service.ts';
import type { PlannedService, ServicePodSet } from './planned-service.ts';
import { refusedEnvironment, serviceRemarks, unknownPart } from './service-diagnostics.ts';

/**
 * The microservices of a plan that have an image, sorted by id, with their pod sets; allocations without replicas in
 * any window are left out. Time grows with allocations and offerings, not with their product.
 * Errors, all of them at once: `synth-unsupported` for allocations whose service, pool or offering the plan does not hold
 * and for environment variables whose names Kubernetes refuses. Warnings and notes tell what is left to the user.
 */
export function resolveServices(source: SynthesisSource): Outcome<readonly PlannedService[]> {
  const declared = declaredServices(source.problem);
  const used = usedAllocations(source);
  const strangers = used.filter(({ workload }) => !declared.has(workload));
  const problems = strangers.map((allocation) => unknownPart(allocation, 'service'));
  const deployed = used.filter(({ workload }) => (declared.get(workload)?.image ?? '') !== '');
  const podSets = resolveServicePodSets(source, deployed);
  problems.push(...podSets.diagnostics);
  const services = podSets.ok ? plannedServices(source, declared, podSets.value) : [];
  problems.push(...services.flatMap(({ service }) => refusedEnvironment(service)));
  if (hasErrors(problems)) return failure(...problems);
  const planned = new Set(used.map(({ workload }) => workload));
  const remarks = serviceRemarks(
    services,
    [...declared.values()].filter((service) => planned.has(service.id)),
  );
  return success(services, [...remarks, ...slotNotes(source)]);
}

function usedAllocations({ decision }: SynthesisSource): readonly ServiceAllocation[] {
  return sortedBy(decision.serviceAllocations ?? [], (allocation) => allocation.id).filter((allocation) =>
    hourlyReplicas(allocation, decision.windows).some((count) => count > 0),
  );
}

function resolveServicePodSets(
  source: SynthesisSource,
  allocations: readonly ServiceAllocation[],
): Outcome<readonly ServicePodSet[]> {
  const names = podSetNames(
    allocations,
    ({ id }) => id,
    ({ id, workload, pool, shape, capacityType }) => [id, workload, pool, shape.id, capacityType],
  );
  const offerings = Map.groupBy(source.offerings, placeOf);
  const slots = nodeSlots(source);
  const pools = new Map<string, DeclaredPool | undefined>();
  const problems: Diagnostic[] = [];
  const podSets = allocations.flatMap((allocation): readonly ServicePodSet[] => {
    if (!pools.has(allocation.pool)) {
      pools.set(allocation.pool, declaredPool(source.problem, allocation));
    }
    const pool = pools.get(allocation.pool);
    const own = offeringsOf(offerings.get(placeOf(allocation)) ?? [], allocation);
    if (pool === undefined || own.length === 0) {
      problems.push(unknownPart(allocation, 'pool'));
      return [];
    }
    const name = names.get(allocation) ?? allocation.id;
    return podSetsOf(source, { name, allocation, pool, offerings: own }, slots);
  });
  return problems.length > 0 ? failure(...problems) : success(podSets);
}

type PodSetFacts = Pick<ServicePodSet, 'name' | 'allocation' | 'pool' | 'offerings'>;

/** One pod set, or one for each zone, or each node, where the stack wants that. */
function podSetsOf(
  source: SynthesisSource,
  facts: PodSetFacts,
  slots: ReadonlyMap<string, NodeSlots>,
): readonly ServicePodSet[] {
  return zonalParts(facts.allocation, source.problem.placement).flatMap(({ allocation, zone }) => {
    const offerings = offeringsOf(facts.offerings, allocation);
    const [offering, ...others] = offerings;
    const ofOffering = others.length > 0 || offering === undefined ? undefined : slots.get(offering.id);
    const part = { ...facts, allocation, offerings };
    const name = zone === undefined ? facts.name : `${facts.name}-${zone}`;
    if (ofOffering === undefined || offering === undefined) {
      return [podSetOf(source, { ...part, name }, zone === undefined ? undefined : facts.name)];
    }
    return slotParts(part, offering.zone, ofOffering).map(({ slot, ...onSlot }) => ({
      ...podSetOf(source, { ...part, ...onSlot, name: `${name}-${slot}` }, facts.name),
      slot,
    }));
  });
}

/** The slots that hold pods of an allocation in any window, with what they hold. */
function slotParts(
  { allocation }: PodSetFacts,
  zone: string,
  slots: NodeSlots,
): readonly { readonly slot: string; readonly allocation: ServiceAllocation }[] {
  return Array.from({ length: slots.count }, (_, slot) => ({
    slot: String(slot),
    allocation: { ...allocation, replicas: inSlot(allocation, zone, slots, slot) },
  })).filter(({ allocation: { replicas } }) =>
    Object.values(replicas).some((byZone) => Object.keys(byZone).length > 0),
  );
}

/** A pod set; `whole` is the name of all parts of its allocation where it is one of them. */
function podSetOf({ decision, problem }: SynthesisSource, facts: PodSetFacts, whole?: string): ServicePodSet {
  const { allocation, pool } = facts;
  const traits = providerTraits(pool.provider, allocation.capacityType);
  const zones = zoneSpread(allocation, decision.windows, { traits, region: pool.region });
  return {
    ...facts,
    name: shortenedName(facts.name, MAX_POD_SET_NAME),
    traits,
    replicas: replicaRange(allocation, decision.windows),
    zones,
    ...(keepsZones(problem.placement) ? { isPacked: true } : {}),
    ...(whole === undefined ? {} : { part: { whole, zone: zones.labels[0] ?? '' } }),
  };
}

function placeOf({ pool, capacityType }: Pick<Offering, 'pool' | 'capacityType'>): string {
  return `${pool}\n${capacityType}`;
}

function plannedServices(
  source: SynthesisSource,
  declared: ReadonlyMap<string, DeclaredService>,
  podSets: readonly ServicePodSet[],
): readonly PlannedService[] {
  const decisions = new Map(source.decision.services?.map((item) => [item.workload, item]));
  const groups = Map.groupBy(podSets, ({ allocation }) => allocation.workload);
  return sortedBy(groups, ([id]) => id).flatMap(([id, members]): readonly PlannedService[] => {
    const service = declared.get(id);
    if (service === undefined) return [];
    const decision = decisions.get(id);
    return [
      {
        stack: source.stack,
        service,
        ...(decision === undefined ? {} : { decision }),
        podSets: members,
        apartFrom: service.apartFrom.flatMap((other) => {
          const found = declared.get(other);
          return found === undefined || found.image === '' ? [] : [found];
        }),
      },
    ];
  });
}
