import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { PriceFileLayout, PriceLayout } from './layout.ts';
import { AWS_LAYOUT } from './layout-aws.ts';
import { AZURE_LAYOUT } from './layout-azure.ts';
import { GCP_LAYOUT } from './layout-gcp.ts';
import { SKYPILOT_LAYOUT } from './layout-skypilot.ts';

/** The layouts that can be imported, in the order in which recognition tries them. */
export const PRICE_LAYOUTS: readonly PriceLayout[] = [AWS_LAYOUT, GCP_LAYOUT, AZURE_LAYOUT, SKYPILOT_LAYOUT];

/** What the caller says about a file. */
interface FileFacts {
  readonly fileName: string;
  readonly layout?: PriceFileLayout;
  readonly provider?: string;
  readonly date?: string;
}

/** The layout asked for, or the first that fits; undefined when the header lacks its columns. */
export function layoutOf(header: readonly string[], wanted: PriceFileLayout): PriceLayout | undefined {
  const fits = (layout: PriceLayout): boolean =>
    layout.requiredColumns.every((column) => header.includes(column));
  return PRICE_LAYOUTS.find((layout) => (wanted === 'auto' || layout.name === wanted) && fits(layout));
}

/** `catalog-unknown-layout` for a header. */
export function unknownLayout(header: readonly string[], options: FileFacts): Diagnostic {
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

/** The provider stated, or the one a folder or part of the file name names. */
export function providerOf(options: FileFacts): string | undefined {
  if (options.provider !== undefined && options.provider !== '') return options.provider.toLowerCase();
  const parts = options.fileName.toLowerCase().split(/[/\\._-]/);
  return PROVIDER_FOLDERS.find((name) => parts.includes(name));
}

/** `catalog-missing-fact` for every fact that neither the layout nor the caller gives. */
export function missingFacts(layout: PriceLayout, options: FileFacts): Diagnostic[] {
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
