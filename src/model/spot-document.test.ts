import { describe, expect, it } from 'vitest';
import { validDocument } from '../../test/fixtures/problem-documents.ts';
import { normalizeDocument, parseProblem } from './index.ts';
import type { ProblemDocument } from './index.ts';

function withSpot(spot: unknown): ProblemDocument {
  return { ...validDocument(), spot } as ProblemDocument;
}

describe('spot records of a problem', () => {
  it('are files and a mapping of traces to offerings', () => {
    const spot = {
      availability: ['./b.csv.gz', './a.csv'],
      prices: ['./p.csv'],
      map: { 'us-east-1a': 'h100/us-east-1a' },
    };
    expect(parseProblem(withSpot(spot)).diagnostics.map(({ code }) => code)).toEqual(
      parseProblem(validDocument()).diagnostics.map(({ code }) => code),
    );
    expect(normalizeDocument(withSpot(spot)).spot).toEqual({
      ...spot,
      availability: ['./a.csv', './b.csv.gz'],
    });
  });

  it('leave no mark on the normal form where they say nothing', () => {
    const plain = JSON.stringify(normalizeDocument(validDocument()));
    expect(JSON.stringify(normalizeDocument(withSpot({ availability: [], map: {} })))).toBe(plain);
  });

  it('of another shape are refused with their places', () => {
    const { diagnostics } = parseProblem(withSpot({ traces: ['./a.csv'], map: { z: 3 }, prices: 'p.csv' }));
    expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ path }) => path)).toEqual([
      'spot.map.z',
      'spot.prices',
      'spot.traces',
    ]);
  });
});
