import { Budget, Fleet, HardwarePool, Service } from 'plimsoll';
import { SERVICES } from './services.ts';

/** Forty microservices of a shop, as much as possible on spot capacity, and still there when a zone goes. All figures are made up. */
const fleet = new Fleet('shop-on-spot', { seed: 1 });

new HardwarePool(fleet, 'general', {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  instanceTypes: { names: ['c7i.*', 'm7i.*', 'r7i.*'], except: ['*.metal*'], vcpus: { min: 4, max: 8 } },
  capacityTypes: ['on-demand', 'spot'],
  daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
});

const TIERS = {
  // People wait for these: a spare zone, and at least three in ten replicas on nodes that nobody takes back.
  edge: { maxSpotShare: '70%', replicas: { min: 3 }, scheduling: { maxPerNode: 2 } },
  // These can start anywhere within seconds, so that all of them may be on spot capacity.
  logic: { maxSpotShare: '100%', replicas: { min: 2 } },
  // These hold data: never on spot capacity, never two on one node.
  store: { maxSpotShare: '0%', replicas: { min: 2 }, scheduling: { maxPerNode: 1 } },
} as const;

const built = new Map<string, Service>();
for (const { id, tier, cpu, memory, cpuTime, calls = {}, requests, p99, team } of SERVICES) {
  built.set(
    id,
    new Service(fleet, id, {
      ...TIERS[tier],
      image: `ghcr.io/example/${id}:1.0`,
      port: 8080,
      performance: {
        // One size of pod, with the CPU time that a request takes: how many are needed follows from queueing.
        queueing: {
          sizes: [{ requests: { cpu, memory }, limits: { memory } }],
          cpuTime,
          baseMemory: '96Mi',
          memoryPerRequest: '1Mi',
        },
      },
      calls: Object.entries(calls).map(([service, perRequest]) => ({ service, perRequest })),
      ...(requests === undefined ? {} : { requestClasses: [{ id: 'all', ...requests }] }),
      ...(p99 === undefined ? {} : { slo: { response: { p99 }, availability: '99.9%', tolerates: 'zone' } }),
      team,
    }),
  );
}

new Budget(fleet, 'all', { limit: '6000 USD/month' });

export default fleet;
