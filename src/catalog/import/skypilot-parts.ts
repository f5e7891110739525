import type { Accelerator, InstanceType } from '../../model/index.ts';
import { matchAccelerator } from '../names.ts';
import type { AcceleratorPrice, PriceRow } from './layout.ts';

/** A row kept until the file has been read, with its line. */
interface Held<T> {
  readonly row: T;
  readonly line: number;
}

/**
 * Joins the two halves in which SkyPilot prices Google Cloud: the machine without its accelerators, and the accelerators.
 * Memory grows with the rows of such machines, a few thousand in the whole catalogue.
 */
export class SplitPrices {
  readonly #accelerators: readonly Accelerator[];
  readonly #machines: Held<PriceRow>[] = [];
  readonly #prices = new Map<string, Held<AcceleratorPrice> & { isUsed: boolean }>();

  constructor(accelerators: readonly Accelerator[]) {
    this.#accelerators = accelerators;
  }

  /** Keeps the price of accelerators alone. */
  addAccelerators(row: AcceleratorPrice, line: number): void {
    this.#prices.set(this.#key(row.accelerator, row), { row, line, isUsed: false });
  }

  /** Keeps the price of a machine whose accelerators, known from the catalogue, are priced apart. */
  addMachine(row: PriceRow, accelerators: NonNullable<InstanceType['accelerator']>, line: number): void {
    this.#machines.push({ row: { ...row, accelerator: { ...accelerators, memoryGb: undefined } }, line });
  }

  /** The machines with both prices added up, and the rows that found no counterpart. */
  joined(): readonly { readonly line: number; readonly row?: PriceRow; readonly reason?: string }[] {
    const rows = this.#machines.map(({ row, line }) => {
      const accelerator = row.accelerator ?? { name: '', count: 0 };
      const price = this.#prices.get(this.#key(accelerator, { region: row.region, zone: row.spotZone }));
      if (price === undefined) {
        return {
          line,
          reason: `the price of its ${accelerator.count} × ${accelerator.name} is not in the file`,
        };
      }
      price.isUsed = true;
      return {
        line,
        row: { ...row, onDemand: sum(row.onDemand, price.row.onDemand), spot: sum(row.spot, price.row.spot) },
      };
    });
    const unused = [...this.#prices.values()].filter((price) => !price.isUsed);
    return [
      ...rows,
      ...unused.map(({ line }) => ({ line, reason: 'it prices accelerators of no known machine' })),
    ];
  }

  #key(
    accelerator: { readonly name: string; readonly count: number },
    place: { readonly region: string; readonly zone: string },
  ): string {
    const name =
      matchAccelerator(this.#accelerators, accelerator.name)?.name ?? accelerator.name.toLowerCase();
    return `${name}/${accelerator.count}/${place.region}/${place.zone}`;
  }
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left + right;
}
