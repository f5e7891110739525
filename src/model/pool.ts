import type { Bytes, BytesPerSecond, MicroUsdPerHour, Seconds } from '../units/index.ts';
import type { Accelerator, InstanceType } from './accelerator.ts';
import type { Provenance } from './provenance.ts';
import type { CpuArchitecture } from './service.ts';

/** How capacity is bought. */
export type CapacityType = 'on-demand' | 'spot' | 'reserved' | 'owned';

/** A Kubernetes taint that keeps other pods off the nodes of a pool. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** Hardware a user offers to the planner, as declared: one instance type in one region. */
export interface HardwarePool {
  readonly id: string;
  /** Construct path or document path, for diagnostics. */
  readonly path: string;
  readonly provider: string;
  readonly region: string;
  /** Zones, sorted; at least one. */
  readonly zones: readonly string[];
  readonly instanceType: string;
  /** Capacity types, sorted; at least one. */
  readonly capacityTypes: readonly CapacityType[];
  /** Most nodes of the pool at once, all zones and capacity types together; Infinity when unlimited. */
  readonly maxNodes: number;
  /** Prices that replace the catalogue's, per node. */
  readonly prices: Readonly<Partial<Record<CapacityType, MicroUsdPerHour>>>;
  /** Time from asking for a node until it is ready; absent means the catalogue's assumption. */
  readonly nodeStartup?: Seconds;
  /** Network between nodes per accelerator and direction; absent means instance network ÷ accelerators. */
  readonly interNodeBandwidth?: BytesPerSecond;
  /** Monthly probability of a spot interruption that replaces the catalogue's band, 0..1. */
  readonly interruptionProbability?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** What daemonsets take on every node, all together; absent means nothing. */
  readonly daemonsets?: NodeOverhead;
  /** The mix that it was made from, whose `maxNodes` all its pools share; absent for pools declared by themselves. */
  readonly mix?: string;
}

/** What pods that run on every node take of it. */
export interface NodeOverhead {
  readonly cpuMillicores: number;
  readonly memory: Bytes;
  readonly pods: number;
}

/**
 * Hardware of many instance types offered at once, as declared. Joined with the catalogue it becomes one pool per instance type,
 * with the id `<mix>-<instance type, dots as dashes>`.
 */
export interface InstanceMix extends Omit<HardwarePool, 'instanceType' | 'prices' | 'mix'> {
  readonly instanceTypes: InstanceSelector;
}

/** Which instance types of a catalogue belong to a mix. */
export interface InstanceSelector {
  /** Names, `*` standing for any characters; empty means all. */
  readonly names: readonly string[];
  /** Names left out, `*` standing for any characters. */
  readonly except: readonly string[];
  /** Instruction sets, sorted; at least one. */
  readonly architectures: readonly CpuArchitecture[];
  /** Bounds, both included; `max` is Infinity when unlimited. */
  readonly vcpus: { readonly min: number; readonly max: number };
  /** Bounds in bytes of main memory, both included; `max` is Infinity when unlimited. */
  readonly memory: { readonly min: number; readonly max: number };
  /** Types with accelerators only, or none of them. */
  readonly accelerators: boolean;
}

/** One thing that can be bought: instance type × zone × capacity type, with everything known about it. */
export interface Offering {
  /** `<pool>/<zone>/<capacity type>`; unique and stable. */
  readonly id: string;
  readonly pool: string;
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
  readonly instanceType: InstanceType;
  readonly accelerator?: Accelerator;
  readonly capacityType: CapacityType;
  /** Price of one node. */
  readonly price: MicroUsdPerHour;
  readonly priceProvenance: Provenance;
  /** List price of the same node on demand: what savings are measured against. */
  readonly listPrice: MicroUsdPerHour;
  readonly interruption: Interruption;
  /** What the price is expected to be, from the past; absent where no history tells of it. */
  readonly priceForecast?: OfferingPriceForecast;
  /** Offerings with the same group are reclaimed together; nodes of a group `node` fail one by one. */
  readonly correlationGroup: string;
  /** Time from asking for a node until it is ready. */
  readonly nodeStartup: Seconds;
  /** Network between nodes per accelerator and direction. */
  readonly interNodeBandwidth: BytesPerSecond;
}

/** The correlation group of capacity whose nodes fail independently of each other. */
export const INDEPENDENT_NODES = 'node';

/** How often one node of an offering is taken away. */
export interface Interruption {
  /** Probability that a node is interrupted within a month, low and high end of the published band, 0..1. */
  readonly monthlyLow: number;
  readonly monthlyHigh: number;
  /** Warning before the node goes. */
  readonly notice: Seconds;
  readonly provenance: Provenance;
  /** Observed share of time in which no node could be had, 0..1; absent where no trace tells of the offering. */
  readonly outageShare?: number;
  /** Observed losses of all capacity per hour of observation, ≥ 0; given with `outageShare`. */
  readonly outagesPerHour?: number;
  /** The traces that `outageShare` and `outagesPerHour` are measured from. */
  readonly outageProvenance?: Provenance;
}

/** Quantiles of the mean price of one node over a horizon. */
export interface OfferingPriceForecast {
  readonly p10: MicroUsdPerHour;
  readonly p50: MicroUsdPerHour;
  readonly p90: MicroUsdPerHour;
  /** Time over which the price is averaged. */
  readonly horizon: Seconds;
  /** Price history, and the ISO date of its latest change that was used. */
  readonly source: string;
  readonly date: string;
}
