import { describe, expect, it } from 'vitest';
import { serviceDocument } from '../../../test/fixtures/service-documents.ts';
import { declaredPool } from './declared.ts';

describe('a declared pool', () => {
  const problem = serviceDocument();

  it('is found by its id with the type that it declares', () => {
    expect(declaredPool(problem, { pool: 'memory', instanceType: 'r7i.xlarge' })).toMatchObject({
      id: 'memory',
      instanceType: 'r7i.xlarge',
      maxNodes: Infinity,
    });
  });

  it('of many instance types is found for each pool that it becomes', () => {
    expect(declaredPool(problem, { pool: 'general-c7i-large', instanceType: 'c7i.large' })).toMatchObject({
      id: 'general-c7i-large',
      instanceType: 'c7i.large',
      maxNodes: 40,
      labels: { tier: 'apps' },
    });
  });

  it('is no pool of another type or name', () => {
    expect(declaredPool(problem, { pool: 'general-c7i-large', instanceType: 'c7i.xlarge' })).toBeUndefined();
    expect(declaredPool(problem, { pool: 'memory-r7i-xlarge', instanceType: 'r7i.xlarge' })).toBeUndefined();
  });
});
