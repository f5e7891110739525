import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validDocument } from '../../test/fixtures/problem-documents.ts';
import { normalizeDocument, parseProblem } from './index.ts';
import type { ProblemDocument } from './index.ts';

/** The same document with its unordered lists shuffled by the numbers given. */
function shuffled(document: ProblemDocument, numbers: readonly number[]): ProblemDocument {
  let next = 0;
  const shuffle = <T>(items: readonly T[] | undefined): T[] =>
    (items ?? [])
      .map((item) => ({ item, key: numbers[next++ % numbers.length] ?? 0 }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  return {
    ...document,
    pools: shuffle(document.pools.map((pool) => ({ ...pool, zones: shuffle(pool.zones) }))),
    workloads: shuffle(
      document.workloads.map((item) =>
        item.pools === undefined ? item : { ...item, pools: shuffle(item.pools) },
      ),
    ),
    budgets: shuffle(document.budgets),
    policies: shuffle(document.policies),
    waivers: shuffle(document.waivers),
  };
}

/** A problem without the places where it was written. */
function withoutPaths(document: ProblemDocument): unknown {
  const outcome = parseProblem(document);
  return outcome.ok
    ? JSON.parse(JSON.stringify(outcome.value, (key, value: unknown) => (key === 'path' ? '' : value)))
    : outcome;
}

describe('the normal form', () => {
  it('is the same bytes whatever the order of insertion', () => {
    const expected = JSON.stringify(normalizeDocument(validDocument()));
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 40 }), (numbers) => {
        expect(JSON.stringify(normalizeDocument(shuffled(validDocument(), numbers)))).toBe(expected);
      }),
    );
  });

  it('is its own normal form, and the same problem', () => {
    const normal = normalizeDocument(validDocument());
    expect(normalizeDocument(normal)).toEqual(normal);
    expect(withoutPaths(normal)).toEqual(withoutPaths(validDocument()));
    expect(parseProblem(normal).ok).toBe(true);
  });

  it('states defaults, so that a default written out makes no difference', () => {
    const plain = validDocument();
    const explicit: ProblemDocument = {
      ...plain,
      seed: 1,
      waivers: plain.waivers ?? [],
      pools: plain.pools.map((pool) => ({ capacityTypes: ['on-demand'], labels: {}, taints: [], ...pool })),
      workloads: plain.workloads.map((item) => ({
        precisions: ['bf16'],
        engines: ['vllm'],
        maxSpotShare: '100.0 %',
        namespace: 'demo',
        checkpoints: {},
        ...item,
        slo: { availability: '99%', tolerates: 'correlation-group', ...item.slo },
      })),
      catalog: { accelerators: [] },
    };
    expect(normalizeDocument(explicit)).toEqual(normalizeDocument(plain));
  });

  it('keeps orders that mean something: preferences and hours', () => {
    const document = validDocument();
    const normal = normalizeDocument(document);
    expect(normal.workloads.find(({ id }) => id === 'batch')?.precisions).toEqual(['fp8', 'bf16']);
  });

  it('differs when a preference, a limit or a name differs', () => {
    const base = JSON.stringify(normalizeDocument(validDocument()));
    const changes: ((document: ReturnType<typeof validDocument>) => void)[] = [
      (d) => (d.name = 'other'),
      (d) => (d.seed = 2),
      (d) => d.workloads[1]?.precisions?.reverse(),
      (d) => d.pools[0]?.zones.pop(),
      (d) => Object.assign(d.workloads[0]?.slo ?? {}, { availability: '98%' }),
    ];
    for (const change of changes) {
      const document = validDocument();
      change(document);
      expect(JSON.stringify(normalizeDocument(document))).not.toBe(base);
    }
  });

  it('does not change the document it is given', () => {
    const document = validDocument();
    const before = structuredClone(document);
    normalizeDocument(document);
    expect(document).toEqual(before);
  });
});
