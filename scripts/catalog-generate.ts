/**
 * Writes the generated data files of the catalogue from the data folder:
 *   npx node scripts/catalog-generate.ts --data ../shared/data
 * The same input gives the same bytes. Files named `*-published.json` are kept by hand and not touched.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measuredAccelerators } from './catalog-accelerators.ts';
import { modelRecords } from './catalog-models.ts';

const { values } = parseArgs({ options: { data: { type: 'string', default: '../shared/data' } } });
const target = path.resolve(import.meta.dirname, '../src/catalog/data');

function write(name: string, value: unknown): void {
  writeFileSync(path.join(target, name), `${JSON.stringify(value, null, 1)}\n`);
}

write('accelerators-measured.json', measuredAccelerators(values.data));
write('models.json', modelRecords(values.data));
// Only now: loading the catalogue reads the files just written.
const { shippedCatalog } = await import('../src/catalog/index.ts');
const { interruptionTable, providerTables } = await import('./catalog-instances.ts');
for (const provider of ['aws', 'azure', 'gcp'] as const) {
  const tables = await providerTables(values.data, provider, shippedCatalog());
  write(`instances-${provider}.json`, tables.instances);
  write(`prices-${provider}.json`, tables.prices);
  if (provider === 'aws') {
    const names = new Set(tables.instances.rows.map((row) => row.split(',')[0] ?? ''));
    write('interruptions.json', interruptionTable(values.data, names));
  }
  process.stderr.write(`${tables.report}\n`);
}
