import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html } from './markup.ts';
import { columnsOf, factList, folded, htmlTable } from './table.ts';

describe('markup', () => {
  it('escapes text in elements and attributes, and takes markup as it is', () => {
    const name = '<b title="x">O\'Hara & co</b>';
    expect(html`<p title="${name}">${name}${html`<i>1</i>`}</p>`.markup).toBe(
      '<p title="&lt;b title=&quot;x&quot;&gt;O&#39;Hara &amp; co&lt;/b&gt;">&lt;b title=&quot;x&quot;&gt;O&#39;Hara &amp; co&lt;/b&gt;<i>1</i></p>',
    );
  });

  it('joins lists, prints numbers and leaves out what is undefined', () => {
    expect(html`<p>${[1, undefined, 'a', [html`<br />`]]}</p>`.markup).toBe('<p>1a<br/></p>');
  });

  it('never lets any text open an element, close an attribute or act without being seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
      }),
    );
  });

  it('keeps printable text readable: what a reader decodes is what was written', () => {
    const decode = (text: string): string =>
      text.replaceAll(
        /&(lt|gt|quot|#39|amp);/g,
        (_, name: string) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' })[name] ?? '',
      );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(decode(escapeHtml(text))).toBe(text);
      }),
    );
  });

  it('writes templates of several lines without their indents', () => {
    expect(html`<p class="a">one two</p>`.markup).toMatch(/^<p class="a"> ?one two ?<\/p>$/);
  });
});

describe('tables and folds', () => {
  it('have a caption, headings and a name for each row, figures marked as such', () => {
    const { markup } = htmlTable({
      caption: 'Costs',
      columns: columnsOf(['Who', 'USD'], ['USD']),
      rows: [['web', '1.00']],
    });
    expect(markup).toContain('<caption class="vh">Costs</caption>');
    expect(markup).toMatch(/<th scope="row">web<td class="n">1\.00/);
  });

  it('are nothing without rows', () => {
    const empty = htmlTable({ caption: 'Costs', columns: columnsOf(['Who']), rows: [] });
    expect(empty.markup).toBe('');
    expect(folded('Costs', empty).markup).toBe('');
    expect(factList([['Team', '']]).markup).toBe('');
  });

  it('of many columns scroll by themselves and can be reached by keyboard', () => {
    const wide = htmlTable({ caption: 'Wide', columns: columnsOf(['a', 'b', 'c']), rows: [['1', '2', '3']] });
    expect(wide.markup).toContain('<div class="scroll" tabindex="0" role="group" aria-label="Wide">');
  });
});
