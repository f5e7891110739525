import { Budget, Fleet, HardwarePool, LlmService, Policy, Service, Slo, Traffic } from 'plimsoll';

/**
 * One cluster, three teams: two language models and the services in front of them. Each team has a budget and a namespace with quotas, and
 * everybody's plan is held to the same rules. Figures of the services are made up.
 */
const fleet = new Fleet('mixed', {
  seed: 1,
  tenancy: { clients: ['ingress'], quotas: true },
});

const usEast1 = {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  capacityTypes: ['on-demand', 'spot'],
} as const;

const h100 = new HardwarePool(fleet, 'h100', { ...usEast1, instanceType: 'p5.48xlarge', maxNodes: 8 });
const l40s = new HardwarePool(fleet, 'l40s', { ...usEast1, instanceType: 'g6e.12xlarge', maxNodes: 24 });
const general = new HardwarePool(fleet, 'general', {
  ...usEast1,
  instanceTypes: { names: ['m7i.*', 'c7i.*'], except: ['*.metal*'], vcpus: { min: 4, max: 16 } },
  maxNodes: 30,
  daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
});

// --- Team assistants: a large model that people wait for -------------------------------------------------------------------------------
new LlmService(fleet, 'chat', {
  model: 'meta-llama/Llama-3.1-70B-Instruct',
  precisions: ['fp8'],
  checkpoints: { fp8: 'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8' },
  traffic: Traffic.profile('azure-llm-2023-conversation', { meanRate: '8/s', peakToMean: 1.6, peakHour: 16 }),
  slo: new Slo({ ttft: { p99: '1.5s' }, tpot: { p99: '60ms' }, availability: '99.9%' }),
  pools: [h100],
  maxSpotShare: '60%',
  maxModelLength: 16_384,
  team: 'assistants',
  namespace: 'assistants',
});

// --- Team tools: a small model that programs call, so that spot capacity will do ---------------------------------------------------------
new LlmService(fleet, 'classify', {
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  precisions: ['fp8', 'bf16'],
  checkpoints: { fp8: 'RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8' },
  traffic: Traffic.generate({
    lengths: { isl: 900, osl: 24 },
    meanRate: '20/s',
    peakToMean: 2,
    peakHour: 15,
  }),
  slo: new Slo({ ttft: { p99: '2s' }, availability: '99%' }),
  pools: [l40s, h100],
  maxModelLength: 8192,
  team: 'tools',
  namespace: 'tools',
});

// --- Team web: what users meet -----------------------------------------------------------------------------------------------------------
const history = new Service(fleet, 'history', {
  image: 'ghcr.io/example/history:5.0',
  port: 7000,
  pools: [general],
  performance: {
    queueing: {
      sizes: [{ requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } }],
      cpuTime: '6ms',
      baseMemory: '300Mi',
      memoryPerRequest: '1Mi',
    },
  },
  maxSpotShare: '0%',
  scheduling: { maxPerNode: 2 },
  team: 'web',
  namespace: 'web',
});

new Service(fleet, 'gateway', {
  image: 'ghcr.io/example/gateway:1.4',
  port: 8080,
  pools: [general],
  requestClasses: [{ id: 'conversation', meanRate: '90/s', peakToMean: 1.8, peakHour: 16 }],
  calls: [{ service: history, perRequest: 2 }],
  performance: {
    queueing: {
      sizes: [{ requests: { cpu: '1', memory: '512Mi' }, limits: { memory: '512Mi' } }],
      cpuTime: '4ms',
      baseMemory: '150Mi',
      memoryPerRequest: '1Mi',
    },
  },
  slo: { response: { p99: '250ms' }, availability: '99.95%', tolerates: 'zone' },
  maxSpotShare: '70%',
  team: 'web',
  namespace: 'web',
});

// --- Money, by team and in all -------------------------------------------------------------------------------------------------------------
new Budget(fleet, 'everything', { limit: '75000 USD/month' });
new Budget(fleet, 'assistants', { limit: '65000 USD/month', team: 'assistants' });
new Budget(fleet, 'tools', { limit: '9000 USD/month', team: 'tools' });
new Budget(fleet, 'web', { limit: '2500 USD/month', team: 'web' });

// --- Rules: two shipped packs, one rule of our own, one exception with an owner and an end ----------------------------------------------
new Policy(fleet, 'costs', { pack: 'cost-guardrails' });
new Policy(fleet, 'tenancy', { pack: 'tenancy' });
new Policy(fleet, 'house', {
  rules: [
    {
      id: 'people-do-not-wait-for-spot',
      title: 'At most 60 % of the replicas that people wait for are on spot capacity',
      level: 'mandatory',
      target: 'workload',
      condition: 'self.team != "assistants" || self.spotShare <= 0.6',
      message: '{{ self.id }} has {{ self.spotShare }} of its replicas on spot capacity',
    },
  ],
});

export default fleet;
