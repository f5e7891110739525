import { allocatableOf } from '../model/index.ts';
import type { InstanceType } from '../model/index.ts';
import { bytes, bytesPerSecond, gib, sortedBy } from '../units/index.ts';
import aws from './data/instances-aws.json' with { type: 'json' };
import azure from './data/instances-azure.json' with { type: 'json' };
import gcp from './data/instances-gcp.json' with { type: 'json' };
import published from './data/instances-published.json' with { type: 'json' };
import { instanceKey } from './keys.ts';
import { withLinkDomain } from './link-domains.ts';
import { tableRows } from './table.ts';
import type { TableRow } from './table.ts';

/** The instance types this program ships with, sorted by provider and name. */
export function shippedInstanceTypes(): readonly InstanceType[] {
  const generated = [
    ['aws', aws],
    ['azure', azure],
    ['gcp', gcp],
  ] as const;
  const types = generated.flatMap(([provider, table]) =>
    tableRows(table).map((row) => instanceOf(row, { provider, source: table.source, date: table.date })),
  );
  const more = tableRows(published).map((row) =>
    instanceOf(row, { provider: row.text('provider'), source: row.text('source'), date: row.text('date') }),
  );
  return sortedBy([...types, ...more], (item) => instanceKey(item.provider, item.name));
}

function instanceOf(
  row: TableRow,
  origin: { readonly provider: string; readonly source: string; readonly date: string },
): InstanceType {
  const vcpus = row.required('vcpus');
  const memory = gib(row.required('memoryGib'));
  const name = row.text('name');
  const accelerator = row.text('accelerator');
  return {
    name,
    provider: origin.provider,
    family: row.text('family'),
    cpuArchitecture: row.text('arch') === 'arm64' ? 'arm64' : 'amd64',
    vcpus,
    memory,
    ...(accelerator === ''
      ? {}
      : {
          accelerator: withLinkDomain(
            { provider: origin.provider, name },
            { name: accelerator, count: row.required('count') },
          ),
        }),
    networkBandwidth: bytesPerSecond(Math.round((row.number('networkGbps') ?? 0) * 1.25e8)),
    allocatable: statedAllocatable(row) ?? allocatableOf(origin.provider, vcpus, memory),
    provenance: { evidence: 'published', source: origin.source, date: origin.date },
  };
}

function statedAllocatable(row: TableRow): InstanceType['allocatable'] | undefined {
  const cpuMillicores = row.number('cpuMillicores');
  if (cpuMillicores === undefined) return undefined;
  return {
    cpuMillicores,
    memory: bytes(row.required('allocatableMib') * 2 ** 20),
    pods: row.required('pods'),
  };
}
