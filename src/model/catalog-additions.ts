import type { MicroUsdPerHour } from '../units/index.ts';
import type { Accelerator, InstanceType } from './accelerator.ts';
import type { ModelArchitecture } from './architecture.ts';
import type { CapacityType } from './pool.ts';
import type { Provenance } from './provenance.ts';

/** The price of one instance type in one place. */
export interface PriceRecord {
  readonly provider: string;
  readonly region: string;
  /** Empty when the price holds in the whole region. */
  readonly zone: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  readonly price: MicroUsdPerHour;
  /** The price was derived, not quoted (spot from an average saving, say). */
  readonly isEstimate: boolean;
  readonly provenance: Provenance;
}

/** The published interruption band of one instance type in one region. */
export interface InterruptionRecord {
  readonly provider: string;
  readonly region: string;
  readonly instanceType: string;
  /** Band of the monthly interruption probability, 0..1 each. */
  readonly monthlyLow: number;
  readonly monthlyHigh: number;
  readonly provenance: Provenance;
}

/** Records a user adds to the shipped catalogue; an added record replaces a shipped one of the same name. */
export interface CatalogAdditions {
  readonly accelerators: readonly Accelerator[];
  readonly instanceTypes: readonly InstanceType[];
  readonly prices: readonly PriceRecord[];
  readonly interruptions: readonly InterruptionRecord[];
  readonly models: readonly ModelArchitecture[];
}

/** No additions. */
export const NO_ADDITIONS: CatalogAdditions = {
  accelerators: [],
  instanceTypes: [],
  prices: [],
  interruptions: [],
  models: [],
};
