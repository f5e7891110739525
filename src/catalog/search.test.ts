import { describe, expect, it } from 'vitest';
import { searchCatalog, shippedCatalog } from './index.ts';

const catalog = shippedCatalog();

describe('searching the catalogue', () => {
  it('finds an accelerator by part of an alias and the instance types that carry it', () => {
    const rows = searchCatalog(catalog, { query: 'trillium' });
    expect(rows.map((row) => `${row.kind} ${row.name}`)).toEqual([
      'accelerator tpu-v6e',
      'instance ct6e-standard-4t',
      'instance ct6e-standard-8t',
    ]);
  });

  it('lists the prices of one type in one region with the mark of an estimate', () => {
    const rows = searchCatalog(catalog, { kind: 'price', query: 'p5.48xlarge', region: 'us-east-1' });
    expect(rows.map((row) => row.fields['price'])).toEqual(['55.0400 USD/h', '26.4192 USD/h (estimate)']);
    expect(rows.every((row) => row.source.includes('2025') || row.source.includes('2026'))).toBe(true);
  });

  it('keeps only the provider asked for, and only types with a price in the region asked for', () => {
    const rows = searchCatalog(catalog, { query: 'h100', provider: 'azure', region: 'westeurope' });
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row.provider))).toEqual(new Set(['azure']));
    expect(rows.some((row) => row.name === 'Standard_ND96isr_H100_v5')).toBe(true);
  });

  it('finds a model by the name of one of its checkpoints', () => {
    const [row] = searchCatalog(catalog, { kind: 'model', query: 'llama-3.3-70b-instruct' });
    expect(row?.name).toBe('meta-llama/Meta-Llama-3.1-70B');
    expect(row?.fields['KV per token']).toBe('320 KiB bf16');
  });

  it('gives every row of a kind the same fields, and no more rows than asked for', () => {
    const rows = searchCatalog(catalog, { kind: 'instance', limit: 20 });
    expect(rows.length).toBe(20);
    expect(new Set(rows.map((row) => Object.keys(row.fields).join())).size).toBe(1);
  });

  it('finds nothing for a name that is nowhere', () => {
    expect(searchCatalog(catalog, { query: 'no-such-thing' })).toEqual([]);
  });
});
