import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function split(text: string, chunkSize: number): string[] {
  const bytes = new TextEncoder().encode(text);
  const lines: string[] = [];
  const decoder = new TextDecoder();
  const splitter = new LineSplitter((line, start, end) => {
    lines.push(decoder.decode(line.subarray(start, end)));
    return true;
  });
  const reused = new Uint8Array(chunkSize);
  for (let start = 0; start < bytes.length; start += chunkSize) {
    const part = bytes.subarray(start, start + chunkSize);
    reused.fill(0);
    reused.set(part);
    splitter.feed(reused.subarray(0, part.length));
  }
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('gives the lines of a text wherever the chunks are cut, even when the caller reuses the chunk', () => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', ',', '7') }), { maxLength: 20 });
    fc.assert(
      fc.property(
        lines,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n'),
        (items, size, end) => {
          expect(split(items.map((item) => item + end).join(''), size)).toEqual(items);
        },
      ),
    );
  });

  it('hands over a last line without line end', () => {
    expect(split('a\nb', 3)).toEqual(['a', 'b']);
    expect(split('', 3)).toEqual([]);
  });

  it('stops at once when the handler says so', () => {
    const seen: number[] = [];
    const splitter = new LineSplitter((_bytes, start) => {
      seen.push(start);
      return false;
    });
    expect(splitter.feed(new TextEncoder().encode('a\nb\nc\n'))).toBe(false);
    expect(seen).toEqual([0]);
  });
});
