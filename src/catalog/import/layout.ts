import type { InterruptionBand } from '../interruption-bands.ts';

/** Names of the price file layouts this program reads. */
export type PriceLayoutName = 'aws' | 'gcp' | 'azure' | 'skypilot';

/** A layout to read with, or `auto` to recognise it by the header line. */
export type PriceFileLayout = 'auto' | PriceLayoutName;

/** A row by lower-case column name; absent values are empty. */
export type RowFields = (column: string) => string;

/** What one row of a price file says; money in USD per hour of one node. */
export interface PriceRow {
  readonly provider: string;
  readonly instanceType: string;
  readonly family: string;
  readonly cpuArchitecture: 'amd64' | 'arm64';
  readonly vcpus: number;
  /** Undefined when the file does not say and the program does not know. */
  readonly memoryGib: number | undefined;
  readonly accelerator?: {
    readonly name: string;
    readonly count: number;
    /** Memory of one in GB, as the file says; tells an A100 40 GB from an 80 GB one. */
    readonly memoryGb: number | undefined;
  };
  readonly networkGbps: number;
  /** When the file says what Kubernetes leaves for pods. */
  readonly allocatable?: {
    readonly cpuMillicores: number;
    readonly memoryMib: number;
    readonly pods: number;
  };
  readonly region: string;
  /** Zone the prices hold in; empty for the whole region. */
  readonly zone: string;
  readonly onDemand: number | undefined;
  readonly spot: number | undefined;
  /** How the spot price was derived when it was not quoted; empty for a quotation. */
  readonly spotEstimate: string;
  /** Zone of the spot price when it is finer than that of the on-demand price. */
  readonly spotZone: string;
  /** ISO dates; empty when the file says none. For an estimate, the date of its oldest ingredient. */
  readonly onDemandDate: string;
  readonly spotDate: string;
  readonly band?: InterruptionBand;
}

/** The price of accelerators alone, to be added to the machine that carries them (SkyPilot's Google Cloud rows). */
export interface AcceleratorPrice {
  readonly accelerator: { readonly name: string; readonly count: number };
  readonly region: string;
  readonly zone: string;
  readonly onDemand: number | undefined;
  readonly spot: number | undefined;
}

/** A row that cannot be used, with the reason in words. */
export interface UnusableRow {
  readonly reason: string;
}

/** One layout of price files: how to recognise it and how to read a row. */
export interface PriceLayout {
  readonly name: PriceLayoutName;
  /** Columns, lower case, all of which a file of this layout has; recognition asks for them. */
  readonly requiredColumns: readonly string[];
  /** Whether the rows name their provider and date. */
  readonly saysProvider: boolean;
  readonly saysDate: boolean;
  /** Whether a machine's accelerators may be priced in rows of their own. */
  readonly splitsPrices: boolean;
  read(
    row: RowFields,
    defaults: { readonly provider: string; readonly date: string },
  ): PriceRow | AcceleratorPrice | UnusableRow;
}

/** Whether reading gave a reason instead of a row. */
export function isUnusable(row: PriceRow | AcceleratorPrice | UnusableRow): row is UnusableRow {
  return 'reason' in row;
}

/** Whether a row prices accelerators alone. */
export function isAcceleratorPrice(row: PriceRow | AcceleratorPrice): row is AcceleratorPrice {
  return !('instanceType' in row);
}

/** A number ≥ 0 in a cell; undefined for an empty or broken cell. */
export function numberIn(cell: string): number | undefined {
  if (cell.trim() === '') return undefined;
  const value = Number(cell);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
