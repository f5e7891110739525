import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseCatalogDocument } from '../../model/index.ts';
import { importPriceFile, mergeCatalog, shippedCatalog } from '../index.ts';

const FOLDER = path.resolve(
  process.env['PLIMSOLL_DATA'] ?? path.join(import.meta.dirname, '../../../../shared/data'),
  'cloud-catalog',
);

const FILES = [
  { file: 'aws-us-east-1.csv.gz', layout: 'aws', rows: 1363, instanceTypes: 1300, prices: 2000 },
  { file: 'gcp.csv.gz', layout: 'gcp', rows: 9226, instanceTypes: 500, prices: 15_000 },
  { file: 'azure.csv.gz', layout: 'azure', rows: 22_586, instanceTypes: 150, prices: 2000 },
] as const;

describe.each(FILES)('the price file $file (skipped when the data folder is absent)', (expected) => {
  const file = path.join(FOLDER, expected.file);

  it.skipIf(!existsSync(file))(
    'imports, and its document reads back and merges into the shipped catalogue',
    async () => {
      const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
      const outcome = await importPriceFile(lines, { fileName: expected.file });
      if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
      const { layout, counts, additions, document } = outcome.value;
      expect(layout).toBe(expected.layout);
      expect(counts.rows).toBe(expected.rows);
      expect(counts.instanceTypes).toBeGreaterThan(expected.instanceTypes);
      expect(counts.prices).toBeGreaterThan(expected.prices);
      expect(mergeCatalog(shippedCatalog(), additions).ok).toBe(true);
      const read = parseCatalogDocument(document);
      expect(read.ok && read.value).toEqual(additions);
    },
    60_000,
  );
});
