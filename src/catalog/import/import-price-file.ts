import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { CatalogAdditions, CatalogDocument } from '../../model/index.ts';
import type { Catalog } from '../catalog.ts';
import { instanceKey } from '../keys.ts';
import { shippedCatalog } from '../shipped.ts';
import { RowCollector } from './collect.ts';
import { catalogDocumentOf } from './document.ts';
import { isUnusable } from './layout.ts';
import type { PriceFileLayout, PriceLayout, PriceLayoutName, RowFields } from './layout.ts';
import { AWS_LAYOUT } from './layout-aws.ts';
import { AZURE_LAYOUT } from './layout-azure.ts';
import { GCP_LAYOUT } from './layout-gcp.ts';
import { SKYPILOT_LAYOUT } from './layout-skypilot.ts';
import { RowReport } from './row-report.ts';

/** The layouts that can be imported, in the order in which recognition tries them. */
export const PRICE_LAYOUTS: readonly PriceLayout[] = [AWS_LAYOUT, GCP_LAYOUT, AZURE_LAYOUT, SKYPILOT_LAYOUT];

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

  const catalog = options.catalog ?? shippedCatalog();
  const memory = new Map(
    catalog.instanceTypes.map((item) => [instanceKey(item.provider, item.name), item.memory]),
  );
  const collector = new RowCollector({
    accelerators: catalog.accelerators,
    source: options.source ?? options.fileName,
    knownMemory: (provider, name) => memory.get(instanceKey(provider, name)),
  });
  const report = new RowReport(options.fileName);
  const defaults = { provider: providerOf(options) ?? '', date: options.date ?? '' };
  for await (const { cells, line } of records) {
    const row = layout.read(fieldsOf(header, cells), defaults);
    report.count(line, isUnusable(row) ? row.reason : collector.add(row));
  }
  return imported(layout, collector, report);
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

async function* csvRecords(
  lines: AsyncIterable<string>,
): AsyncGenerator<{ readonly cells: readonly string[]; readonly line: number }> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    info: true,
    skip_empty_lines: true,
  });
  const stream = Readable.from(withLineEnds(lines)).compose(parser) as AsyncIterable<unknown>;
  for await (const item of stream) {
    const { record, info } = item as { record: string[]; info: { lines: number } };
    yield { cells: record, line: info.lines };
  }
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield line.endsWith('\n') ? line : `${line}\n`;
}

function fieldsOf(header: readonly string[], cells: readonly string[]): RowFields {
  return (column) => (cells[header.indexOf(column)] ?? '').trim();
}

function layoutOf(header: readonly string[], wanted: PriceFileLayout): PriceLayout | undefined {
  const fits = (layout: PriceLayout): boolean =>
    layout.requiredColumns.every((column) => header.includes(column));
  return PRICE_LAYOUTS.find((layout) => (wanted === 'auto' || layout.name === wanted) && fits(layout));
}

function unknownLayout(header: readonly string[], options: ImportOptions): Diagnostic {
  const wanted = PRICE_LAYOUTS.find((layout) => layout.name === options.layout);
  const missing = wanted?.requiredColumns.filter((column) => !header.includes(column)) ?? [];
  return diagnostic('catalog-unknown-layout', {
    summary:
      wanted === undefined
        ? `"${options.fileName}" has the header of no known price file.`
        : `"${options.fileName}" lacks the columns ${missing.join(', ')} of the ${wanted.name} layout.`,
    detail: header.length === 0 ? 'The file is empty.' : `Its columns: ${header.join(', ')}.`,
    source: { file: options.fileName, line: 1 },
    fix: `Use one of the layouts ${PRICE_LAYOUTS.map((layout) => layout.name).join(', ')} (docs/catalog.md lists their columns).`,
  });
}

const PROVIDER_FOLDERS = ['aws', 'gcp', 'azure', 'lambda', 'runpod', 'fluidstack', 'oci', 'ibm', 'nebius'];

function providerOf(options: ImportOptions): string | undefined {
  if (options.provider !== undefined && options.provider !== '') return options.provider.toLowerCase();
  const parts = options.fileName.toLowerCase().split(/[/\\._-]/);
  return PROVIDER_FOLDERS.find((name) => parts.includes(name));
}

function missingFacts(layout: PriceLayout, options: ImportOptions): Diagnostic[] {
  const source = { file: options.fileName };
  const missing: Diagnostic[] = [];
  if (!layout.saysProvider && providerOf(options) === undefined) {
    missing.push(
      diagnostic('catalog-missing-fact', {
        summary: `"${options.fileName}" does not say which provider its prices are of.`,
        source,
        fix: 'State the provider, for example aws.',
      }),
    );
  }
  if (!layout.saysDate && (options.date ?? '') === '') {
    missing.push(
      diagnostic('catalog-missing-fact', {
        summary: `"${options.fileName}" does not say of which date its prices are.`,
        source,
        fix: 'State the date of the file as YYYY-MM-DD.',
      }),
    );
  }
  if (options.date !== undefined && options.date !== '' && !/^\d{4}-\d{2}-\d{2}$/.test(options.date)) {
    missing.push(
      diagnostic('catalog-missing-fact', {
        summary: `"${options.date}" is not a date.`,
        source,
        fix: 'State the date as YYYY-MM-DD.',
      }),
    );
  }
  return missing;
}
