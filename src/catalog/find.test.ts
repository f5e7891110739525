import { describe, expect, it } from 'vitest';
import { findAccelerator, findInstanceType, findModel, shippedCatalog } from './index.ts';

const catalog = shippedCatalog();

describe('looking names up', () => {
  it('ignores case and surrounding blanks', () => {
    expect(findAccelerator(catalog, ' H200-SXM ').ok).toBe(true);
    expect(findInstanceType(catalog, 'P5.48XLARGE', { provider: 'AWS' }).ok).toBe(true);
    expect(findModel(catalog, 'META-LLAMA/llama-3.1-70b-instruct').ok).toBe(true);
  });

  it('offers the closest accelerator with the path of the asker', () => {
    const found = findAccelerator(catalog, 'h100-sxn', 'fleet/pool');
    expect(found.diagnostics).toMatchObject([
      {
        code: 'catalog-unknown-accelerator',
        severity: 'error',
        path: 'fleet/pool',
        fix: 'Did you mean "h100-sxm"?',
      },
    ]);
  });

  it('offers the closest model, with or without its owner', () => {
    expect(findModel(catalog, 'Lama-3.1-8B-Instruct').diagnostics[0]?.fix).toContain('Llama-3.1-8B-Instruct');
    expect(findModel(catalog, 'meta-llama/Llama-3.1-70B-Instuct').diagnostics[0]?.fix).toContain(
      'meta-llama/Llama-3.1-70B-Instruct',
    );
  });

  it('says how to add a model that resembles nothing known', () => {
    const [problem] = findModel(catalog, 'gigantic-secret-transformer').diagnostics;
    expect(problem?.code).toBe('catalog-unknown-model');
    expect(problem?.fix).toContain('config.json');
  });

  it('names the provider that has an instance type when the pool names another', () => {
    expect(findInstanceType(catalog, 'p5.48xlarge', { provider: 'gcp' }).diagnostics[0]?.fix).toContain(
      '"aws"',
    );
  });

  it('offers only instance types of the provider asked for', () => {
    const [problem] = findInstanceType(catalog, 'a3-highgpu-8', { provider: 'gcp' }).diagnostics;
    expect(problem?.code).toBe('catalog-unknown-instance-type');
    expect(problem?.fix).toBe('Did you mean "a3-highgpu-8g"?');
  });

  it('finds an instance type without knowing its provider', () => {
    const found = findInstanceType(catalog, 'a3-highgpu-8g');
    expect(found.ok && found.value.provider).toBe('gcp');
  });
});
