import type { Construct } from 'constructs';
import type {
  EngineName,
  LimitsDocument,
  Objective,
  Precision,
  Routing,
  ServingChoice,
  SloDocument,
  TrafficDocument,
} from '../model/index.ts';
import type { PercentText } from '../units/index.ts';
import { Declaration } from './declaration.ts';
import type { DeclaredFacts } from './declaration.ts';
import type { HardwarePool } from './hardware-pool.ts';
import type { Slo, SloProps } from './slo.ts';
import type { Traffic } from './traffic.ts';

/** A language model to serve. */
export interface LlmServiceProps {
  /** Id of the service, unique in the fleet. Default: the id of the construct. */
  readonly id?: string;
  /** Model architecture as `plimsoll catalog list` names it, such as `meta-llama/Llama-3.1-70B-Instruct`. */
  readonly model: string;
  /** Requests it receives. */
  readonly traffic: Traffic;
  /** What it promises. */
  readonly slo: Slo | SloProps;
  /** Weight precisions allowed, most preferred first. Default: `['bf16']`. */
  readonly precisions?: readonly Precision[];
  /** Precisions of the KV cache allowed. Default: bf16, and fp8 beside weights of 8 bits or fewer on hardware that computes fp8. */
  readonly kvPrecisions?: readonly Precision[];
  /** Checkpoint to load by weight precision, as Hugging Face ids. Default: the model. */
  readonly checkpoints?: Readonly<Partial<Record<Precision, string>>>;
  /** Engines allowed, most preferred first. Default: `['vllm']`. */
  readonly engines?: readonly EngineName[];
  /** Pools it may run on, as constructs or ids. Default: every pool of the fleet. */
  readonly pools?: readonly (HardwarePool | string)[];
  /** Largest share of its replicas on spot capacity, such as `50%`. Default: `100%`. */
  readonly maxSpotShare?: PercentText;
  /**
   * How requests reach the replicas: `even`, as behind a Kubernetes Service, so that all replicas are alike; or
   * `weighted` by capacity, which needs a gateway that does so. Default: `even`.
   */
  readonly routing?: Routing;
  /** Longest sequence to serve in tokens, prompt and output together. Default: the model's own limit. */
  readonly maxModelLength?: number;
  /**
   * `aggregated`: every replica serves whole requests; `disaggregated`: prefill replicas hand prompts over to decode
   * replicas; `any`: the better of both. Default: `aggregated`.
   */
  readonly serving?: ServingChoice;
  /** What its part of the plan makes best within the SLO. Default: the objective of the fleet. */
  readonly objective?: Objective;
  /** Limits kept beside the SLO; each replaces the one of the fleet. Default: the limits of the fleet. */
  readonly limits?: LimitsDocument;
  /** Probability that the SLO holds given the error of the performance model, such as `90%`. Default: that of the fleet. */
  readonly confidence?: PercentText;
  /** Owner that costs are shown for. Default: none. */
  readonly team?: string;
  /** Kubernetes namespace. Default: the name of the fleet. */
  readonly namespace?: string;
}

/**
 * Declares a language model served behind an OpenAI-compatible endpoint.
 *
 *     new LlmService(fleet, 'chat', {
 *       model: 'meta-llama/Llama-3.1-70B-Instruct',
 *       traffic: Traffic.profile('azure-llm-2023-conversation', { meanRate: '12/s' }),
 *       slo: new Slo({ ttft: { p99: '1.5s' } }),
 *     });
 */
export class LlmService extends Declaration {
  /** Id of the service, unique in the fleet. */
  readonly id: string;
  readonly #props: LlmServiceProps;

  constructor(scope: Construct, id: string, props: LlmServiceProps) {
    super(scope, id);
    this.id = props.id ?? id;
    this.#props = props;
  }

  /** The pools given as constructs, in the order given. */
  get poolConstructs(): readonly HardwarePool[] {
    return (this.#props.pools ?? []).filter((pool) => typeof pool !== 'string');
  }

  override declare(): DeclaredFacts<'workloads'> {
    const { pools, slo, traffic, ...props } = this.#props;
    const item = {
      ...props,
      kind: 'llm' as const,
      id: this.id,
      traffic: documentOf<TrafficDocument>(traffic),
      slo: documentOf<SloDocument>(slo),
      ...(pools === undefined
        ? {}
        : { pools: pools.map((pool) => (typeof pool === 'string' ? pool : pool.id)) }),
    };
    return { list: 'workloads', noun: 'LlmService', id: this.id, item };
  }
}

/** The document of a value object, or the value itself: stacks without types may give anything, and validation tells. */
function documentOf<T extends object>(value: { readonly document: T } | T): T {
  return typeof value === 'object' && value !== null && 'document' in value ? value.document : value;
}
