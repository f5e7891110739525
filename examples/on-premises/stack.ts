import { Fleet, HardwarePool, LlmService, Policy, Service, Slo, Traffic } from 'plimsoll';

/**
 * Servers of your own in two rooms, no cloud at all: nothing is bought, so the question is what fits, how much is left, and what survives
 * when a server fails. Prices here are what a server costs you per hour: write-off, power, housing. All figures are made up.
 */
const fleet = new Fleet('on-premises', {
  seed: 1,
  // What the shipped catalogue cannot know: your server models and what they cost. `catalog.files` takes the same from YAML files.
  catalog: {
    instanceTypes: [
      {
        name: 'rack-h100',
        provider: 'own',
        vcpus: 128,
        memory: '1TiB',
        accelerator: { name: 'h100-sxm', count: 8 },
        network: '400Gbit/s',
        allocatable: { cpuMillicores: 126_000, memory: '990GiB', pods: 110 },
      },
      {
        name: 'rack-cpu',
        provider: 'own',
        vcpus: 64,
        memory: '256GiB',
        network: '50Gbit/s',
        allocatable: { cpuMillicores: 63_000, memory: '248GiB', pods: 110 },
      },
    ],
    prices: [
      {
        provider: 'own',
        region: 'hall-1',
        instanceType: 'rack-h100',
        capacityType: 'owned',
        price: '14.50 USD/hour',
        source: 'write-off over five years, power and housing (made up)',
        date: '2026-09-01',
      },
      {
        provider: 'own',
        region: 'hall-1',
        instanceType: 'rack-cpu',
        capacityType: 'owned',
        price: '0.62 USD/hour',
        source: 'write-off over five years, power and housing (made up)',
        date: '2026-09-01',
      },
    ],
  },
});

const hall = {
  provider: 'own',
  region: 'hall-1',
  zones: ['room-a', 'room-b'],
  capacityTypes: ['owned'],
} as const;

// `maxNodes` is how many you have: the planner cannot buy a ninth.
const gpus = new HardwarePool(fleet, 'gpus', { ...hall, instanceType: 'rack-h100', maxNodes: 4 });
const cpus = new HardwarePool(fleet, 'cpus', {
  ...hall,
  instanceType: 'rack-cpu',
  maxNodes: 4,
  daemonsets: { cpu: '200m', memory: '400Mi', pods: 5 },
});

new LlmService(fleet, 'assistant', {
  model: 'meta-llama/Llama-3.1-70B-Instruct',
  precisions: ['fp8'],
  checkpoints: { fp8: 'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8' },
  traffic: Traffic.profile('azure-llm-2023-conversation', { meanRate: '8/s', peakToMean: 1.7, peakHour: 10 }),
  slo: new Slo({
    ttft: { p99: '2s' },
    tpot: { p99: '60ms' },
    availability: '99.5%',
    tolerates: 'correlation-group',
  }),
  pools: [gpus],
  maxModelLength: 16_384,
  team: 'assistants',
});

const search = new Service(fleet, 'search', {
  image: 'registry.example/search:4.1',
  port: 8081,
  pools: [cpus],
  performance: {
    queueing: {
      sizes: [{ requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '16Gi' } }],
      cpuTime: '35ms',
      baseMemory: '12Gi',
      memoryPerRequest: '8Mi',
    },
  },
  team: 'assistants',
});

new Service(fleet, 'portal', {
  image: 'registry.example/portal:2.7',
  port: 8080,
  pools: [cpus],
  requestClasses: [{ id: 'questions', meanRate: '60/s', peakToMean: 1.7, peakHour: 10 }],
  calls: [{ service: search, perRequest: 1.2 }],
  performance: {
    queueing: {
      sizes: [{ requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } }],
      cpuTime: '9ms',
      baseMemory: '400Mi',
      memoryPerRequest: '1Mi',
    },
  },
  slo: { response: { p99: '600ms' }, availability: '99.9%', tolerates: 'zone' },
  team: 'portal',
});

new Policy(fleet, 'reliability', { pack: 'reliability' });

export default fleet;
