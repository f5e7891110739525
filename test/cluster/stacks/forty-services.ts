import { Fleet, HardwarePool, Service } from 'plimsoll';

/**
 * A made-up application of forty services in three zones, on demand and spot: one gateway that is called from outside, twelve areas behind it with
 * an interface, logic and a store each, and three services that all areas share. All figures are *assumed*.
 */
const fleet = new Fleet('forty-services', { seed: 1, placement: 'exact' });

new HardwarePool(fleet, 'general', {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  instanceTypes: { names: ['m7i.*', 'c7i.*', 'r7i.*'], except: ['*.metal*'], vcpus: { min: 8, max: 32 } },
  capacityTypes: ['on-demand', 'spot'],
  daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
});

const AREAS = [
  'accounts',
  'basket',
  'billing',
  'catalog',
  'delivery',
  'loyalty',
  'media',
  'offers',
  'orders',
  'reviews',
  'search',
  'stock',
] as const;

/** A service whose work per request, memory and zones differ with its number. */
function service(
  id: string,
  index: number,
  props: Partial<ConstructorParameters<typeof Service>[2]>,
): Service {
  const milliCores = [250, 500, 1000, 1500][index % 4] ?? 250;
  const mebibytes = milliCores * ([1, 2, 4][index % 3] ?? 1);
  return new Service(fleet, id, {
    image: `ghcr.io/example/${id}:1.0`,
    port: 8080,
    performance: {
      queueing: {
        sizes: [
          {
            requests: { cpu: `${milliCores}m`, memory: `${mebibytes}Mi` },
            limits: { memory: `${mebibytes}Mi` },
          },
        ],
        cpuTime: `${4 + (index % 5)}ms`,
        baseMemory: '96Mi',
        memoryPerRequest: '1Mi',
      },
    },
    maxSpotShare: `${[0, 60, 100][index % 3] ?? 0}%`,
    ...props,
  });
}

const shared = ['audit', 'identity', 'settings'].map((id, index) => service(id, 37 + index, {}));

const interfaces = AREAS.map((area, index) => {
  const store = service(`${area}-store`, 3 * index, { maxSpotShare: '0%', scheduling: { maxPerNode: 1 } });
  const logic = service(`${area}-logic`, 3 * index + 1, {
    calls: [
      { service: store, perRequest: 1.5 },
      ...(index % 2 === 0 ? [{ service: shared[index % 3] ?? store, perRequest: 0.5 }] : []),
    ],
  });
  return service(`${area}-interface`, 3 * index + 2, {
    calls: [{ service: logic }],
    scheduling: { maxPerNode: 2 },
  });
});

service('gateway', 36, {
  requestClasses: [
    {
      id: 'all',
      meanRate: '150/s',
      peakToMean: 2,
      peakHour: 15,
      calls: interfaces.map((target, index) => ({ service: target, perRequest: 0.1 + 0.05 * (index % 4) })),
    },
  ],
  slo: { response: { p99: '1s' }, availability: '99.9%', tolerates: 'zone' },
  replicas: { min: 3 },
});

export default fleet;
