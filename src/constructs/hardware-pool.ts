import type { Construct } from 'constructs';
import type {
  CapacityType,
  DaemonsetsDocument,
  InstanceSelectorDocument,
  NodeProvisioning,
  Taint,
} from '../model/index.ts';
import type { BandwidthText, DurationText, HourlyUsdText, PercentText } from '../units/index.ts';
import { Declaration } from './declaration.ts';
import type { DeclaredFacts } from './declaration.ts';

/** Hardware offered to the planner in one region: one instance type, or many chosen from the catalogue. */
export interface HardwarePoolProps {
  /** Id of the pool, unique in the fleet. Default: the id of the construct. */
  readonly id?: string;
  /** Cloud provider (`aws`, `gcp`, `azure`), or any name for your own servers. */
  readonly provider: string;
  /** Region of the provider, such as `us-east-1`. */
  readonly region: string;
  /** Availability zones in which nodes may be bought; at least one. */
  readonly zones: readonly string[];
  /** Instance type as `plimsoll catalog list` names it, such as `p5.48xlarge`. Exactly one of this and `instanceTypes`. */
  readonly instanceType?: string;
  /**
   * Many instance types at once: all those of the catalogue that have a price in the region and meet every condition
   * given. `{}` is every amd64 type without accelerators. `maxNodes` is shared by them all.
   */
  readonly instanceTypes?: InstanceSelectorDocument;
  /** How nodes may be bought. Default: on-demand only. */
  readonly capacityTypes?: readonly CapacityType[];
  /** Most nodes at once over all zones, capacity types and instance types. Default: unlimited. */
  readonly maxNodes?: number;
  /** Prices per node and hour that replace those of the catalogue, such as `{ reserved: '31.20 USD/hour' }`. Default: none. */
  readonly prices?: Readonly<Partial<Record<CapacityType, HourlyUsdText>>>;
  /** From asking for a node until it is ready, such as `6min`. Default: the catalogue's assumption. */
  readonly nodeStartup?: DurationText;
  /** Network between nodes per accelerator and direction, such as `400Gbit/s`. Default: network of the instance ÷ its accelerators. */
  readonly interNodeBandwidth?: BandwidthText;
  /** Probability that a spot node is interrupted within a month, such as `12%`. Default: the catalogue's band. */
  readonly interruption?: PercentText;
  /** Kubernetes labels of the nodes. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Kubernetes taints of the nodes. Default: none. */
  readonly taints?: readonly Taint[];
  /** What daemonsets take on every node, all together, such as `{ cpu: '150m', memory: '300Mi', pods: 4 }`. Default: nothing. */
  readonly daemonsets?: DaemonsetsDocument;
  /**
   * Who makes the nodes: `karpenter`, from the node pools in the manifests, or `managed`: node groups made by other means, such as those
   * that `synth --target pulumi` writes. Default: Karpenter, where the provider has one.
   */
  readonly nodeProvisioning?: NodeProvisioning;
  /**
   * Karpenter's node class for the nodes, an EC2NodeClass or AKSNodeClass of yours. Default: on AWS the one named after the stack, which
   * `synth --target pulumi` writes; on Azure `default`, which node auto-provisioning makes.
   */
  readonly nodeClass?: string;
}

/**
 * Declares hardware that the planner may buy. Workloads use every pool unless they name some.
 *
 *     const h100 = new HardwarePool(fleet, 'h100', {
 *       provider: 'aws', region: 'us-east-1', zones: ['us-east-1a', 'us-east-1b'],
 *       instanceType: 'p5.48xlarge', capacityTypes: ['on-demand', 'spot'],
 *     });
 *     new HardwarePool(fleet, 'general', {
 *       provider: 'aws', region: 'us-east-1', zones: ['us-east-1a', 'us-east-1b'],
 *       instanceTypes: { names: ['m7i.*', 'c7i.*'], vcpus: { max: 16 } }, capacityTypes: ['on-demand', 'spot'],
 *     });
 */
export class HardwarePool extends Declaration {
  /** Id of the pool, unique in the fleet. */
  readonly id: string;
  readonly #props: HardwarePoolProps;

  constructor(scope: Construct, id: string, props: HardwarePoolProps) {
    super(scope, id);
    this.id = props.id ?? id;
    this.#props = props;
  }

  override declare(): DeclaredFacts<'pools'> {
    return { list: 'pools', noun: 'HardwarePool', id: this.id, item: { ...this.#props, id: this.id } };
  }
}
