import type { ModelArchitecture } from './architecture.ts';
import type { Precision } from './accelerator.ts';
import type { PlanningAims, ServingChoice } from './objective.ts';
import type { Slo } from './slo.ts';
import type { ArrivalProfile, RequestColumns } from './traffic.ts';

/** Inference engines; an open set, known ones have overheads and flag tables. */
export type EngineName = 'vllm' | 'sglang' | 'tensorrt-llm' | (string & {});

/** How requests are spread over the replicas of a workload. */
export type Routing = 'even' | 'weighted';

/** What every kind of workload says. A kind adds its own facts, a candidate generator and a performance model. */
export interface WorkloadBase {
  readonly id: string;
  /** Construct path or document path, for diagnostics. */
  readonly path: string;
  /** Owner that costs are shown for; empty when unstated. */
  readonly team: string;
  readonly namespace: string;
  /** Ids of the pools it may run on, sorted; empty means every pool. */
  readonly pools: readonly string[];
  /** Largest share of its replicas on spot capacity, 0..1. */
  readonly maxSpotShare: number;
  /**
   * How requests reach the replicas. `even`: every replica gets the same rate, as behind a Kubernetes Service, so all
   * replicas must be alike. `weighted`: a gateway gives each replica a rate in proportion to its capacity.
   */
  readonly routing: Routing;
}

/** A language model served behind an OpenAI-compatible endpoint, as declared. */
export interface LlmWorkload extends WorkloadBase, PlanningAims {
  readonly kind: 'llm';
  /** Name of the model architecture in the catalogue. */
  readonly model: string;
  /** Checkpoint to load when it differs from the architecture's name; keyed by weight precision. */
  readonly checkpoints: Readonly<Partial<Record<Precision, string>>>;
  /** Weight precisions allowed, in order of preference. */
  readonly precisions: readonly Precision[];
  /** Precisions of the KV cache allowed; absent: bf16, and fp8 beside weights of 8 bits or fewer on hardware that computes fp8. */
  readonly kvPrecisions?: readonly Precision[];
  readonly engines: readonly EngineName[];
  readonly traffic: TrafficReference;
  readonly slo: Slo;
  /** Longest sequence to serve in tokens; 0 means the model's own limit. */
  readonly maxModelLength: number;
  readonly serving: ServingChoice;
}

/** Workloads of every kind built so far. */
export type Workload = LlmWorkload;

/** Traffic as declared: a shipped or declared profile, a trace file, or a profile given whole. */
export type TrafficReference =
  | { readonly source: 'profile'; readonly profile: string; readonly scaling: TrafficScaling }
  | {
      readonly source: 'trace';
      readonly file: string;
      readonly format: TraceFormat;
      /** Columns of a plain file; absent names are recognised. */
      readonly columns?: TraceColumnNames;
      /** Default: fail. `skip` leaves broken lines out; only the command line can ask for it. */
      readonly onBrokenLine?: 'fail' | 'skip';
      readonly scaling: TrafficScaling;
    }
  | { readonly source: 'inline'; readonly profile: ArrivalProfile; readonly scaling: TrafficScaling };

/** Layouts of trace files; `auto` recognises them by their first line. */
export type TraceFormat = 'auto' | 'azure-llm' | 'burstgpt' | 'mooncake' | 'csv' | 'jsonl';

/** Which columns (CSV header names or JSON keys) of a plain trace file mean what; absent names are recognised. */
export interface TraceColumnNames {
  /** Arrival time; `null` states that the file holds lengths only. */
  readonly arrival?: string | null;
  /** Input tokens. */
  readonly isl?: string;
  /** Output tokens. */
  readonly osl?: string;
  /** Input tokens found in a warm prefix cache. */
  readonly cachedTokens?: string;
  /** Unit of the arrival column; absent: recognised in the first row. */
  readonly arrivalUnit?: 'seconds' | 'milliseconds' | 'datetime';
}

/** Changes applied to a profile; absent fields leave it as it is. */
export interface TrafficScaling {
  /** Mean over the week in requests per second; the hourly shape is kept. */
  readonly meanRate?: number;
  /** Ratio of the busiest hour to the mean; turns a flat week into a day curve (sinusoid over 24 h, assumed). */
  readonly peakToMean?: number;
  /** UTC hour of the day of the peak, 0..23. */
  readonly peakHour?: number;
  /** Replaces the profile's coefficient of variation. */
  readonly burstiness?: number;
  /** Replaces the profile's prefix hit rate, 0..1. */
  readonly prefixHitRate?: number;
}

/** A workload with its names looked up: what the optimizer works on. */
export interface ResolvedWorkload {
  readonly workload: LlmWorkload;
  readonly architecture: ModelArchitecture;
  readonly profile: ArrivalProfile;
  /** The trace itself when the traffic came from one: replayed against the chosen plan. */
  readonly trace?: RequestColumns;
}
