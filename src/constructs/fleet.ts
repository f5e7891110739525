import { RootConstruct } from 'constructs';
import type {
  CatalogDocument,
  LimitsDocument,
  Objective,
  PlacementChoice,
  SpotDocument,
  TenancyDocument,
} from '../model/index.ts';
import type { PercentText } from '../units/index.ts';

/** What a fleet may say beside its name. */
export interface FleetProps {
  /** Seed of every random stream of the planner, a whole number ≥ 0. Default: 1. */
  readonly seed?: number;
  /**
   * What the plan makes best within its SLOs: `cost`, `accelerators`, `cost-per-token`, `throughput-per-accelerator`,
   * `latency` or `energy`. Default: `cost`.
   */
  readonly objective?: Objective;
  /** Limits that every service keeps beside its SLO, such as `{ costPerMillionTokens: '2 USD/Mtoken' }`. Default: none. */
  readonly limits?: LimitsDocument;
  /**
   * Probability that the SLOs hold given the error of the performance model, such as `90%`; above 50 % and below 100 %.
   * Default: predictions are trusted as they are.
   */
  readonly confidence?: PercentText;
  /** Accelerators, instance types, prices and models to add to the catalogue, and files that hold more. Default: none. */
  readonly catalog?: CatalogDocument;
  /** Calibration files that `plimsoll calibrate` has written, relative to the stack, such as `./calibration.json`. Default: none. */
  readonly calibration?: readonly string[];
  /**
   * Observed availability and prices of spot capacity, such as `{ availability: ['./spot-traces.csv.gz'] }`; files relative to the
   * stack. Default: interruption bands and prices of the catalogue alone.
   */
  readonly spot?: SpotDocument;
  /**
   * Who may reach what, and how much may run, in the namespaces of the fleet, such as `{ clients: ['web'], quotas: true }`.
   * Default: pods reach others only where the plan needs it, every namespace may call models, no quotas, no queues.
   */
  readonly tenancy?: TenancyDocument;
  /**
   * How strictly pods keep to the plan: `flexible`, `zonal` for a pod set per zone, so that each lies in the zone where it was planned and none moves to
   * another by itself, or `exact` for a pod set per node as well where services share several nodes of an offering. Default: `flexible`.
   */
  readonly placement?: PlacementChoice;
}

/** Marks fleets; registered, so that it works across copies of this package. */
const FLEET = Symbol.for('plimsoll.fleet');

/**
 * The root of a stack: everything planned together. A stack file exports exactly one.
 *
 *     const fleet = new Fleet('chat');
 *     new HardwarePool(fleet, 'h100', { … });
 *     export default fleet;
 */
export class Fleet extends RootConstruct {
  /** Whether a value is a fleet, of this or another copy of the package. */
  static isFleet(value: unknown): value is Fleet {
    return typeof value === 'object' && value !== null && FLEET in value;
  }

  /** Name of the stack; the plan is written to `plans/<name>`. */
  readonly name: string;
  /** What the fleet says beside its name. */
  readonly props: FleetProps;

  /**
   * @param name name of the stack: lower-case letters, digits and hyphens, at most 40
   * @param props seed, aims, catalogue additions, calibration files and records of spot capacity
   */
  constructor(name: string, props: FleetProps = {}) {
    super('');
    this.name = name;
    this.props = props;
    Object.defineProperty(this, FLEET, { value: true });
  }
}
