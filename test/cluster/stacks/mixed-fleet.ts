import { Fleet, HardwarePool, LlmService, Service, Slo, Traffic } from 'plimsoll';

/**
 * A made-up fleet of language models and services in one cluster: a chat model on one node's accelerators, a model that takes two nodes for a
 * replica, and the services in front of them on nodes of their own. All figures are *assumed*.
 */
const fleet = new Fleet('mixed-fleet', { seed: 1, placement: 'zonal' });

const REGION = {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
} as const;

const h100 = new HardwarePool(fleet, 'h100', {
  ...REGION,
  instanceType: 'p5.48xlarge',
  capacityTypes: ['on-demand', 'spot'],
  maxNodes: 24,
});
const general = new HardwarePool(fleet, 'general', {
  ...REGION,
  instanceTypes: { names: ['m7i.*', 'c7i.*'], except: ['*.metal*'], vcpus: { min: 4, max: 8 } },
  capacityTypes: ['on-demand', 'spot'],
  daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
});

new LlmService(fleet, 'chat', {
  model: 'meta-llama/Llama-3.1-70B-Instruct',
  precisions: ['fp8'],
  checkpoints: { fp8: 'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8' },
  traffic: Traffic.profile('azure-llm-2023-conversation', {
    meanRate: '12/s',
    peakToMean: 1.6,
    peakHour: 16,
  }),
  slo: new Slo({ ttft: { p99: '1.5s' }, tpot: { p99: '60ms' }, availability: '99.9%' }),
  pools: [h100],
  maxSpotShare: '60%',
  maxModelLength: 16_384,
  namespace: 'models',
});

new LlmService(fleet, 'reason', {
  model: 'deepseek-ai/DeepSeek-V3',
  precisions: ['fp8'],
  traffic: Traffic.profile('azure-llm-2023-conversation', { meanRate: '4/s' }),
  slo: new Slo({ ttft: { p99: '4s' }, tpot: { p99: '120ms' } }),
  pools: [h100],
  maxSpotShare: '0%',
  maxModelLength: 16_384,
  namespace: 'models',
});

/** A service in front of the models. */
function service(
  id: string,
  index: number,
  props: Partial<ConstructorParameters<typeof Service>[2]>,
): Service {
  const milliCores = [250, 500, 1000][index % 3] ?? 250;
  return new Service(fleet, id, {
    image: `ghcr.io/example/${id}:1.0`,
    port: 8080,
    pools: [general],
    namespace: 'services',
    performance: {
      queueing: {
        sizes: [{ requests: { cpu: `${milliCores}m`, memory: `${2 * milliCores}Mi` } }],
        cpuTime: `${4 + index}ms`,
        baseMemory: '96Mi',
      },
    },
    maxSpotShare: `${[0, 100][index % 2] ?? 0}%`,
    ...props,
  });
}

const history = service('history', 0, { scheduling: { maxPerNode: 3 } });
const accounts = service('accounts', 1, {});
const documents = service('documents', 2, { calls: [{ service: accounts }] });
const conversation = service('conversation', 3, {
  calls: [{ service: history, perRequest: 2 }, { service: documents }],
});
service('gateway', 4, {
  requestClasses: [
    {
      id: 'all',
      meanRate: '80/s',
      peakToMean: 2,
      peakHour: 16,
      calls: [{ service: conversation }, { service: accounts }],
    },
  ],
  slo: { response: { p99: '800ms' }, tolerates: 'zone' },
  replicas: { min: 3 },
});

export default fleet;
