import type {
  BandwidthText,
  CpuText,
  DurationText,
  HourlyUsdText,
  MemoryText,
  MonthlyUsdText,
  PercentText,
  RateText,
  SizeText,
  TokenEnergyText,
  TokenPriceText,
  TokenRateText,
} from '../units/index.ts';
import type { ComputeType, Precision } from './accelerator.ts';
import type { Objective, ServingChoice } from './objective.ts';
import type { CapacityType, Taint } from './pool.ts';
import type { PolicyLevel, InlineRule } from './policy.ts';
import type { Provenance } from './provenance.ts';
import type { CpuArchitecture } from './service.ts';
import type { ServiceDocument } from './service-document.ts';
import type { LatencyMetric, Percentile, Slo } from './slo.ts';
import type { TenancyDocument } from './tenancy-document.ts';
import type { EngineName, Routing, TraceColumnNames, TraceFormat } from './workload.ts';
import type { LengthModel } from './traffic.ts';

/** Version of the problem format; raised when a field is removed or re-defined. */
export const PROBLEM_API_VERSION = 'plimsoll.dev/v1alpha1';

/**
 * A planning problem as people write it, in YAML or JSON, and as construct trees compile to.
 * Quantities are texts with units. `parseProblem` turns it into a `Problem`.
 */
export interface ProblemDocument extends AimsDocument {
  readonly apiVersion: string;
  readonly name: string;
  /** Seed of every random stream; default 1. */
  readonly seed?: number;
  readonly pools: readonly PoolDocument[];
  /** Language models to serve; YAML and JSON may leave an empty list out. Workloads and services together are at least one. */
  readonly workloads: readonly LlmServiceDocument[];
  /** Microservices to run; default: none. */
  readonly services?: readonly ServiceDocument[];
  readonly budgets?: readonly BudgetDocument[];
  readonly policies?: readonly PolicyDocument[];
  readonly waivers?: readonly WaiverDocument[];
  readonly catalog?: CatalogDocument;
  /** Files that fit the performance model to the user's own deployment (paths relative to the stack). */
  readonly calibration?: readonly string[];
  /** What is known of spot capacity over time; default: interruption bands and prices of the catalogue alone. */
  readonly spot?: SpotDocument;
  /** Who may reach what, and how much may run, in the namespaces of the stack; default: planned flows alone, no quotas. */
  readonly tenancy?: TenancyDocument;
  /** How strictly pods keep to the zones and nodes of the plan; default: flexible. */
  readonly placement?: PlacementChoice;
}

/**
 * `flexible`: the pods of a set may lie in any zone of the set, as even as the scheduler makes them. `zonal`: a pod set for each zone. `exact`: also
 * one for each node of an offering where several run in a zone and services share them, so that every node holds what the plan packed on it.
 */
export type PlacementChoice = 'flexible' | 'zonal' | 'exact';

/** Observed availability and prices of spot capacity; paths are relative to the stack, `.gz` is decompressed. */
export interface SpotDocument {
  /** Files of availability traces. Default: none. */
  readonly availability?: readonly string[];
  /** Files of price histories. Default: none. */
  readonly prices?: readonly string[];
  /** Offering (its id, or `<pool>/<zone>`) that a trace tells of, by the trace's id or zone. Default: zone and instance type decide. */
  readonly map?: Readonly<Record<string, string>>;
}

/** What to strive for, what to keep beside the SLO, and how surely; said of a problem, it holds for every workload that says nothing else. */
export interface AimsDocument {
  /** Default: cost. */
  readonly objective?: Objective;
  /** Default: none. A workload's limits replace those of the problem one by one. */
  readonly limits?: LimitsDocument;
  /** Probability that the SLO holds given the error of the performance model, above 50% and below 100%. Default: predictions are trusted. */
  readonly confidence?: PercentText;
}

/** Limits on what plans are compared by; money per month is limited by budgets. */
export interface LimitsDocument {
  /** At most, input and output tokens, at capacity. */
  readonly costPerMillionTokens?: TokenPriceText;
  /** At least: output tokens per accelerator, at capacity. */
  readonly throughputPerAccelerator?: TokenRateText;
  /** At most: p99 of the time to the last token, at the demand. */
  readonly latency?: DurationText;
  /** At most, at the demand. */
  readonly energyPerOutputToken?: TokenEnergyText;
}

/** Hardware offered to the planner: exactly one of `instanceType` and `instanceTypes`. */
export interface PoolDocument {
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly instanceType?: string;
  /** Many instance types at once, chosen from the catalogue; `maxNodes` is shared by them all. */
  readonly instanceTypes?: InstanceSelectorDocument;
  /** Default: on-demand only. */
  readonly capacityTypes?: readonly CapacityType[];
  /** Default: unlimited. */
  readonly maxNodes?: number;
  readonly prices?: Readonly<Partial<Record<CapacityType, HourlyUsdText>>>;
  readonly nodeStartup?: DurationText;
  readonly interNodeBandwidth?: BandwidthText;
  /** Monthly probability that a spot node is interrupted. */
  readonly interruption?: PercentText;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** What daemonsets take on every node; default: nothing. */
  readonly daemonsets?: DaemonsetsDocument;
  /** Default: Karpenter, where the provider has one. */
  readonly nodeProvisioning?: NodeProvisioning;
  /** Karpenter's node class (EC2NodeClass, AKSNodeClass) of the pool's nodes; default: the stack's name on AWS, `default` on Azure. */
  readonly nodeClass?: string;
}

/** Who makes nodes: Karpenter from the node pools of the manifests, or node groups of the cloud made by other means. */
export type NodeProvisioning = 'karpenter' | 'managed';

/** What daemonsets take on every node of a pool, all together. */
export interface DaemonsetsDocument {
  /** Default: 0m. */
  readonly cpu?: CpuText;
  /** Default: 0Mi. */
  readonly memory?: MemoryText;
  /** Pods of the daemonsets on one node; default: 0. */
  readonly pods?: number;
}

/** Which instance types of the catalogue are offered. */
export interface InstanceSelectorDocument {
  /** Names, `*` standing for any characters; default: all. */
  readonly names?: readonly string[];
  /** Names left out; default: none. */
  readonly except?: readonly string[];
  /** Default: amd64. */
  readonly architectures?: readonly CpuArchitecture[];
  readonly vcpus?: { readonly min?: number; readonly max?: number };
  readonly memory?: { readonly min?: MemoryText; readonly max?: MemoryText };
  /** Only types with accelerators, or only types without; default: false. */
  readonly accelerators?: boolean;
}

/** A language model to serve. */
export interface LlmServiceDocument extends AimsDocument {
  readonly kind: 'llm';
  readonly id: string;
  readonly model: string;
  readonly checkpoints?: Readonly<Partial<Record<Precision, string>>>;
  /** Default: bf16. */
  readonly precisions?: readonly Precision[];
  /** Default: bf16, and fp8 beside weights of 8 bits or fewer on hardware that computes fp8. */
  readonly kvPrecisions?: readonly Precision[];
  /** Default: vllm. */
  readonly engines?: readonly EngineName[];
  readonly traffic: TrafficDocument;
  readonly slo: SloDocument;
  /** Pool ids; default: every pool. */
  readonly pools?: readonly string[];
  /** Default: 100%. */
  readonly maxSpotShare?: PercentText;
  /** Default: even, as behind a Kubernetes Service: all replicas are alike. */
  readonly routing?: Routing;
  readonly maxModelLength?: number;
  /** Default: aggregated. */
  readonly serving?: ServingChoice;
  readonly team?: string;
  /** Kubernetes namespace; default: the stack's name. */
  readonly namespace?: string;
}

/** Traffic: exactly one of `profile`, `trace` and `generate`, and changes to it. */
export interface TrafficDocument {
  /** Name of a shipped profile. */
  readonly profile?: string;
  readonly trace?: {
    readonly file: string;
    /** Default: auto. */
    readonly format?: TraceFormat;
    /** Columns of a plain CSV or JSONL file. Default: recognised by their usual names. */
    readonly columns?: TraceColumnNames;
  };
  readonly generate?: GenerativeTrafficDocument;
  /** Mean over the week. */
  readonly meanRate?: RateText;
  /** Ratio of the busiest hour to the mean, ≥ 1. */
  readonly peakToMean?: number;
  /** UTC hour of the peak, 0..23. */
  readonly peakHour?: number;
  /** Coefficient of variation of the gaps between arrivals. */
  readonly burstiness?: number;
  readonly prefixHitRate?: PercentText;
}

/** A generative profile written out. */
export interface GenerativeTrafficDocument {
  /** 168 request rates in requests per second, Monday 00:00 UTC first. */
  readonly hourlyRate?: readonly number[];
  readonly family?: 'gamma' | 'weibull';
  readonly lengths: LengthModel | FixedLengths;
}

/** Every request has these lengths in tokens. */
export interface FixedLengths {
  readonly isl: number;
  readonly osl: number;
}

/** Limits by metric and percentile, and the availability promised. */
export type SloDocument = Readonly<
  Partial<Record<LatencyMetric, Readonly<Partial<Record<Percentile, DurationText>>>>>
> & {
  /** Default: 99%. */
  readonly availability?: PercentText;
  /** Default: correlation-group. */
  readonly tolerates?: Slo['tolerates'];
};

/** A limit on money. */
export interface BudgetDocument {
  readonly id: string;
  readonly limit: MonthlyUsdText;
  readonly team?: string;
}

/** Rules to hold the plan to: a pack, rules written here, or both. */
export interface PolicyDocument {
  readonly id: string;
  readonly pack?: string;
  readonly levels?: Readonly<Record<string, PolicyLevel>>;
  readonly parameters?: Readonly<Record<string, number | string | boolean>>;
  readonly rules?: readonly (Pick<InlineRule, 'id' | 'title' | 'level' | 'target' | 'condition'> &
    Partial<InlineRule>)[];
}

/** A stated exception to a rule. */
export interface WaiverDocument {
  readonly rule: string;
  readonly subject?: string;
  readonly owner: string;
  readonly reason: string;
  /** ISO date. */
  readonly expires: string;
}

/** Records added to the catalogue, and files that hold more of them (paths relative to the stack). */
export interface CatalogDocument {
  readonly files?: readonly string[];
  readonly accelerators?: readonly AcceleratorDocument[];
  readonly instanceTypes?: readonly InstanceTypeDocument[];
  readonly prices?: readonly PriceDocument[];
  readonly interruptions?: readonly InterruptionDocument[];
  readonly models?: readonly ModelDocument[];
}

/** An accelerator as users write it. */
export interface AcceleratorDocument {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly vendor: string;
  readonly architecture: string;
  readonly memory: SizeText;
  readonly memoryBandwidth: BandwidthText;
  /** Dense peaks in TFLOP/s. */
  readonly teraflops: Readonly<Partial<Record<ComputeType, number>>>;
  readonly powerWatts: number;
  readonly link: { readonly kind: string; readonly bandwidth: BandwidthText };
  readonly resourceName?: string;
  readonly provenance?: Provenance;
}

/** An instance type as users write it. */
export interface InstanceTypeDocument {
  readonly name: string;
  readonly provider: string;
  readonly family?: string;
  readonly cpuArchitecture?: 'amd64' | 'arm64';
  readonly vcpus: number;
  readonly memory: SizeText;
  readonly accelerator?: {
    readonly name: string;
    readonly count: number;
    /** Accelerators that reach each other over the fast link across nodes; default: those of the node. */
    readonly linkDomain?: number;
  };
  readonly network?: BandwidthText;
  /** What Kubernetes leaves for pods; default: a documented reserve is subtracted. */
  readonly allocatable?: { readonly cpuMillicores: number; readonly memory: SizeText; readonly pods: number };
  readonly provenance?: Provenance;
}

/** A price as users write it. */
export interface PriceDocument {
  readonly provider: string;
  readonly region: string;
  readonly zone?: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  readonly price: HourlyUsdText;
  /** The price was derived, not quoted. Default: false. */
  readonly isEstimate?: boolean;
  readonly source: string;
  /** ISO date. */
  readonly date: string;
}

/** The published interruption band of spot capacity as users write it. */
export interface InterruptionDocument {
  readonly provider: string;
  readonly region: string;
  readonly instanceType: string;
  /** Band of the monthly probability that a node is interrupted. */
  readonly monthlyLow: PercentText;
  readonly monthlyHigh: PercentText;
  readonly source: string;
  /** ISO date. */
  readonly date: string;
}

/** A model architecture as users write it: dimensions as in its `config.json`; derived sizes are computed when absent. */
export interface ModelDocument {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim?: number;
  readonly vocabulary: number;
  readonly tiedEmbeddings?: boolean;
  readonly maxContext: number;
  readonly intermediate: number;
  readonly windowLayers?: number;
  readonly windowTokens?: number;
  readonly moe?: {
    readonly layers?: number;
    readonly experts: number;
    readonly topK: number;
    readonly intermediate: number;
    readonly sharedIntermediate?: number;
  };
  readonly checkpoints?: readonly Precision[];
  readonly provenance?: Provenance;
}
