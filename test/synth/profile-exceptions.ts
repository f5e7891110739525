import type { SynthesisSource } from '../../src/synth/index.ts';
import { SPLIT_SOURCE } from './disaggregated-source.ts';
import { PLAN_SOURCE } from './plan-source.ts';
import { TENANT_SOURCE } from './tenancy-source.ts';

/** Where a profile differs from `vanilla`. */
export interface Exceptions {
  /** Workloads that the profile refuses, with a part of its reason. */
  readonly refused: Readonly<Record<string, RegExp>>;
  /** Flags that differ, and why. */
  readonly flags: readonly (readonly [flag: RegExp, reason: string])[];
  /** Profiles whose operator adds the token with which pods tell the cluster what they serve. */
  readonly hasToken: boolean;
  /** Port of the Prometheus series of decode pods. */
  readonly decodeMetrics: number;
}

const SIDECAR = [/^--port=/, 'the sidecar of decode pods takes the port of the pool'] as const;

const EXCEPTIONS: Readonly<Record<string, Exceptions>> = {
  vanilla: { refused: {}, flags: [], hasToken: false, decodeMetrics: 8000 },
  'llm-d': { refused: {}, flags: [SIDECAR], hasToken: false, decodeMetrics: 8200 },
  kserve: { refused: {}, flags: [SIDECAR], hasToken: false, decodeMetrics: 8200 },
  dynamo: {
    refused: { code: /no flag table for the engine "tensorrt-llm"/, deep: /follow their leader/ },
    flags: [
      [/^--(host|port)=/, 'workers serve no HTTP'],
      [/^(--model=)?(meta-llama|Qwen|RedHatAI|deepseek-ai)\//, 'the model has a flag'],
      [/^--disaggregation-mode=/, "vLLM's role has a flag"],
      [
        /^--(nnodes|node-rank|master-addr|master-port|dist-init-addr|distributed-executor-backend)=/,
        'the operator joins nodes',
      ],
    ],
    hasToken: true,
    decodeMetrics: 9090,
  },
};

/** Plans that every profile writes: whole models, prefill and decode apart, both with microservices, a pod set for each zone. */
export const PLANS: Readonly<Record<string, SynthesisSource>> = {
  whole: PLAN_SOURCE,
  split: SPLIT_SOURCE,
  tenants: TENANT_SOURCE,
  zonal: { ...PLAN_SOURCE, problem: { ...PLAN_SOURCE.problem, placement: 'zonal' } },
};

/** The plan without the workloads that a profile refuses. */
export function accepted(source: SynthesisSource, { refused }: Exceptions): SynthesisSource {
  const allocations = source.decision.allocations.filter(({ workload }) => refused[workload] === undefined);
  return { ...source, decision: { ...source.decision, allocations } };
}

/** The exceptions of a profile; every profile states its own. */
export function exceptionsOf(profile: string): Exceptions {
  const found = EXCEPTIONS[profile];
  if (found === undefined) throw new Error(`no exceptions are stated for ${profile}`);
  return found;
}
