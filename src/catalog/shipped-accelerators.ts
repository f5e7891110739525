import type { Accelerator, ComputeType, Evidence } from '../model/index.ts';
import { gib, gigabytesPerSecond, sortedBy, teraflops, watts } from '../units/index.ts';
import measured from './data/accelerators-measured.json' with { type: 'json' };
import published from './data/accelerators-published.json' with { type: 'json' };

/** An accelerator as the data files hold it: vendor units, dense peaks in TFLOP/s, link per direction in GB/s. */
interface AcceleratorRecord {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly vendor: string;
  readonly architecture: string;
  readonly memoryGib: number;
  readonly memoryGbPerSecond: number;
  readonly teraflops: Readonly<Partial<Record<ComputeType, number>>>;
  readonly powerWatts: number;
  readonly link: string;
  readonly linkGbPerSecond: number;
  readonly resourceName: string;
  readonly evidence: string;
  readonly source: string;
  readonly date: string;
}

/** The accelerators this program ships with, sorted by name. */
export function shippedAccelerators(): readonly Accelerator[] {
  const records: readonly AcceleratorRecord[] = [...measured, ...published];
  return sortedBy(records.map(acceleratorOf), (accelerator) => accelerator.name);
}

function acceleratorOf(record: AcceleratorRecord): Accelerator {
  const peaks = Object.entries(record.teraflops).filter((entry) => entry[1] !== undefined);
  return {
    name: record.name,
    aliases: record.aliases,
    vendor: record.vendor,
    architecture: record.architecture,
    memory: gib(record.memoryGib),
    memoryBandwidth: gigabytesPerSecond(record.memoryGbPerSecond),
    peakFlops: Object.fromEntries(peaks.map(([type, value]) => [type, teraflops(value)])),
    power: watts(record.powerWatts),
    link: { kind: record.link, bandwidth: gigabytesPerSecond(record.linkGbPerSecond) },
    resourceName: record.resourceName,
    provenance: { evidence: record.evidence as Evidence, source: record.source, date: record.date },
  };
}
