import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawPage } from '../../scripts/site/markdown.ts';
import { highlighted } from '../../scripts/site/highlight.ts';
import { relativeUrl } from '../../scripts/site/page.ts';
import { schemaPage, typeText } from '../../scripts/site/reference/schema-page.ts';
import { table } from '../../scripts/site/reference/tables.ts';
import { searchEntries, searchScript } from '../../scripts/site/search-index.ts';
import { headingSlug, slugger } from '../../scripts/site/slug.ts';

/** A page of the given Markdown, drawn alone. */
function drawn(markdown: string): ReturnType<typeof drawPage> {
  const page = { source: 'docs/a.md', url: 'how-to/a.html', kind: 'how-to', markdown } as const;
  return drawPage(page, { pages: new Map(), exists: () => false });
}

describe('anchors', () => {
  // As GitHub gives them: docs.github.com, "Section links", read 2026-11.
  it.each([
    [
      'Many instance types at once: `instanceTypes` of a pool',
      'many-instance-types-at-once-instancetypes-of-a-pool',
    ],
    ['When there is no plan', 'when-there-is-no-plan'],
    ['A_b (c) – d', 'a_b-c--d'],
  ])('%s is #%s', (text, anchor) => {
    expect(headingSlug(text.replaceAll('`', ''))).toBe(anchor);
  });

  it('of headings of one name are told apart', () => {
    const slug = slugger();
    expect([slug('Same'), slug('Same'), slug('Other'), slug('Same')]).toEqual([
      'same',
      'same-1',
      'other',
      'same-2',
    ]);
  });

  it('stand on their headings', () => {
    expect(drawn('# One\n\n## Two `x`\n').html).toContain('<h2 id="two-x">Two <code>x</code></h2>');
  });
});

describe('text of pages', () => {
  it('never becomes markup by itself', () => {
    const { html } = drawn(
      '# <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n```html\n<script>\n```\n\n[a](javascript:alert(1))',
    );
    expect(html).not.toMatch(/<script|<img|href="javascript/i);
  });

  it('is highlighted without losing a character', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('ts', 'yaml', 'sh', 'console', 'json', 'none'),
        (code, language) => {
          const text = highlighted(code, language)
            .replaceAll(/<\/?span[^>]*>/g, '')
            .replaceAll('&lt;', '<')
            .replaceAll('&gt;', '>')
            .replaceAll('&quot;', '"')
            .replaceAll('&#x27;', "'")
            .replaceAll('&#39;', "'")
            .replaceAll('&amp;', '&');
          expect(text).toBe(code);
        },
      ),
    );
  });
});

describe('addresses', () => {
  const url = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
    .map((parts) => `${parts.join('/')}.html`);

  it('between pages lead from one to the other, at any depth', () => {
    fc.assert(
      fc.property(url, url, (from, to) => {
        expect(new URL(relativeUrl(from, to), `file:///site/${from}`).pathname).toBe(`/site/${to}`);
      }),
    );
  });
});

describe('pages of schemas', () => {
  const schema = {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', description: 'Name | of it.', examples: ['x'] },
      pools: {
        type: 'array',
        description: 'Pools.',
        minItems: 1,
        items: { type: 'object', properties: { size: { type: 'integer', minimum: 0 } } },
      },
      more: {
        type: 'array',
        items: { type: 'object', properties: { size: { type: 'integer', minimum: 0 } } },
      },
      levels: { type: 'object', additionalProperties: { enum: ['a', 'b'] } },
    },
  } as const;
  const page = schemaPage(schema, { title: 'It', introduction: 'All of it.' });

  it('have a row for every field, with bounds, examples and whether it is required', () => {
    expect(page).toContain('| `name` | text | yes | Name \\| of it. Such as `x`. |');
    expect(page).toContain('| `pools` | list of object |  | Pools. items ≥ 1. |');
    expect(page).toContain('| `size` | whole number |  | ≥ 0. |');
    expect(page).toContain('| `levels` | `a`, `b` by name |');
  });

  it('describe an object once and name the place where it is described', () => {
    expect(page.match(/^## /gm)).toHaveLength(1);
    expect(page).toContain('Fields as of `pools[]`.');
  });

  it('put forms of a value beside each other', () => {
    expect(typeText({ oneOf: [{ type: 'string' }, { type: ['number', 'null'] }] })).toBe(
      'text or number or null',
    );
  });
});

describe('tables', () => {
  it('keep their columns whatever a cell holds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 4 }), (rows) => {
        const text = table(['a', 'b'], rows);
        const bars = text.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
        expect(bars).toEqual(Array.from({ length: rows.length + 2 }, () => 4));
      }),
    );
  });
});

describe('the search', () => {
  const entries = searchEntries([
    drawn('# Spot\n\nTaken away. Taken 120 times\n\n## `maxSpotShare`\n\nA <b> share\u2028.'),
  ]);

  it('knows every heading with the words below it, once each', () => {
    expect(entries.map(({ url, heading, words }) => [url, heading, words])).toEqual([
      ['how-to/a.html', 'Spot', 'away taken times '],
      ['how-to/a.html#maxspotshare', 'maxSpotShare', 'share '],
    ]);
  });

  it('is a script that sets one value', () => {
    const window: { plimsollSearch?: unknown } = {};
    // The script is our own text; it is run as a browser would run it.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    new Function('window', searchScript(entries))(window);
    expect(window.plimsollSearch).toEqual(entries);
  });
});
