import { priceDecision } from '../../src/cost/index.ts';
import type {
  Offering,
  PackedNodes,
  PlanDocument,
  Problem,
  ServiceAllocation,
  ServiceDecision,
  ServiceShape,
} from '../../src/model/index.ts';
import { buildPlan } from '../../src/plan/index.ts';
import type { PlanParts } from '../../src/plan/index.ts';
import { bytes, gib, requestsPerSecond, seconds, usd, usdPerHour } from '../../src/units/index.ts';

const MEASURED = { evidence: 'measured', source: 'load test', date: '2026-10-01' } as const;

function offering(zone: string, capacityType: 'on-demand' | 'spot', price: number): Offering {
  return {
    id: `general-m7i-large/${zone}/${capacityType}`,
    pool: 'general-m7i-large',
    provider: 'aws',
    region: 'us-east-1',
    zone,
    instanceType: {
      name: 'm7i.large',
      provider: 'aws',
      family: 'm7i',
      cpuArchitecture: 'amd64',
      vcpus: 2,
      memory: gib(8),
      networkBandwidth: 1e9,
      allocatable: { cpuMillicores: 2000, memory: gib(8), pods: 29 },
      provenance: MEASURED,
    },
    capacityType,
    price: usdPerHour(price),
    listPrice: usdPerHour(0.1),
    priceProvenance: { evidence: 'published', source: 'price list', date: '2026-10-01' },
    interruption: { monthlyLow: 0.01, monthlyHigh: 0.05, notice: seconds(120), provenance: MEASURED },
    correlationGroup: capacityType === 'spot' ? `${zone}/m7i` : '',
    nodeStartup: seconds(60),
    interNodeBandwidth: 1e9,
  } as unknown as Offering;
}

const OFFERINGS = [
  offering('us-east-1a', 'on-demand', 0.1),
  offering('us-east-1b', 'on-demand', 0.1),
  offering('us-east-1b', 'spot', 0.04),
];

function shape(workload: string, cpuMillicores: number, rate: number): ServiceShape {
  return {
    id: `${workload}/${cpuMillicores}m-1024Mi`,
    workload,
    resources: { cpuMillicores, memory: bytes(2 ** 30), cpuLimitMillicores: 0, memoryLimit: bytes(2 ** 30) },
    servers: 1,
    ratePerReplica: requestsPerSecond(rate),
    ...(Number.isFinite(rate)
      ? {
          evidence: {
            requestRate: requestsPerSecond(rate),
            utilisation: 0.7,
            latency: { p50: seconds(0.01), p99: seconds(0.06) },
            provenance: MEASURED,
          },
        }
      : {}),
    startup: seconds(20),
  };
}

const WEB = shape('web', 1000, 50);
const WORKER = shape('worker', 500, Infinity);

function podSet(
  of: ServiceShape,
  capacityType: 'on-demand' | 'spot',
  w0: object,
  w1: object,
): ServiceAllocation {
  const { workload } = of;
  return {
    id: `${workload}-general-m7i-large-${capacityType}`,
    workload,
    shape: of,
    pool: 'general-m7i-large',
    instanceType: 'm7i.large',
    capacityType,
    tier: capacityType === 'spot' ? 'surge' : 'base',
    replicas: { w0, w1 } as ServiceAllocation['replicas'],
  };
}

function decisionOf(of: ServiceShape, planned: readonly [number, number], achieved: number): ServiceDecision {
  const load = (rate: number, count: number): ServiceDecision['load'][string] => ({
    requestRate: requestsPerSecond(rate),
    needed: count - 1,
    planned: count,
  });
  return {
    workload: of.workload,
    shape: of,
    load: { w0: load(90, planned[0]), w1: load(20, planned[1]) },
    ...(of === WEB
      ? {
          response: {
            requestRate: requestsPerSecond(90),
            utilisation: 0.6,
            latency: { p50: seconds(0.02), p99: seconds(0.075) },
            provenance: MEASURED,
          },
        }
      : {}),
    availability: {
      workload: of.workload,
      target: 0.999,
      achieved,
      scenarios: [
        {
          failed: 'nothing',
          probability: 0.9999,
          remainingRate: requestsPerSecond(150),
          meetsDemand: true,
        },
        {
          failed: 'us-east-1b/m7i',
          probability: 0.0001,
          remainingRate: requestsPerSecond(100),
          meetsDemand: true,
        },
      ],
    },
    alternatives: of === WEB ? [{ shape: 'web/2000m-2048Mi', extraPerMonth: usd(3.5) }] : [],
  };
}

const [A, B, SPOT] = OFFERINGS.map((item) => item.id) as [string, string, string];
const PACKING: readonly PackedNodes[] = [
  { offering: A, window: 'w0', nodes: 1, pods: { web: 1, worker: 1 } },
  { offering: B, window: 'w0', nodes: 1, pods: { web: 1, worker: 1 } },
  { offering: SPOT, window: 'w0', nodes: 1, pods: { web: 1 } },
  { offering: A, window: 'w1', nodes: 1, pods: { web: 1, worker: 1 } },
  { offering: B, window: 'w1', nodes: 1, pods: { web: 1, worker: 1 } },
];

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const PROBLEM: PlanParts['problem'] = {
  apiVersion: 'plimsoll.dev/v1alpha1',
  name: 'shop',
  pools: [
    {
      id: 'general',
      provider: 'aws',
      region: 'us-east-1',
      zones: ['us-east-1a', 'us-east-1b'],
      instanceTypes: { names: ['m7i.*'] },
      capacityTypes: ['on-demand', 'spot'],
      daemonsets: { cpu: '500m', memory: '2Gi' },
    },
  ],
  workloads: [],
  services: [
    {
      id: 'web',
      requestClasses: [{ id: 'all', meanRate: '30/s' }],
      calls: [{ service: 'worker' }],
      performance: { queueing: { sizes: [], cpuTime: '10ms' } },
      slo: { response: { p99: '100ms' }, availability: '99.9%' },
      maxSpotShare: '50%',
      team: 'storefront',
    },
    {
      id: 'worker',
      performance: {
        fixed: { resources: { requests: { cpu: '500m', memory: '1Gi' } }, replicas: 2 },
      },
    },
  ],
};

/**
 * The parts of a plan of two services on m7i.large nodes in two zones: `web` (3 replicas of 1 core, one of them on spot, at 50 requests/s each;
 * p99 75 ms of 100 ms) and `worker` (2 replicas of half a core whose rate is never the limit). Two windows of 42 and 126 hours.
 */
export function serviceParts(): PlanParts {
  const windows = [
    { id: 'w0', hours: range(0, 42), peakRate: { web: requestsPerSecond(90) } },
    { id: 'w1', hours: range(42, 168), peakRate: { web: requestsPerSecond(20) } },
  ];
  const decision: PlanParts['decision'] = {
    status: 'feasible-with-gap',
    solver: 'highs',
    objectivePerMonth: usd(153.3),
    boundPerMonth: usd(150),
    gap: 0.02,
    windows,
    allocations: [],
    nodes: [
      { ...place(A), nodes: { w0: 1, w1: 1 } },
      { ...place(B), nodes: { w0: 1, w1: 1 } },
      { ...place(SPOT), nodes: { w0: 1, w1: 0 } },
    ],
    workloads: [],
    services: [decisionOf(WEB, [3, 2], 0.9999), decisionOf(WORKER, [2, 2], 0.9995)],
    serviceAllocations: [
      podSet(WEB, 'on-demand', { 'us-east-1a': 1, 'us-east-1b': 1 }, { 'us-east-1a': 1, 'us-east-1b': 1 }),
      podSet(WEB, 'spot', { 'us-east-1b': 1 }, {}),
      podSet(WORKER, 'on-demand', { 'us-east-1a': 1, 'us-east-1b': 1 }, { 'us-east-1a': 1, 'us-east-1b': 1 }),
    ],
    packing: PACKING,
    checks: [{ constraint: 'demand/web/w0', holds: true, used: 2, limit: 3, unit: 'replicas' }],
    constraintPrices: [
      { constraint: 'services/tolerates', description: 'Spare replicas', perMonth: usd(12) },
    ],
    bindingConstraints: [],
  };
  const serviceTraffic = [
    {
      workload: 'web',
      meanRate: 30,
      peakRate: 90,
      classes: [{ id: 'all', meanRate: 30, peakRate: 90, burstiness: 1.2 }],
    },
    { workload: 'worker', meanRate: 30, peakRate: 90, classes: [] },
  ];
  const problem = {
    workloads: [],
    services: [
      { id: 'web', team: 'storefront' },
      { id: 'worker', team: '' },
    ],
  } as unknown as Problem;
  return {
    stack: 'shop',
    inputs: {
      toolVersion: '0.1.0',
      stackFile: 'stack.ts',
      seed: 1,
      flags: {},
      hashes: {
        problem: HASH,
        catalog: HASH,
        prices: HASH,
        coefficients: HASH,
        traffic: HASH,
        policies: HASH,
      },
      priceDates: { oldest: '2026-10-01', newest: '2026-10-01' },
    },
    problem: PROBLEM,
    offerings: OFFERINGS,
    traffic: [],
    serviceTraffic,
    decision,
    cost: priceDecision({ decision, offerings: OFFERINGS, problem, traffic: [], serviceTraffic }),
    policy: { verdicts: [], passes: true, rulesEvaluated: 0 },
    objects: [],
    assumptions: [{ subject: 'services', statement: 'Losses are independent', evidence: 'assumed' }],
  };
}

const HASH = 'b'.repeat(64);

function place(offeringId: string): Omit<PlanParts['decision']['nodes'][number], 'nodes'> {
  const [pool = '', zone = '', capacityType = ''] = offeringId.split('/');
  return {
    offering: offeringId,
    pool,
    zone,
    instanceType: 'm7i.large',
    capacityType: capacityType as 'spot',
  };
}

/** The sample plan of services, with parts replaced. */
export function serviceSamplePlan(changes: Partial<PlanParts> = {}): PlanDocument {
  return buildPlan({ ...serviceParts(), ...changes });
}

/** The sample plan with `count` more services like `worker` that share its nodes. */
export function manyServices(count: number): PlanDocument {
  const parts = serviceParts();
  const names = Array.from({ length: count }, (_, i) => `svc-${String(i).padStart(3, '0')}`);
  const { decision, cost } = parts;
  const [first] = cost.lineItems;
  if (first === undefined) throw new Error('the sample plan has no line items');
  return buildPlan({
    ...parts,
    decision: {
      ...decision,
      services: [
        ...(decision.services ?? []),
        ...names.map((name) => ({ ...decisionOf(WORKER, [2, 2], 0.9995), workload: name })),
      ],
    },
    cost: {
      ...cost,
      lineItems: [
        ...cost.lineItems,
        ...names.map((name) => ({ ...first, id: `${first.id}/${name}`, workload: name })),
      ],
      workloads: [
        ...cost.workloads,
        ...names.map((workload) => ({ ...cost.workloads[1]!, workload, perMonth: usd(0.5) })),
      ],
    },
  });
}
