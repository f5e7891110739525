import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { stringify } from 'yaml';
import { importPriceFile, mergeCatalog, searchCatalog, shippedCatalog } from '../catalog/index.ts';
import type { CatalogQuery, CatalogRow, ImportedPrices, PriceFileLayout } from '../catalog/index.ts';
import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { displayPath, openByteStream } from './files.ts';
import { loadStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';
import { writeFolder } from './write-folder.ts';

/** Searches the shipped catalogue, or with a stack's own records added. */
export async function listCatalog(
  query: CatalogQuery,
  stack: string | undefined,
  host: EngineHost,
): Promise<Outcome<readonly CatalogRow[]>> {
  if (stack === undefined) return success(searchCatalog(shippedCatalog(), query));
  const loaded = await loadStack(stack, host);
  if (!loaded.ok) return loaded;
  const merged = mergeCatalog(shippedCatalog(), loaded.value.problem.catalog);
  return merged.ok ? success(searchCatalog(merged.value, query), merged.diagnostics) : merged;
}

/** How a price file is imported. */
export interface ImportOptions {
  readonly layout: PriceFileLayout;
  readonly provider?: string;
  /** ISO date of the prices, when the file does not say. */
  readonly date?: string;
  /** Catalogue file to write, relative to the working directory; nothing is written without it. */
  readonly output?: string;
}

/** Reads a price file (`.gz` too) and writes its records as a catalogue file that `catalog.files` of a stack can name. */
export async function importCatalog(
  file: string,
  options: ImportOptions,
  host: EngineHost,
): Promise<Outcome<ImportedPrices>> {
  const absolute = path.resolve(host.workingDirectory, file);
  const shown = displayPath(absolute, host.workingDirectory);
  const stream = await openByteStream(absolute, shown);
  if (!stream.ok) return stream;
  const lines = createInterface({
    input: Readable.from(stream.value, { objectMode: false }),
    crlfDelay: Infinity,
  });
  const { layout, provider, date, output } = options;
  const imported = await importPriceFile(lines, {
    fileName: shown,
    layout,
    ...(provider === undefined ? {} : { provider }),
    ...(date === undefined ? {} : { date }),
  });
  if (!imported.ok || output === undefined) return imported;
  const target = path.resolve(host.workingDirectory, output);
  const written = await writeFolder(
    path.dirname(target),
    new Map([[path.basename(target), stringify(imported.value.document, { version: '1.1' })]]),
    { shown: displayPath(target, host.workingDirectory) },
  );
  return written.ok ? imported : failure(...imported.diagnostics, ...written.diagnostics);
}
