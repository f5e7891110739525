import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLOURED, PLAIN } from '../text/palette.ts';
import { anyText } from '../text/testing/any-text.ts';
import { textWidth } from '../text/text-width.ts';
import { checksPage } from './checks-page.ts';
import { packTestsPage } from './pack-tests-page.ts';
import { pageMarkdown, pageText } from './page.ts';
import type { Page } from './page.ts';
import { stackPage } from './stack-page.ts';

const PAGE: Page = {
  title: 'Packing',
  head: ['2 nodes', ''],
  parts: [
    {
      kind: 'table',
      title: 'Steps',
      columns: [{ title: 'NEXT STEP' }, { title: '#' }],
      rows: [['place | pod']],
    },
    { kind: 'lines', title: 'Left aside', lines: ['Volumes of @team.'] },
    { kind: 'lines', title: 'Nothing', lines: [] },
    { kind: 'table', title: 'No rows', columns: [{ title: 'A' }], rows: [] },
  ],
  sentence: 'One pod moves.',
};

describe('a page', () => {
  it('as text has its parts under their titles and the sentence last', () => {
    expect(pageText(PAGE)).toMatchInlineSnapshot(`
      "2 nodes


      Steps
        NEXT STEP    #
        place | pod

      Left aside
        Volumes of @team.

      One pod moves.
      "
    `);
  });

  it('as Markdown has the sentence first, and user values that cannot act', () => {
    expect(pageMarkdown(PAGE)).toMatchInlineSnapshot(`
      "## Packing

      One pod moves.

      - 2 nodes

      ### Steps

      | Next step | \\# |
      |---|---|
      | place \\| pod |  |

      ### Left aside

      - Volumes of \\@&#8203;team.
      "
    `);
  });

  it('says the same words in both forms', () => {
    const cell = fc.stringMatching(/^[a-z]{1,8}$/);
    const page = fc.record({
      title: cell,
      head: fc.array(cell, { maxLength: 2 }),
      parts: fc.array(
        fc.record({
          kind: fc.constant('table' as const),
          title: cell,
          columns: fc.constant([{ title: 'one' }, { title: 'two' }]),
          rows: fc.array(fc.tuple(cell, cell), { maxLength: 3 }),
        }),
        { maxLength: 3 },
      ),
      sentence: cell,
    });
    const words = (text: string): readonly string[] =>
      [...text.matchAll(/[a-z]+/g)].map(([word]) => word).sort();
    fc.assert(
      fc.property(page, (told) => {
        // The title of the whole is told in Markdown alone: on a terminal the command just typed says it.
        expect(words(pageMarkdown({ ...told, title: '' }))).toEqual(words(pageText(told)));
      }),
    );
  });

  it('fits the width: tables shortened, lines broken', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 4 }), fc.integer({ min: 24, max: 90 }), (lines, width) => {
        const text = pageText(
          {
            ...PAGE,
            head: [],
            parts: [
              { kind: 'lines', title: 'Lines', lines },
              { kind: 'table', title: 'Rows', columns: [{ title: 'A' }], rows: lines.map((line) => [line]) },
            ],
          },
          { ...PLAIN, width },
        );
        for (const line of text.split('\n'))
          if (line.trim().includes(' '))
            expect(textWidth(line)).toBeLessThanOrEqual(Math.max(width, longestWord(line) + 4));
      }),
    );
  });
});

/** Cells of the longest word: words are not broken. */
function longestWord(line: string): number {
  return Math.max(...line.split(' ').map(textWidth));
}

describe('the page of', () => {
  it('a machine says what it lacks, in colour', () => {
    const checks = [
      { name: 'node', state: 'ok', detail: '24', fix: '' },
      { name: 'kubectl', state: 'missing', detail: 'not found', fix: 'Install kubectl.' },
    ] as const;
    expect(checksPage(checks).sentence).toBe('This machine lacks 1 of 2: take the next steps above.');
    expect(checksPage(checks.slice(0, 1)).sentence).toBe('This machine can plan.');
    expect(pageText(checksPage(checks, COLOURED))).toContain(COLOURED.bad('missing'));
    expect(pageMarkdown(checksPage(checks))).toContain(
      '| kubectl | missing | not found | Install kubectl. |',
    );
  });

  it('a stack counts what it declares', () => {
    const counts = { stack: 'shop', pools: 1, offerings: 2, policies: 1, rules: 3 };
    const sentence = (workloads: number, services: number) =>
      stackPage({ ...counts, workloads, services }).sentence;
    expect(sentence(0, 4)).toBe('shop is valid: 4 services, 1 pool with 2 offerings, 1 policy with 3 rules.');
    expect(sentence(1, 4)).toMatch('1 workload, 4 services');
  });

  it('tests of packs adds up', () => {
    const result = (passed: boolean) => ({
      rule: 'r',
      name: 'n',
      expect: 'pass',
      actual: 'pass',
      message: '',
      passed,
    });
    const report = (pack: string, ...passes: boolean[]) =>
      ({ pack, results: passes.map(result), untested: [] }) as unknown as Parameters<
        typeof packTestsPage
      >[0][number];
    expect(packTestsPage([report('a', true, true), report('b', true)]).sentence).toBe(
      'All 3 examples of 2 packs pass.',
    );
    expect(packTestsPage([report('a', true, false)]).sentence).toMatch(/^1 of 2 examples of 1 pack pass;/);
  });
});
