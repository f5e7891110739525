import type { SearchFacts } from './search-request.ts';

/** One search of realistic size. */
export interface ScaleCase extends SearchFacts {
  readonly name: string;
  /** Wall seconds on two cores that it may take. */
  readonly mostSeconds: number;
}

const CHAT = { profile: 'azure-llm-2023-conversation' } as const;
const SLO = { ttft: { p99: '2s' }, tpot: { p99: '60ms' } } as const;
const MODES = ['aggregated', 'disaggregated'] as const;

/** Llama-3.1-70B on a number of H100, asked for a rate in proportion. */
function llama70b(accelerators: number): ScaleCase {
  return {
    name: `llama-70b on ${accelerators} H100`,
    mostSeconds: accelerators === 8 ? 5 : 30,
    model: 'meta-llama/Llama-3.1-70B-Instruct',
    precisions: ['bf16', 'fp8'],
    cluster: [{ instanceType: 'p5.48xlarge', accelerators }],
    traffic: CHAT,
    slo: { ttft: { p99: '1s' }, tpot: { p99: '50ms' } },
    load: { kind: 'rate', rate: accelerators / 2 },
    objective: 'cost',
    modes: MODES,
  };
}

/** The searches of the issue: 70B to a trillion parameters, 8 to 128 accelerators, prefill apart from decode or not. */
export const SCALE_CASES: readonly ScaleCase[] = [
  llama70b(8),
  {
    name: 'llama-405b on 64 H100',
    mostSeconds: 30,
    model: 'meta-llama/Llama-3.1-405B-Instruct',
    precisions: ['bf16', 'fp8'],
    cluster: [{ instanceType: 'p5.48xlarge', accelerators: 64 }],
    traffic: CHAT,
    slo: { ttft: { p99: '3s' }, tpot: { p99: '80ms' } },
    load: { kind: 'rate', rate: 8 },
    objective: 'cost',
    modes: MODES,
  },
  {
    name: 'deepseek-r1 on 32 H200',
    mostSeconds: 30,
    model: 'deepseek-ai/DeepSeek-R1',
    precisions: ['fp8-block'],
    cluster: [{ instanceType: 'p5en.48xlarge', accelerators: 32 }],
    traffic: CHAT,
    slo: SLO,
    load: { kind: 'rate', rate: 16 },
    objective: 'cost',
    modes: MODES,
  },
  {
    name: 'deepseek-r1 on 72 GB200',
    mostSeconds: 30,
    model: 'deepseek-ai/DeepSeek-R1',
    precisions: ['fp8-block', 'nvfp4'],
    cluster: [{ instanceType: 'Standard_ND128isr_NDR_GB200_v6', accelerators: 72 }],
    traffic: CHAT,
    slo: SLO,
    load: { kind: 'rate', rate: 60 },
    objective: 'cost',
    modes: MODES,
  },
  {
    name: 'kimi-k2 on 128 B200',
    mostSeconds: 30,
    model: 'moonshotai/Kimi-K2-Instruct',
    precisions: ['fp8-block'],
    cluster: [{ instanceType: 'p6-b200.48xlarge', accelerators: 128 }],
    traffic: CHAT,
    slo: SLO,
    load: { kind: 'rate', rate: 80 },
    objective: 'cost',
    modes: MODES,
  },
];

/** The same model on clusters that double: how the time grows. */
export const GROWTH_CASES: readonly ScaleCase[] = [8, 16, 32, 64, 128].map(llama70b);
