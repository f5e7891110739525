import { Fleet, HardwarePool, LlmService, Slo, Traffic } from 'plimsoll';

/**
 * Questions about long documents: prompts of 13,000 tokens on average and 90,000 at the far end, answers of some 350.
 *
 * A long prompt that is read in (prefill) holds up everybody whose answer is being written (decode) on the same GPUs. One way out is to
 * serve the two apart. It is not always the better way, so this stack says `serving: 'any'` and leaves it to the planner: see README.md.
 */
const fleet = new Fleet('long-context', { seed: 1 });

new HardwarePool(fleet, 'h100', {
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b'],
  instanceType: 'p5.48xlarge',
  maxNodes: 12,
});

new LlmService(fleet, 'documents', {
  model: 'meta-llama/Llama-3.1-70B-Instruct',
  precisions: ['fp8'],
  kvPrecisions: ['fp8'],
  checkpoints: { fp8: 'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8' },
  // The shape of the Mooncake conversation trace; long prompts that share a third of their tokens with earlier ones.
  traffic: Traffic.profile('mooncake-conversation', { meanRate: '1/s' }),
  slo: new Slo({
    ttft: { p99: '12s' }, // the longest prompts take seconds to read, however they are served
    tpot: { p99: '25ms' }, // but once the answer starts it must flow
    availability: '99%',
  }),
  serving: 'any', // together, or prefill and decode apart: whichever is cheaper
  maxModelLength: 131_072,
});

export default fleet;
