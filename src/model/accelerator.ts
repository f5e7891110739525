import type { Bytes, BytesPerSecond, FlopsPerSecond, Watts } from '../units/index.ts';
import type { Provenance } from './provenance.ts';

/**
 * Number formats of weights, activations and KV cache.
 * `fp8` has one scale per tensor, `fp8-block` one per 128×128 block, `nvfp4` and `mxfp4` one per 16 or 32 values,
 * `int4` is weight-only (activations stay bf16).
 */
export type Precision = 'bf16' | 'fp8' | 'fp8-block' | 'int8' | 'int4' | 'nvfp4' | 'mxfp4';

/** The arithmetic that a matrix unit offers; `peakFlops` of an accelerator is keyed by it. */
export type ComputeType = 'bf16' | 'fp8' | 'int8' | 'fp4';

/** One accelerator as its vendor describes it. */
export interface Accelerator {
  /** Catalogue name, lower case: `h100-sxm`. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly vendor: string;
  /** Micro-architecture: `hopper`, `ada`, `cdna3`; unmeasured parts scale from the nearest one. */
  readonly architecture: string;
  readonly memory: Bytes;
  readonly memoryBandwidth: BytesPerSecond;
  /** Dense peak per arithmetic; an absent entry means the hardware lacks it. */
  readonly peakFlops: Readonly<Partial<Record<ComputeType, FlopsPerSecond>>>;
  readonly power: Watts;
  /** Link to the other accelerators of the node, per accelerator and direction. */
  readonly link: { readonly kind: string; readonly bandwidth: BytesPerSecond };
  /** Kubernetes extended resource that asks for one: `nvidia.com/gpu`. */
  readonly resourceName: string;
  readonly provenance: Provenance;
}

/** One cloud instance type, or one owned server type. */
export interface InstanceType {
  readonly name: string;
  /** `aws`, `gcp`, `azure`, or any name a user chooses. */
  readonly provider: string;
  readonly family: string;
  readonly cpuArchitecture: 'amd64' | 'arm64';
  readonly vcpus: number;
  readonly memory: Bytes;
  readonly accelerator?: {
    readonly name: string;
    /** Accelerators of one node. */
    readonly count: number;
    /** Accelerators that reach each other over the fast link when nodes share one (NVL72: 72); absent: those of the node. */
    readonly linkDomain?: number;
  };
  /** Network bandwidth of the whole node, one direction; zero when unknown. */
  readonly networkBandwidth: BytesPerSecond;
  /** What Kubernetes leaves for pods after the system's own share. */
  readonly allocatable: { readonly cpuMillicores: number; readonly memory: Bytes; readonly pods: number };
  readonly provenance: Provenance;
}
