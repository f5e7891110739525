import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { CatalogAdditions, CatalogDocument, InstanceType } from '../../model/index.ts';
import type { Catalog } from '../catalog.ts';
import { instanceKey } from '../keys.ts';
import { shippedCatalog } from '../shipped.ts';
import { RowCollector } from './collect.ts';
import { csvRecords } from './csv-records.ts';
import { catalogDocumentOf } from './document.ts';
import { isAcceleratorPrice, isUnusable } from './layout.ts';
import type {
  AcceleratorPrice,
  PriceFileLayout,
  PriceLayout,
  PriceLayoutName,
  PriceRow,
  RowFields,
  UnusableRow,
} from './layout.ts';
import { layoutOf, missingFacts, providerOf, unknownLayout } from './recognize.ts';
import { RowReport } from './row-report.ts';
import { SplitPrices } from './skypilot-parts.ts';

/** What the caller knows about a price file. */
export interface ImportOptions {
  /** Shown in diagnostics and, unless `source` is given, kept as the source of every record. */
  readonly fileName: string;
  /** Default: recognised by the header line. */
  readonly layout?: PriceFileLayout;
  /** Provider of a file that does not say it (SkyPilot). Default: a folder of `fileName` named after a provider. */
  readonly provider?: string;
  /** ISO date of a file that does not say it (SkyPilot). */
  readonly date?: string;
  /** Origin to keep with every record. Default: the file name. */
  readonly source?: string;
  /** Catalogue whose accelerators and instance types are known. Default: the shipped one. */
  readonly catalog?: Catalog;
}

/** What a price file gave. */
export interface ImportedPrices {
  readonly layout: PriceLayoutName;
  readonly additions: CatalogAdditions;
  /** The same records as a catalogue file holds them. */
  readonly document: CatalogDocument;
  readonly counts: {
    /** Data rows read, without the header. */
    readonly rows: number;
    readonly skipped: number;
    readonly instanceTypes: number;
    readonly prices: number;
  };
}

/**
 * Reads a price file line by line (unpacking is the caller's) and gives its instance types, prices and interruption
 * bands. Memory grows with the distinct records, not with the rows.
 * Errors: `catalog-unknown-layout`, `catalog-missing-fact`. Rows that cannot be used are counted, the first ones reported
 * with row number and reason (`catalog-row-skipped`); an accelerator the catalogue lacks is reported with the closest
 * name (`catalog-unknown-accelerator`, a warning), and its instance type is kept without accelerator.
 */
export async function importPriceFile(
  lines: AsyncIterable<string>,
  options: ImportOptions,
): Promise<Outcome<ImportedPrices>> {
  const records = csvRecords(lines);
  const first = await records.next();
  const header = (first.done === true ? [] : first.value.cells).map((cell) => cell.trim().toLowerCase());
  const layout = layoutOf(header, options.layout ?? 'auto');
  if (layout === undefined) return failure(unknownLayout(header, options));
  const missing = missingFacts(layout, options);
  if (missing.length > 0) return failure(...missing);

  const sink = new RowSink(layout, options);
  const defaults = { provider: providerOf(options) ?? '', date: options.date ?? '' };
  for await (const { cells, line } of records) {
    const fields: RowFields = (column) => (cells[header.indexOf(column)] ?? '').trim();
    sink.add(layout.read(fields, defaults), line);
  }
  return sink.finish();
}

/** Takes the rows of one file and gives its records. */
class RowSink {
  readonly #layout: PriceLayout;
  readonly #known: ReadonlyMap<string, InstanceType>;
  readonly #collector: RowCollector;
  readonly #split: SplitPrices;
  readonly #report: RowReport;

  constructor(layout: PriceLayout, options: ImportOptions) {
    const { accelerators, instanceTypes } = options.catalog ?? shippedCatalog();
    this.#layout = layout;
    this.#known = new Map(instanceTypes.map((item) => [instanceKey(item.provider, item.name), item]));
    this.#collector = new RowCollector({
      accelerators,
      source: options.source ?? options.fileName,
      knownMemory: (provider, name) => this.#known.get(instanceKey(provider, name))?.memory,
    });
    this.#split = new SplitPrices(accelerators);
    this.#report = new RowReport(options.fileName);
  }

  add(row: PriceRow | AcceleratorPrice | UnusableRow, line: number): void {
    this.#report.read();
    if (isUnusable(row)) return this.#report.skip(line, row.reason);
    if (isAcceleratorPrice(row)) return this.#split.addAccelerators(row, line);
    const known = this.#known.get(instanceKey(row.provider, row.instanceType))?.accelerator;
    const isHalf = this.#layout.splitsPrices && row.accelerator === undefined && known !== undefined;
    if (isHalf) return this.#split.addMachine(row, known, line);
    this.#collect(row, line);
  }

  #collect(row: PriceRow, line: number): void {
    const reason = this.#collector.add(row);
    if (reason !== undefined) this.#report.skip(line, reason);
  }

  finish(): Outcome<ImportedPrices> {
    for (const { line, row, reason } of this.#split.joined()) {
      if (row !== undefined) this.#collect(row, line);
      if (reason !== undefined) this.#report.skip(line, reason);
    }
    return imported(this.#layout, this.#collector, this.#report);
  }
}

function imported(layout: PriceLayout, collector: RowCollector, report: RowReport): Outcome<ImportedPrices> {
  const additions = collector.additions();
  const unknown = collector.unknownAccelerators().map((item) =>
    diagnostic('catalog-unknown-accelerator', {
      severity: 'warning',
      summary: `The catalogue has no accelerator "${item.name}" (${item.instanceTypes} instance types); they were kept without it.`,
      fix: `${item.closest === undefined ? '' : `If it is "${item.closest}", add the alias. Otherwise: `}add the accelerator to the catalogue and import again.`,
    }),
  );
  return success(
    {
      layout: layout.name,
      additions,
      document: catalogDocumentOf(additions),
      counts: {
        rows: report.rows,
        skipped: report.skipped,
        instanceTypes: additions.instanceTypes.length,
        prices: additions.prices.length,
      },
    },
    [...unknown, ...report.diagnostics()],
  );
}
