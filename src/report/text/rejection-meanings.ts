import type { RejectionReason } from '../../model/index.ts';

/** What each rejection code means, as a sentence fragment. */
export const REJECTION_MEANINGS: Readonly<Record<RejectionReason, string>> = {
  'invalid-parallelism': 'the parallel sizes do not divide the model',
  'unsupported-precision': 'the accelerator cannot run this precision',
  'does-not-divide-node': 'the replica does not divide the accelerators of a node',
  'out-of-memory': 'the weights and reserves exceed the memory',
  'kv-too-small': 'the KV cache cannot hold one long request',
  'not-executable': 'the engine cannot run it as modelled',
  'step-exceeds-tpot': 'even one request alone decodes slower than the TPOT limit',
  'prefill-exceeds-ttft': 'even one request alone takes longer to its first token than the TTFT limit',
  dominated: 'another shape of the same size is at least as fast in every step and holds as much',
  'bound-exceeds-best': 'by an analytic bound it cannot be better than what was measured',
  unstable: 'it cannot serve even a small rate without a growing queue',
  'slo-not-met': 'no request rate keeps the SLO',
  costlier: 'it meets the SLO at a higher cost per request',
  'limit-exceeded': 'it breaks a limit set beside the SLO',
  'not-measured': 'the time ran out before it was measured',
};
