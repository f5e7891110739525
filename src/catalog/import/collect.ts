import type {
  Accelerator,
  CatalogAdditions,
  InstanceType,
  InterruptionRecord,
  PriceRecord,
} from '../../model/index.ts';
import { NO_ADDITIONS, allocatableOf } from '../../model/index.ts';
import { bytes, bytesPerSecond, gib, sortedBy, usdPerHour } from '../../units/index.ts';
import { closestName } from '../../diagnostics/index.ts';
import { withLinkDomain } from '../link-domains.ts';
import { instanceKey, interruptionKey, priceKey } from '../keys.ts';
import { allNames, matchAccelerator } from '../names.ts';
import type { PriceRow } from './layout.ts';

/** Turns rows into catalogue records; rows of one instance type in several regions give one instance type. */
export class RowCollector {
  readonly #accelerators: readonly Accelerator[];
  readonly #source: string;
  readonly #knownMemory: (provider: string, instanceType: string) => number | undefined;
  readonly #instanceTypes = new Map<string, InstanceType>();
  readonly #prices = new Map<string, PriceRecord>();
  readonly #interruptions = new Map<string, InterruptionRecord>();
  readonly #unknownAccelerators = new Map<string, number>();

  constructor(options: {
    readonly accelerators: readonly Accelerator[];
    readonly source: string;
    /** Memory in bytes of an instance type that the catalogue knows already. */
    readonly knownMemory: (provider: string, instanceType: string) => number | undefined;
  }) {
    this.#accelerators = options.accelerators;
    this.#source = options.source;
    this.#knownMemory = options.knownMemory;
  }

  /** Takes one row; the result is the reason it could not be used, or undefined. A row without price gives an instance type. */
  add(row: PriceRow): string | undefined {
    if (row.instanceType === '' || row.region === '') return 'it names no instance type or no region';
    const memory =
      row.memoryGib === undefined
        ? this.#knownMemory(row.provider, row.instanceType)
        : bytes(Math.round(gib(row.memoryGib)));
    if (memory === undefined || memory === 0) return `the memory of ${row.instanceType} is not known`;
    this.#addInstance(row, memory);
    this.#addPrices(row);
    if (row.band !== undefined) {
      const record: InterruptionRecord = {
        provider: row.provider,
        region: row.region,
        instanceType: row.instanceType,
        ...row.band,
        provenance: {
          evidence: 'published',
          source: `${this.#source}: interruption band`,
          date: row.spotDate,
        },
      };
      this.#interruptions.set(interruptionKey(record), record);
    }
    return undefined;
  }

  #addInstance(row: PriceRow, memory: number): void {
    const key = instanceKey(row.provider, row.instanceType);
    if (this.#instanceTypes.has(key)) return;
    const accelerator =
      row.accelerator === undefined
        ? undefined
        : matchAccelerator(this.#accelerators, row.accelerator.name, row.accelerator.memoryGb);
    if (row.accelerator !== undefined && accelerator === undefined) {
      const name = row.accelerator.name;
      this.#unknownAccelerators.set(name, (this.#unknownAccelerators.get(name) ?? 0) + 1);
    }
    const said = row.allocatable;
    this.#instanceTypes.set(key, {
      name: row.instanceType,
      provider: row.provider,
      family: row.family,
      cpuArchitecture: row.cpuArchitecture,
      vcpus: row.vcpus,
      memory: bytes(memory),
      ...(accelerator === undefined || row.accelerator === undefined
        ? {}
        : {
            accelerator: withLinkDomain(
              { provider: row.provider, name: row.instanceType },
              { name: accelerator.name, count: row.accelerator.count },
            ),
          }),
      networkBandwidth: bytesPerSecond(Math.round(row.networkGbps * 1.25e8)),
      allocatable:
        said === undefined
          ? allocatableOf(row.provider, row.vcpus, memory)
          : { cpuMillicores: said.cpuMillicores, memory: bytes(said.memoryMib * 2 ** 20), pods: said.pods },
      provenance: { evidence: 'published', source: this.#source, date: row.onDemandDate },
    });
  }

  #addPrices(row: PriceRow): void {
    const place = { provider: row.provider, region: row.region, instanceType: row.instanceType };
    if (row.onDemand !== undefined) {
      this.#addPrice({
        ...place,
        zone: row.zone,
        capacityType: 'on-demand',
        price: usdPerHour(row.onDemand),
        isEstimate: false,
        provenance: { evidence: 'published', source: this.#source, date: row.onDemandDate },
      });
    }
    if (row.spot !== undefined) {
      const isEstimate = row.spotEstimate !== '';
      this.#addPrice({
        ...place,
        zone: row.spotZone,
        capacityType: 'spot',
        price: usdPerHour(row.spot),
        isEstimate,
        provenance: {
          evidence: isEstimate ? 'assumed' : 'published',
          source: isEstimate ? `${this.#source}: ${row.spotEstimate}` : this.#source,
          date: row.spotDate,
        },
      });
    }
  }

  /** The first price of a place stays; SkyPilot repeats the region's on-demand price in every zone. */
  #addPrice(record: PriceRecord): void {
    const key = priceKey(record);
    if (!this.#prices.has(key)) this.#prices.set(key, record);
  }

  /** Accelerators that the catalogue lacks, with the closest name it has and the instance types concerned. */
  unknownAccelerators(): readonly {
    readonly name: string;
    readonly closest?: string;
    readonly instanceTypes: number;
  }[] {
    const known = allNames(this.#accelerators);
    return sortedBy(this.#unknownAccelerators, ([name]) => name).map(([name, instanceTypes]) => {
      const closest = closestName(name, known);
      return { name, instanceTypes, ...(closest === undefined ? {} : { closest }) };
    });
  }

  /** Every record collected, each list sorted by its key. */
  additions(): CatalogAdditions {
    return {
      ...NO_ADDITIONS,
      instanceTypes: sortedBy(this.#instanceTypes.values(), (item) => instanceKey(item.provider, item.name)),
      prices: sortedBy(this.#prices.values(), priceKey),
      interruptions: sortedBy(this.#interruptions.values(), interruptionKey),
    };
  }
}
