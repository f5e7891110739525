import { Budget, Fleet, HardwarePool, LlmService, Policy, Service, Slo, Traffic } from 'plimsoll';

/** A chat model and the API in front of it, on AKS in one region. Plan it with `npx plimsoll plan stacks/azure-aks/stack.ts`. */
const fleet = new Fleet('azure-aks', { seed: 1 });

const eastUs = {
  provider: 'azure',
  region: 'eastus',
  zones: ['1', '2', '3'],
  capacityTypes: ['on-demand'],
  nodeProvisioning: 'managed',
} as const;

new HardwarePool(fleet, 'a100', { ...eastUs, instanceType: 'Standard_NC24ads_A100_v4', maxNodes: 24 });
new HardwarePool(fleet, 'general', {
  ...eastUs,
  instanceType: 'Standard_D2s_v5',
  maxNodes: 12,
  daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
});

new LlmService(fleet, 'chat', {
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  precisions: ['bf16'],
  traffic: Traffic.profile('azure-llm-2023-conversation', {
    meanRate: '8/s',
    peakToMean: 1.6,
    peakHour: 16,
  }),
  slo: new Slo({ ttft: { p99: '1.5s' }, tpot: { p99: '60ms' }, availability: '99.9%' }),
  maxSpotShare: '0%',
  maxModelLength: 16_384,
  team: 'assistants',
  namespace: 'llm',
});

new Service(fleet, 'api', {
  image: 'ghcr.io/example/api:1.4',
  port: 8080,
  namespace: 'llm',
  requestClasses: [{ id: 'chat', meanRate: '8/s', peakToMean: 1.6, peakHour: 16 }],
  performance: {
    fixed: {
      resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '512Mi' } },
      replicas: 3,
      ratePerReplica: '10/s',
    },
  },
  maxSpotShare: '0%',
  team: 'assistants',
});

new Budget(fleet, 'monthly', { limit: '20000 USD/month' });
new Policy(fleet, 'reliability', { pack: 'reliability' });

export default fleet;
