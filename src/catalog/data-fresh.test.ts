import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { measuredAccelerators } from '../../scripts/catalog-accelerators.ts';
import { interruptionTable, providerTables } from '../../scripts/catalog-instances.ts';
import { modelRecords } from '../../scripts/catalog-models.ts';
import { shippedCatalog } from './index.ts';

const DATA = path.resolve(
  process.env['PLIMSOLL_DATA'] ?? path.join(import.meta.dirname, '../../../shared/data'),
);
const isAbsent = !existsSync(path.join(DATA, 'cloud-catalog'));

function shippedFile(name: string): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'data', name), 'utf8'));
}

describe('the generated data files (skipped when the data folder is absent)', () => {
  it.skipIf(isAbsent)('are what the generator makes of accelerators and models', () => {
    expect(measuredAccelerators(DATA)).toEqual(shippedFile('accelerators-measured.json'));
    expect(modelRecords(DATA)).toEqual(shippedFile('models.json'));
  });

  it.skipIf(isAbsent).each(['aws', 'azure', 'gcp'] as const)(
    'are what the generator makes of the prices of %s',
    async (provider) => {
      const tables = await providerTables(DATA, provider, shippedCatalog());
      expect(tables.instances).toEqual(shippedFile(`instances-${provider}.json`));
      expect(tables.prices).toEqual(shippedFile(`prices-${provider}.json`));
    },
    60_000,
  );

  it.skipIf(isAbsent)('are what the generator makes of the interruption bands', () => {
    const names = new Set(
      shippedCatalog()
        .instanceTypes.filter((item) => item.provider === 'aws')
        .map((item) => item.name),
    );
    expect(interruptionTable(DATA, names)).toEqual(shippedFile('interruptions.json'));
  });
});
