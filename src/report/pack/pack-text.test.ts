import { describe, expect, it } from 'vitest';
import { PACK_FORMAT_VERSION } from './pack-report.ts';
import type { PackReport } from './pack-report.ts';
import { packSentence, renderPack, renderPackMarkdown } from './pack-text.ts';

const REPORT: PackReport = {
  formatVersion: PACK_FORMAT_VERSION,
  nodes: 2,
  pods: { considered: 4, staying: 1, pending: 2, completed: 0 },
  mode: 'optimize',
  levels: [{ priority: 10, pods: 2, placedBefore: 1, placed: 2, bound: 2 }],
  provenCounts: true,
  alreadyOptimal: false,
  moves: 2,
  movesBound: 1,
  evictions: 0,
  steps: [
    { action: 'evict', pod: 'shop/x', priority: 10, from: 'a', isPlacedLater: true },
    { action: 'move', pod: 'shop/y', priority: 10, from: 'b', to: 'a' },
    { action: 'place', pod: 'shop/x', priority: 10, to: 'b' },
  ],
  unplaced: [{ pod: 'shop/z', priority: 0, reason: 'too-large' }],
  stop: 'proven',
  considered: { resources: ['cpu'], disruptionBudgets: 0, notConsidered: ['Nothing else.'] },
};

describe('renderPack', () => {
  it('shows counts with bounds, steps in order, pods without a node and what was left aside', () => {
    const lines = renderPack(REPORT).split('\n');
    expect(lines).toContain('        10     2        1         2        2');
    expect(lines.filter((line) => /^ {2}\d {2}/.test(line)).map((line) => line.split(/ {2,}/)[2])).toEqual([
      'evict for now',
      'move',
      'place',
    ]);
    expect(lines.some((line) => line.includes('shop/z') && line.includes('larger than every node'))).toBe(
      true,
    );
    expect(lines).toContain('  Nothing else.');
    expect(lines.at(-2)).toBe(packSentence(REPORT));
  });

  it('says the same in Markdown, the sentence first', () => {
    const lines = renderPackMarkdown(REPORT).split('\n');
    expect(lines.slice(0, 3)).toEqual(['## Packing', '', packSentence(REPORT)]);
    expect(lines).toContain('| 10 | 2 | 1 | 2 | 2 |');
    expect(lines).toContain('| 1 | evict for now | shop/x | a |  |');
    expect(lines).toContain('- Nothing else.');
  });

  it('says what is proven and what is not', () => {
    expect(packSentence(REPORT)).toBe(
      '1 more pod runs after 2 moves (at least 1 needed); counts proven optimal.',
    );
    expect(packSentence({ ...REPORT, alreadyOptimal: true })).toMatch(/^Already optimal, proven/);
    expect(packSentence({ ...REPORT, provenCounts: false, movesBound: 2 })).toMatch(
      /\(proven fewest\); counts not proven optimal\.$/,
    );
    expect(packSentence({ ...REPORT, mode: 'online', onlineRule: 'best-fit' })).toMatch(/nothing proven\.$/);
  });

  it('says how many pods give way to more important ones', () => {
    const levels = [
      { priority: 10, pods: 1, placedBefore: 0, placed: 1, bound: 1 },
      { priority: 0, pods: 3, placedBefore: 3, placed: 1, bound: 1 },
    ];
    expect(packSentence({ ...REPORT, levels })).toMatch(/^1 pod fewer runs, for more important ones, after/);
  });
});
