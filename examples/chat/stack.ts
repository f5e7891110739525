import { Budget, Fleet, HardwarePool, LlmService, Policy, Slo, Traffic } from 'plimsoll';

/** A chat service on three kinds of GPU in one AWS region. Plan it with `npx plimsoll plan examples/chat/stack.ts`. */
const fleet = new Fleet('chat', { seed: 1, placement: 'zonal' });

const usEast1 = {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  capacityTypes: ['on-demand', 'spot'],
} as const;

new HardwarePool(fleet, 'h100', { ...usEast1, instanceType: 'p5.48xlarge', maxNodes: 12 });
new HardwarePool(fleet, 'a100', { ...usEast1, instanceType: 'p4de.24xlarge', maxNodes: 12 });
new HardwarePool(fleet, 'l40s', { ...usEast1, instanceType: 'g6e.12xlarge', maxNodes: 48 });

new LlmService(fleet, 'chat', {
  model: 'meta-llama/Llama-3.1-70B-Instruct',
  precisions: ['fp8', 'bf16'],
  checkpoints: { fp8: 'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8' },
  traffic: Traffic.profile('azure-llm-2023-conversation', {
    meanRate: '12/s',
    peakToMean: 1.6,
    peakHour: 16,
  }),
  slo: new Slo({
    ttft: { p99: '1.5s' },
    tpot: { p99: '60ms' },
    availability: '99.9%',
  }),
  maxSpotShare: '60%',
  maxModelLength: 16_384,
  team: 'assistants',
  namespace: 'llm',
});

new Budget(fleet, 'monthly', { limit: '90000 USD/month' });

new Policy(fleet, 'costs', { pack: 'cost-guardrails' });
new Policy(fleet, 'reliability', { pack: 'reliability' });

export default fleet;
