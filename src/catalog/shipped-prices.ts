import type { CapacityType, InterruptionRecord, PriceRecord, Provenance } from '../model/index.ts';
import { sortedBy, usdPerHour } from '../units/index.ts';
import bands from './data/interruptions.json' with { type: 'json' };
import aws from './data/prices-aws.json' with { type: 'json' };
import azure from './data/prices-azure.json' with { type: 'json' };
import gcp from './data/prices-gcp.json' with { type: 'json' };
import { awsBand } from './interruption-bands.ts';
import { interruptionKey, priceKey } from './keys.ts';
import { tableRows } from './table.ts';
import type { DataTable, TableRow } from './table.ts';

/** A provider's prices in USD per hour: one line per instance type and region. */
interface PriceTable extends DataTable {
  readonly provider: string;
  readonly onDemand: { readonly source: string; readonly date: string };
  readonly spot?: { readonly isEstimate: boolean; readonly source: string; readonly date: string };
}

/** The prices this program ships with, sorted by provider, instance type and place. */
export function shippedPrices(): readonly PriceRecord[] {
  const tables: readonly PriceTable[] = [aws, azure, gcp];
  return sortedBy(tables.flatMap(pricesOf), priceKey);
}

function pricesOf(table: PriceTable): PriceRecord[] {
  const onDemand: Provenance = { evidence: 'published', ...table.onDemand };
  const spot: Provenance | undefined = table.spot && {
    evidence: table.spot.isEstimate ? 'assumed' : 'published',
    source: table.spot.source,
    date: table.spot.date,
  };
  return tableRows(table).flatMap((row) => [
    ...priceOf(row, 'on-demand', { provider: table.provider, isEstimate: false, provenance: onDemand }),
    ...(spot === undefined || table.spot === undefined
      ? []
      : priceOf(row, 'spot', {
          provider: table.provider,
          isEstimate: table.spot.isEstimate,
          provenance: spot,
        })),
  ]);
}

function priceOf(
  row: TableRow,
  capacityType: CapacityType,
  facts: Pick<PriceRecord, 'provider' | 'isEstimate' | 'provenance'>,
): PriceRecord[] {
  const price = row.number(capacityType);
  if (price === undefined) return [];
  const place = { region: row.text('region'), zone: '', instanceType: row.text('instanceType') };
  return [{ ...facts, ...place, capacityType, price: usdPerHour(price) }];
}

/** The interruption bands this program ships with (AWS only; no other provider publishes any), sorted by type and region. */
export function shippedInterruptions(): readonly InterruptionRecord[] {
  const regions = bands.columns.split(',').slice(1);
  const provenance: Provenance = { evidence: 'published', source: bands.source, date: bands.date };
  const records = tableRows(bands).flatMap((row) =>
    regions.flatMap((region) => {
      const band = awsBand(row.text(region));
      if (band === undefined) return [];
      return [
        { provider: bands.provider, region, instanceType: row.text('instanceType'), ...band, provenance },
      ];
    }),
  );
  return sortedBy(records, interruptionKey);
}
