import type {
  BindingConstraint,
  HardwarePool,
  Offering,
  ResolvedProblem,
  ServiceShape,
  ServiceWorkload,
  TimeWindow,
} from '../../model/index.ts';
import type { PackQuota } from '../packing/index.ts';
import { obstacleOf } from './allowed-offerings.ts';
import type { Obstacle } from './allowed-offerings.ts';
import { replicasFor } from './service-fleet.ts';
import type { Cell, FleetService, ServiceFleet } from './service-fleet.ts';

/** A fleet, or why some service cannot be placed at all. */
export type FleetOutcome =
  | { readonly ok: true; readonly fleet: ServiceFleet }
  | { readonly ok: false; readonly binding: readonly BindingConstraint[] };

/** The offerings and cells that services may use, with their load by window. Says which service has no place or too few replicas. */
export function buildFleet(problem: ResolvedProblem, windows: readonly TimeWindow[]): FleetOutcome {
  const pools = new Map(problem.problem.pools.map((pool) => [pool.id, pool]));
  const offerings = problem.offerings.filter((offering) => pools.has(offering.pool));
  const capacities = offerings.map((offering) => capacityOf(offering, pools.get(offering.pool)));
  const cells = cellsOf(offerings);
  const cellOf = new Int32Array(offerings.length);
  cells.forEach((cell, index) => cell.offerings.forEach((offering) => (cellOf[offering] = index)));
  const binding: BindingConstraint[] = [];
  const allowed: number[][] = [];
  const services = problem.services.map(({ workload, shapes, hourlyRate }): FleetService => {
    const rates = windows.map((window) => Math.max(0, ...window.hours.map((hour) => hourlyRate[hour] ?? 0)));
    const obstacles = new Map<Obstacle, number>();
    const own: number[] = [];
    offerings.forEach((offering, index) => {
      const pool = pools.get(offering.pool);
      const capacity = capacities[index];
      if (pool === undefined || capacity === undefined) return;
      const obstacle = obstacleOf(workload, shapes, { offering, pool, capacity });
      if (obstacle === undefined) own.push(index);
      else obstacles.set(obstacle, (obstacles.get(obstacle) ?? 0) + 1);
    });
    allowed.push(own);
    if (own.length === 0) binding.push(noPlace(workload, obstacles));
    else binding.push(...tooFewReplicas(workload, shapes, Math.max(0, ...rates)));
    const ownCells = [...new Set(own.map((index) => cellOf[index] ?? 0))].sort((a, b) => a - b);
    return { workload, shapes, rates, cells: ownCells };
  });
  if (binding.length > 0) return { ok: false, binding };
  const quotas = quotasOf(offerings, pools, problem);
  return { ok: true, fleet: { services, offerings, capacities, cells, windows, quotas, allowed } };
}

function capacityOf(offering: Offering, pool: HardwarePool | undefined): readonly number[] {
  const { cpuMillicores, memory, pods } = offering.instanceType.allocatable;
  const taken = pool?.daemonsets;
  return [
    Math.max(0, cpuMillicores - (taken?.cpuMillicores ?? 0)),
    Math.max(0, memory - (taken?.memory ?? 0)),
    Math.max(0, pods - (taken?.pods ?? 0)),
  ];
}

function cellsOf(offerings: readonly Offering[]): readonly Cell[] {
  const byId = new Map<string, number[]>();
  const zones = new Map<string, Set<string>>();
  for (const { correlationGroup, zone } of offerings) {
    zones.set(correlationGroup, (zones.get(correlationGroup) ?? new Set()).add(zone));
  }
  offerings.forEach((offering, index) => {
    const isWide = (zones.get(offering.correlationGroup)?.size ?? 0) > 1;
    const id =
      isWide && offering.capacityType === 'spot'
        ? `${offering.zone}: ${groupOf(offering)}`
        : groupOf(offering);
    const list = byId.get(id);
    if (list === undefined) byId.set(id, [index]);
    else list.push(index);
  });
  return [...byId]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, list]): Cell => {
      const first = offerings[list[0] ?? 0];
      return {
        id,
        kind: first?.capacityType === 'spot' ? 'spot' : 'base',
        zone: first?.zone ?? '',
        group: first === undefined ? id : groupOf(first),
        offerings: list,
      };
    });
}

/** What an offering is lost with: its correlation group where it is spot capacity, else its zone's base capacity. */
export function groupOf(offering: Offering): string {
  return offering.capacityType === 'spot' ? offering.correlationGroup : `${offering.zone}/base`;
}

function quotasOf(
  offerings: readonly Offering[],
  pools: ReadonlyMap<string, HardwarePool>,
  problem: ResolvedProblem,
): readonly PackQuota[] {
  const members = (has: (pool: HardwarePool) => boolean): number[] =>
    offerings.flatMap((offering, index) => {
      const pool = pools.get(offering.pool);
      return pool !== undefined && has(pool) ? [index] : [];
    });
  const mixes = problem.problem.mixes
    .filter((mix) => Number.isFinite(mix.maxNodes))
    .map((mix) => ({ id: mix.id, nodes: members((pool) => pool.mix === mix.id), most: mix.maxNodes }));
  const single = [...pools.values()]
    .filter((pool) => pool.mix === undefined && Number.isFinite(pool.maxNodes))
    .map((pool) => ({ id: pool.id, nodes: members((other) => other.id === pool.id), most: pool.maxNodes }));
  return [...mixes, ...single].filter((quota) => quota.nodes.length > 0);
}

const OBSTACLES: Readonly<Record<Obstacle, string>> = {
  pool: 'lie in pools that it does not name',
  accelerators: 'have accelerators, which are kept for pods that ask for them',
  architecture: 'have another CPU architecture than its image',
  taint: 'have a taint that it does not tolerate',
  'node-selector': 'lack a label that it selects',
  spot: 'are spot capacity, which it does not take',
  size: 'are too small for one pod',
};

const REMEDIES: Readonly<Record<Obstacle, string>> = {
  pool: 'name more pools in pools, or none',
  accelerators: 'declare a pool without accelerators',
  architecture:
    'build the image for more architectures and state them in architectures, or offer nodes of this one',
  taint: 'tolerate the taint in tolerations, or offer nodes without it',
  'node-selector': 'label a pool, or remove the selector',
  spot: 'offer on-demand capacity, or raise maxSpotShare',
  size: 'offer larger nodes, or lower the requests',
};

function noPlace(workload: ServiceWorkload, obstacles: ReadonlyMap<Obstacle, number>): BindingConstraint {
  const told = [...obstacles].sort(([, a], [, b]) => b - a);
  const reasons = told.map(([obstacle, count]) => `${count} ${OBSTACLES[obstacle]}`).join('; ');
  const [main] = told;
  return {
    constraint: `placement/${workload.id}`,
    description: `No offering can hold ${workload.id}: of ${told.reduce((sum, [, count]) => sum + count, 0)} offerings ${reasons}`,
    ...(main === undefined ? {} : { relaxation: { change: REMEDIES[main[0]] } }),
  };
}

function tooFewReplicas(
  workload: ServiceWorkload,
  shapes: readonly ServiceShape[],
  peak: number,
): readonly BindingConstraint[] {
  if (shapes.some((shape) => Number.isFinite(replicasFor(workload, shape, peak)))) return [];
  const fewest = Math.min(...shapes.map((shape) => Math.ceil(peak / shape.ratePerReplica)));
  return [
    {
      constraint: `replicas/${workload.id}`,
      description: `${workload.id} needs ${fewest} replicas for ${peak.toPrecision(4)} requests/s, but may have ${workload.replicas.max}`,
      relaxation: { change: `set replicas.max of ${workload.id} to ${fewest} at least` },
    },
  ];
}
