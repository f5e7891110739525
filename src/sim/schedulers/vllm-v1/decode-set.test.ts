import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeSet, ringSize } from './decode-set.ts';

/** The same set kept as a list. */
interface Plain {
  readonly id: number;
  tokens: number;
  remaining: number;
}

const BLOCK = 4;
const RING = 64;

function emptySet(): DecodeSet {
  const columns = {
    offset: new Int32Array(200),
    finishStep: new Int32Array(200),
    bucketNext: new Int32Array(200),
  };
  return new DecodeSet(columns, new Int32Array(RING), new Int32Array(RING / 32), BLOCK);
}

describe('a decode set', () => {
  it('agrees with a plain list on sums, blocks and finishes after any adds, removes and steps', () => {
    const operation = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 50 }), remaining: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ remove: fc.nat(20) }),
      fc.record({ steps: fc.integer({ min: 1, max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const set = emptySet();
        let plain: Plain[] = [];
        for (const [id, what] of operations.entries()) {
          if ('add' in what) {
            set.add(id, what.add, what.remaining);
            plain.push({ id, tokens: what.add, remaining: what.remaining });
          } else if ('remove' in what) {
            const victim = plain[what.remove];
            if (victim !== undefined) set.remove(victim.id);
            plain = plain.filter((item) => item !== victim);
          } else {
            const steps = Math.min(what.steps, set.stepsToNextFinish());
            set.advance(steps);
            for (const item of plain) {
              item.tokens += steps;
              item.remaining -= steps;
            }
            const done: number[] = [];
            for (let id = set.takeFinished(); id >= 0; id = set.takeFinished()) done.push(id);
            const expected = plain.filter((item) => item.remaining === 0).map((item) => item.id);
            expect(done.sort((a, b) => a - b)).toEqual(expected);
            plain = plain.filter((item) => item.remaining > 0);
          }
          expectSame(set, plain);
        }
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it('needs a ring longer than any run of steps', () => {
    expect([ringSize(1), ringSize(31), ringSize(32), ringSize(1000)]).toEqual([32, 32, 64, 1024]);
  });
});

function expectSame(set: DecodeSet, plain: readonly Plain[]): void {
  const blocksAt = (ahead: number): number =>
    plain.filter((item) => (item.tokens + ahead) % BLOCK === 0).length;
  expect(set.count).toBe(plain.length);
  expect(set.kvTokens).toBe(plain.reduce((sum, item) => sum + item.tokens + 1, 0));
  expect(set.stepsToNextFinish()).toBe(Math.min(Infinity, ...plain.map((item) => item.remaining)));
  expect(set.blocksForNextStep()).toBe(blocksAt(0));
  for (const item of plain) expect(set.remaining(item.id)).toBe(item.remaining);
  const leaving: number[] = [];
  for (let id = set.firstLeavingNext(); id >= 0; id = set.nextLeaving(id)) leaving.push(id);
  const last = plain.filter((item) => item.remaining === 1).map((item) => item.id);
  expect(leaving.sort((a, b) => a - b)).toEqual(last.sort((a, b) => a - b));
  let blocks = 0;
  for (let steps = 1; steps <= 11; steps++) {
    blocks += blocksAt(steps);
    expect(set.blocksAfterNextStep(steps)).toBe(blocks);
  }
  if (plain.length === 0) return;
  for (const free of [0, 1, plain.length, 2 * plain.length + 1]) {
    let within = 0;
    for (let used = blocksAt(1); used <= free && within < 15; used += blocksAt(within + 1)) within++;
    expect(set.stepsWithin(free, 15)).toBe(within);
  }
}
