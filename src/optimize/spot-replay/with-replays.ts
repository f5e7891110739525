import type {
  AvailabilityEvidence,
  Decision,
  Offering,
  ServiceDecision,
  WorkloadDecision,
} from '../../model/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { replayedAvailability } from './replayed-availability.ts';
import type { HeldReplicas, HeldWindow } from './replayed-availability.ts';

type TracesOf = ReadonlyMap<string, readonly AvailabilityTrace[]>;

/**
 * The decision with the replay of traces in the availability of every workload whose spot capacity they tell of; the decision itself without traces.
 * @param tracesOf traces by offering id, at most one per campaign
 */
export function withReplays(
  decision: Decision,
  offerings: readonly Offering[],
  tracesOf: TracesOf,
): Decision {
  if (tracesOf.size === 0) return decision;
  const byId = new Map(offerings.map((offering) => [offering.id, offering]));
  const replayed = (
    availability: AvailabilityEvidence,
    windows: readonly HeldWindow[],
  ): AvailabilityEvidence => {
    const found = replayedAvailability(windows, tracesOf);
    return found === undefined ? availability : { ...availability, replayedAvailability: found };
  };
  return {
    ...decision,
    workloads: decision.workloads.map((item) => ({
      ...item,
      availability: replayed(item.availability, modelWindows(decision, item, byId)),
    })),
    ...(decision.services === undefined
      ? {}
      : {
          services: decision.services.map((item) => ({
            ...item,
            availability: replayed(item.availability, serviceWindows(decision, item, byId)),
          })),
        }),
  };
}

function modelWindows(
  { windows, allocations, nodes }: Decision,
  { workload, chosen }: WorkloadDecision,
  offerings: ReadonlyMap<string, Offering>,
): readonly HeldWindow[] {
  const own = allocations.filter((item) => item.workload === workload);
  return windows.map((window) => ({
    needed: window.peakRate[workload] ?? 0,
    held: own.flatMap((item) =>
      Object.entries(item.replicas[window.id] ?? {}).map(([zone, replicas]): HeldReplicas => {
        const offering = `${item.pool}/${zone}/${item.capacityType}`;
        const startup = chosen.find(({ candidate }) => candidate.id === item.candidate.id)?.startup ?? 0;
        const bought = nodes
          .filter((group) => group.offering === offering)
          .reduce((sum, group) => sum + (group.nodes[window.id] ?? 0), 0);
        return {
          ...{ offering, replicas, nodes: Math.max(1, bought), role: item.candidate.role },
          worth: item.plannedRatePerReplica,
          repairSeconds: (offerings.get(offering)?.nodeStartup ?? 0) + startup,
        };
      }),
    ),
  }));
}

function serviceWindows(
  { windows, packing }: Decision,
  { workload, shape, load }: ServiceDecision,
  offerings: ReadonlyMap<string, Offering>,
): readonly HeldWindow[] {
  return windows.map((window) => {
    const own = (packing ?? []).filter(
      (group) => group.window === window.id && (group.pods[workload] ?? 0) > 0,
    );
    const held = [...Map.groupBy(own, ({ offering }) => offering)].map(
      ([offering, groups]): HeldReplicas => ({
        ...{ offering, worth: 1, role: '' },
        nodes: groups.reduce((sum, group) => sum + group.nodes, 0),
        replicas: groups.reduce((sum, group) => sum + group.nodes * (group.pods[workload] ?? 0), 0),
        repairSeconds: (offerings.get(offering)?.nodeStartup ?? 0) + shape.startup,
      }),
    );
    return { held, needed: load[window.id]?.needed ?? 0 };
  });
}
