import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlText } from './yaml.ts';

/** Texts that a reader of YAML 1.1, of 1.2 or of go-yaml would take for something else when left plain. */
const TREACHEROUS = [
  ...['on', 'Off', 'YES', 'no', 'y', 'N', 'true', 'False', 'null', '~', 'NaN', '.nan', '.inf', '-.Inf'],
  ...['0777', '0o777', '0x1F', '0b101', '1e3', '1_000', '12:30', '12:30:45', '+1', '-1', '1.5', '.5', '1.'],
  ...[
    '2026-11-21',
    '2026-11-21T00:00:00Z',
    '<<',
    '=',
    '',
    ' ',
    'a: b',
    'a #b',
    '- x',
    '? x',
    '[a]',
    '{a: b}',
  ],
  ...[
    '*anchor',
    '&anchor',
    '!tag',
    '%x',
    '@x',
    '`x`',
    '"quoted"',
    "it's",
    'a\nb\n',
    'a\n',
    '\n',
    'a\tb',
    ' a',
    'a ',
  ],
  ...['--flag=1', '$(HOME)', 'ünïcode', 'x'.repeat(300)],
];

/** Keys that the reader used here, not the text, loses: a prototype, and `<<`, which it merges even where it is quoted. */
const UNREADABLE_KEYS = ['__proto__', '<<'];

describe('YAML text', () => {
  it.each(TREACHEROUS.map((text) => [JSON.stringify(text), text]))('%s reads back as text', (_, text) => {
    const written = yamlText({ value: text, list: [text] });
    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(written, { version })).toEqual({ value: text, list: [text] });
    }
  });

  it('any text as key and value reads back under YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (labels) => {
        const plain = Object.fromEntries(
          Object.entries(labels).filter(([key]) => !UNREADABLE_KEYS.includes(key)),
        );
        const written = yamlText({ labels: plain });
        for (const version of ['1.1', '1.2'] as const) {
          expect(parse(written, { version })).toEqual({ labels: plain });
        }
      }),
    );
  });

  it('quotes what go-yaml reads as a number although YAML 1.1 does not', () => {
    expect(yamlText({ mode: '0o777' })).toBe('mode: "0o777"\n');
  });

  it('leaves words, paths and image-like names plain, numbers and truth values bare', () => {
    expect(yamlText({ a: 'NoSchedule', b: '/dev/shm', c: 'apps/v1', d: 3, e: false })).toBe(
      'a: NoSchedule\nb: /dev/shm\nc: apps/v1\nd: 3\ne: false\n',
    );
  });

  it('writes files of several lines as blocks and repeats equal values instead of anchors', () => {
    const shared = { key: 'a' };
    expect(yamlText({ file: 'a: 1\nb: 2\n', left: shared, right: shared })).toBe(
      'file: |\n  a: 1\n  b: 2\nleft:\n  key: a\nright:\n  key: a\n',
    );
  });
});
