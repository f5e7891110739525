import type {
  CapacityType,
  Decision,
  Offering,
  PoolDocument,
  ProblemDocument,
  ServiceAllocation,
  ServiceDecision,
  ServiceShape,
} from '../../src/model/index.ts';
import type { SynthesisSource } from '../../src/synth/index.ts';
import { microUsd, requestsPerSecond, seconds, usdPerHour } from '../../src/units/index.ts';
import { offering } from './plan-parts.ts';
import { WINDOWS } from './plan-source.ts';

/*
 * A plan of microservices written by hand, after examples/shop: a mix of instance types on demand and spot, a pool with labels
 * and taints of its own, a service of two pod sets, one with a pod per node and one with two, a worker without a port, and
 * a service that its owner deploys. `w0` are working hours, `w1` the others.
 */

const MIX: PoolDocument = {
  id: 'general',
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  instanceTypes: { names: ['c7i.*', 'm7g.*'], architectures: ['amd64', 'arm64'] },
  capacityTypes: ['on-demand', 'spot'],
  maxNodes: 40,
  daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
};

const SECURE: PoolDocument = {
  id: 'secure',
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b'],
  instanceType: 'm7i.large',
  labels: { 'example.com/audited': 'yes', 'kubernetes.io/role': 'pci' },
  taints: [{ key: 'example.com/pci', value: 'on', effect: 'NoSchedule' }],
};

/** Texts that a shell, a template or a YAML reader would take for something else. */
export const TRICKY = `it's "quoted" $(HOME) $$ {{ .Values.x }} \${x}
second line: - # * & !yes`;

export const SHOP: ProblemDocument = {
  apiVersion: 'plimsoll.dev/v1alpha1',
  name: 'shop',
  pools: [MIX, SECURE],
  workloads: [],
  services: [
    {
      id: 'frontend',
      image: 'ghcr.io/example/frontend:8.1',
      port: 8080,
      environment: { LOG_LEVEL: 'warn', FEATURES: 'on' },
      requestClasses: [{ id: 'browse', meanRate: '120/s' }],
      performance: {
        queueing: {
          sizes: [{ requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '384Mi' } }],
          cpuTime: '5ms',
        },
      },
      scheduling: { architectures: ['amd64', 'arm64'], apartFrom: ['payment', 'legacy'] },
      team: 'storefront',
    },
    {
      id: 'cart',
      image: 'ghcr.io/example/cart:1.9',
      port: 7070,
      performance: {
        measured: {
          resources: {
            requests: { cpu: '250m', memory: '128Mi' },
            limits: { cpu: '500m', memory: '192Mi' },
          },
          rows: [
            { rate: '10/s', latency: { p99: '18ms' }, cpu: '60m', memory: '70Mi' },
            { rate: '40/s', latency: { p99: '31ms' }, cpu: '220m', memory: '88Mi' },
          ],
        },
      },
      scheduling: { maxPerNode: 2 },
    },
    {
      id: 'payment',
      image: 'ghcr.io/example/payment:3.2',
      port: 443,
      command: ['/bin/payment', TRICKY],
      args: ['--greeting', TRICKY],
      environment: { GREETING: TRICKY },
      performance: {
        fixed: {
          resources: { requests: { cpu: '200m', memory: '100M' } },
          replicas: 3,
        },
      },
      scheduling: {
        maxPerNode: 1,
        priority: 10,
        nodeSelector: { 'example.com/audited': 'yes', 'kubernetes.io/arch': 'amd64' },
        tolerations: [{ key: 'example.com/pci', operator: 'Exists' }],
      },
      maxSpotShare: '0%',
      namespace: 'payments',
    },
    {
      id: 'worker',
      image: 'ghcr.io/example/worker:1.0',
      performance: {
        fixed: { resources: { requests: { cpu: '500m', memory: '1Gi' } }, replicas: 2 },
      },
      terminationGrace: '5min',
    },
    {
      id: 'legacy',
      performance: {
        fixed: { resources: { requests: { cpu: '100m', memory: '64Mi' } }, replicas: 1 },
      },
    },
  ],
};

interface Place {
  readonly pool: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
}

export const C7I: Place = { pool: 'general-c7i-large', instanceType: 'c7i.large', capacityType: 'on-demand' };
const M7G: Place = { pool: 'general-m7g-large', instanceType: 'm7g.large', capacityType: 'spot' };
const AUDITED: Place = { pool: 'secure', instanceType: 'm7i.large', capacityType: 'on-demand' };

function cpuOffering({ pool, instanceType, capacityType }: Place, zone: string): Offering {
  const declared = pool === 'secure' ? SECURE : MIX;
  const { accelerator: _, ...made } = offering({
    pool: { ...declared, id: pool, instanceType },
    zone,
    capacityType,
    dollarsPerHour: 0.09,
    accelerators: 0,
    noticeSeconds: capacityType === 'spot' ? 120 : 0,
  });
  const { accelerator: __, ...type } = made.instanceType;
  const cpuArchitecture = instanceType.startsWith('m7g') ? 'arm64' : 'amd64';
  return { ...made, price: usdPerHour(0.09), instanceType: { ...type, cpuArchitecture, vcpus: 2 } };
}

const OFFERINGS: readonly Offering[] = [C7I, M7G].flatMap((place) =>
  ['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone) => cpuOffering(place, zone)),
);

function shape(workload: string, facts: ServiceShape['resources'], rate: number): ServiceShape {
  return {
    id: `${workload}/${facts.cpuMillicores}m-${Math.round(facts.memory / 2 ** 20)}Mi`,
    workload,
    resources: facts,
    servers: 1,
    ratePerReplica: requestsPerSecond(rate),
    startup: seconds(30),
  };
}

const MEBIBYTE = 2 ** 20;
const size = (cpu: number, memory: number, cpuLimit = 0, memoryLimit = 0): ServiceShape['resources'] =>
  ({
    cpuMillicores: cpu,
    memory,
    cpuLimitMillicores: cpuLimit,
    memoryLimit,
  }) as ServiceShape['resources'];

const SHAPES = {
  frontend: shape('frontend', size(1000, 256 * MEBIBYTE, 0, 384 * MEBIBYTE), 160),
  cart: shape('cart', size(250, 128 * MEBIBYTE, 500, 192 * MEBIBYTE), 25),
  payment: shape('payment', size(200, 100e6), Infinity),
  worker: shape('worker', size(500, 1024 * MEBIBYTE), Infinity),
  legacy: shape('legacy', size(100, 64 * MEBIBYTE), Infinity),
};

/** Replicas of a service on a place by window and zone. */
export function serviceAllocation(
  workload: keyof typeof SHAPES,
  place: Place,
  replicas: ServiceAllocation['replicas'],
): ServiceAllocation {
  return {
    ...place,
    id: `${workload}-${place.pool}-${place.capacityType}`,
    workload,
    shape: SHAPES[workload],
    tier: place.capacityType === 'spot' ? 'surge' : 'base',
    replicas,
  };
}

const always = (zones: Readonly<Record<string, number>>): ServiceAllocation['replicas'] => ({
  w0: zones,
  w1: zones,
});

export const SERVICE_ALLOCATIONS: readonly ServiceAllocation[] = [
  serviceAllocation('frontend', C7I, {
    w0: { 'us-east-1a': 2, 'us-east-1b': 1 },
    w1: { 'us-east-1a': 1, 'us-east-1b': 1 },
  }),
  serviceAllocation('frontend', M7G, { w0: { 'us-east-1a': 1, 'us-east-1c': 2 }, w1: {} }),
  serviceAllocation('cart', C7I, {
    w0: { 'us-east-1a': 2, 'us-east-1b': 2, 'us-east-1c': 1 },
    w1: { 'us-east-1a': 1, 'us-east-1b': 1 },
  }),
  serviceAllocation('payment', AUDITED, always({ 'us-east-1a': 2, 'us-east-1b': 1 })),
  serviceAllocation('worker', M7G, always({ 'us-east-1c': 2 })),
  serviceAllocation('legacy', C7I, always({ 'us-east-1a': 1 })),
];

function decided(workload: keyof typeof SHAPES, needed: readonly [number, number]): ServiceDecision {
  const planned = (window: string): number =>
    SERVICE_ALLOCATIONS.filter((item) => item.workload === workload).reduce(
      (sum, item) => sum + Object.values(item.replicas[window] ?? {}).reduce((a, b) => a + b, 0),
      0,
    );
  const load = (window: string, need: number): ServiceDecision['load'][string] => ({
    requestRate: requestsPerSecond(10),
    needed: need,
    planned: planned(window),
  });
  return {
    workload,
    shape: SHAPES[workload],
    load: { w0: load('w0', needed[0]), w1: load('w1', needed[1]) },
    availability: { workload, target: 0.99, achieved: 0.999, scenarios: [] },
    alternatives: [],
  };
}

/** A decision of services alone with these allocations and a node per replica. */
export function serviceDecision(allocations: readonly ServiceAllocation[]): Decision {
  const used = new Map(
    allocations.flatMap((item) =>
      [...new Set(Object.values(item.replicas).flatMap((zones) => Object.keys(zones)))].map((zone) => [
        `${item.pool}/${zone}/${item.capacityType}`,
        { ...item, zone },
      ]),
    ),
  );
  return {
    status: 'optimal',
    solver: 'highs',
    objectivePerMonth: microUsd(1e9),
    boundPerMonth: microUsd(1e9),
    gap: 0,
    windows: WINDOWS,
    allocations: [],
    nodes: [...used].map(([id, { pool, zone, instanceType, capacityType }]) => ({
      offering: id,
      pool,
      zone,
      instanceType,
      capacityType,
      nodes: { w0: 1, w1: 1 },
    })),
    workloads: [],
    services: [
      decided('frontend', [4, 2]),
      decided('cart', [3, 1]),
      decided('payment', [2, 2]),
      decided('worker', [2, 2]),
      decided('legacy', [1, 1]),
    ],
    serviceAllocations: allocations,
    packing: [],
    checks: [],
    constraintPrices: [],
    bindingConstraints: [],
  };
}

export const SHOP_SOURCE: SynthesisSource = {
  stack: 'shop',
  problem: SHOP,
  offerings: [...OFFERINGS, ...['us-east-1a', 'us-east-1b'].map((zone) => cpuOffering(AUDITED, zone))],
  traffic: [],
  decision: serviceDecision(SERVICE_ALLOCATIONS),
};

/** The plan with other allocations of services. */
export function shopWith(
  allocations: readonly ServiceAllocation[],
  changes: Partial<SynthesisSource> = {},
): SynthesisSource {
  return { ...SHOP_SOURCE, decision: serviceDecision(allocations), ...changes };
}
