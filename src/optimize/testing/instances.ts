import { INDEPENDENT_NODES, NO_PARALLELISM } from '../../model/index.ts';
import type { Candidate, CapacityType, InstanceType, Offering, TimeWindow } from '../../model/index.ts';
import { bytes, bytesPerSecond, gib, requestsPerSecond, seconds, usdPerHour } from '../../units/index.ts';
import type { PlacementOption, PlacementProblem, PlacementWorkload } from '../placement/placement-problem.ts';

const PROVENANCE = { evidence: 'assumed', source: 'hand-made test instance' } as const;

/** What a hand-made offering says; the rest is the same for all. For tests only. */
export interface OfferingFacts {
  readonly pool: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
  readonly price: number;
  readonly accelerators: number;
  readonly group?: string;
  readonly monthly?: number;
}

/** An offering with `accelerators` per node at `price` USD/hour. */
export function offering(facts: OfferingFacts): Offering {
  const { pool, zone, capacityType, price, accelerators } = facts;
  const isSpot = capacityType === 'spot';
  const monthly = facts.monthly ?? (isSpot ? 0.2 : 0.01);
  return {
    id: `${pool}/${zone}/${capacityType}`,
    pool,
    provider: 'test',
    region: 'r1',
    zone,
    instanceType: instance(pool, accelerators),
    capacityType,
    price: usdPerHour(price),
    priceProvenance: PROVENANCE,
    listPrice: usdPerHour(price),
    interruption: { monthlyLow: 0, monthlyHigh: monthly, notice: seconds(120), provenance: PROVENANCE },
    correlationGroup: facts.group ?? (isSpot ? `${zone}/${pool}` : INDEPENDENT_NODES),
    nodeStartup: seconds(300),
    interNodeBandwidth: bytesPerSecond(5e10),
  };
}

function instance(pool: string, accelerators: number): InstanceType {
  return {
    name: `${pool}.large`,
    provider: 'test',
    family: pool,
    cpuArchitecture: 'amd64',
    vcpus: 96,
    memory: gib(1024),
    accelerator: { name: 'h100-sxm', count: accelerators },
    networkBandwidth: bytesPerSecond(4e11),
    allocatable: { cpuMillicores: 95_000, memory: gib(1000), pods: 100 },
    provenance: PROVENANCE,
  };
}

/** An option that takes `size` accelerators on each of `nodes` nodes and carries `rate` requests/s. */
export function option(facts: {
  readonly workload: string;
  readonly pool: string;
  readonly size: number;
  readonly rate: number;
  readonly nodes?: number;
}): PlacementOption {
  const candidate: Candidate = {
    id: `${facts.workload}/${facts.pool}/vllm-fp8-tp${facts.size}${facts.nodes === undefined ? '' : `-x${facts.nodes}`}`,
    workload: facts.workload,
    pool: facts.pool,
    instanceType: `${facts.pool}.large`,
    accelerator: 'h100-sxm',
    engine: 'vllm',
    engineVersion: '0.19.0',
    role: 'aggregated',
    parallelism: { ...NO_PARALLELISM, tensorParallel: facts.size },
    weightPrecision: 'fp8',
    kvPrecision: 'bf16',
    batch: { maxBatchedTokens: 8192, maxSequences: 256 },
    maxModelLength: 8192,
    podGroup: {
      nodes: facts.nodes ?? 1,
      acceleratorsPerNode: facts.size,
      cpuMillicores: 1000 * facts.size,
      memory: gib(8 * facts.size),
      sharedMemory: bytes(0),
    },
  };
  return { candidate, rate: requestsPerSecond(facts.rate), startup: seconds(180) };
}

/** A window of `hours` hours starting at hour `from` with these rates. */
export function window(
  id: string,
  hours: readonly [number, number],
  rates: Record<string, number>,
): TimeWindow {
  return {
    id,
    hours: Array.from({ length: hours[1] - hours[0] }, (_, i) => hours[0] + i),
    peakRate: Object.fromEntries(
      Object.entries(rates).map(([workload, rate]) => [workload, requestsPerSecond(rate)]),
    ),
  };
}

/** A workload that tolerates nothing and promises nothing unless told otherwise. */
export function workload(
  id: string,
  options: readonly PlacementOption[],
  facts: Partial<PlacementWorkload> = {},
): PlacementWorkload {
  return {
    id,
    team: '',
    maxSpotShare: 1,
    tolerates: 'nothing',
    availability: 0,
    isUniform: false,
    options,
    ...facts,
  };
}

/** A problem without quotas, budgets and spreading unless told otherwise; offerings are sorted by id. */
export function problem(
  facts: Pick<PlacementProblem, 'windows' | 'offerings' | 'workloads'> & Partial<PlacementProblem>,
): PlacementProblem {
  const offerings = [...facts.offerings].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { maxNodes: {}, budgets: [], isSpread: false, ...facts, offerings };
}
