import { describe, expect, it } from 'vitest';
import { compressedRows } from '../../../test/support/engine-workloads.ts';
import { nameBlocks } from './named-blocks.ts';

const lengths = { isl: Int32Array.of(100), osl: Int32Array.of(60) };
const namedOf = (ids: readonly number[], traceBlock: number, kvBlock: number): number =>
  nameBlocks(compressedRows([ids], traceBlock), lengths, kvBlock).named[0]!;

describe('nameBlocks', () => {
  it('covers the prompt when the ids reach no further, its last block in part', () => {
    expect(namedOf([0, 1, 2, 3], 32, 16)).toBe(6);
    expect(namedOf([0, 1], 32, 16)).toBe(4);
    expect(namedOf([], 32, 16)).toBe(0);
  });

  it('covers the output, too, when there are more ids than the prompt needs', () => {
    expect(namedOf([0, 1, 2, 3, 4], 32, 16)).toBe(10);
    expect(namedOf([0, 1, 2, 3, 4, 5, 6], 32, 16)).toBe(10);
  });

  it('names a KV block of several trace blocks by the last of them', () => {
    const { blocksPerUnit, ids, named, units } = nameBlocks(
      compressedRows([[7, 8, 9, 4, 5]], 16),
      lengths,
      32,
    );
    expect({ blocksPerUnit, ids: [...ids], named: [...named], units }).toEqual({
      blocksPerUnit: 1,
      ids: [8, 4],
      named: [2],
      units: 9,
    });
  });

  it('refuses block sizes of which neither is a multiple of the other', () => {
    expect(() => namedOf([0], 24, 16)).toThrow(RangeError);
    expect(() => namedOf([0], 16, 24)).toThrow(RangeError);
  });
});
