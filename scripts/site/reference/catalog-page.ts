import { searchCatalog, shippedCatalog } from '../../../src/catalog/index.ts';
import type { CatalogKind, CatalogRow } from '../../../src/catalog/index.ts';
import { table } from './tables.ts';

/** A page of the accelerators and models that are shipped, with the source of each, and how many instance types and prices. */
export function catalogPage(): string {
  const catalog = shippedCatalog();
  const rows = (kind: CatalogKind): readonly CatalogRow[] => searchCatalog(catalog, { kind });
  return (
    [
      '# Accelerators and models',
      'What the shipped catalogue knows, generated from its data. `plimsoll catalog list` searches it, also for instance types and prices; a stack adds its own records.',
      '## Accelerators',
      recordTable(rows('accelerator')),
      '## Model architectures',
      recordTable(rows('model')),
      '## Instance types and prices',
      table(['provider', 'instance types', 'prices'], providers(rows('instance'), rows('price'))),
    ].join('\n\n') + '\n'
  );
}

function recordTable(rows: readonly CatalogRow[]): string {
  const names = Object.keys(rows[0]?.fields ?? {});
  return table(
    ['name', ...names, 'source'],
    rows.map((row) => [`\`${row.name}\``, ...names.map((name) => row.fields[name] ?? ''), row.source]),
  );
}

function providers(
  instances: readonly CatalogRow[],
  prices: readonly CatalogRow[],
): readonly (readonly string[])[] {
  const names = [...new Set([...instances, ...prices].map((row) => row.provider))].sort();
  const of = (rows: readonly CatalogRow[], name: string): string =>
    String(rows.filter((row) => row.provider === name).length);
  return names.map((name) => [name, of(instances, name), of(prices, name)]);
}
