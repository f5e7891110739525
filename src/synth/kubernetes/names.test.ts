import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDnsLabel, isLabelKey, isServiceName, labelValue, shortenedName } from './names.ts';

const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

describe('names', () => {
  it.each(['a', 'chat', 'a-1', '0a', 'x'.repeat(63)])('%s is a DNS label', (name) => {
    expect(isDnsLabel(name)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'x'.repeat(64), 'a\n'])('%j is none', (name) => {
    expect(isDnsLabel(name)).toBe(false);
  });

  it('a Service name starts with a letter', () => {
    expect(isServiceName('chat')).toBe(true);
    expect(isServiceName('7b')).toBe(false);
  });

  it('a name that fits is kept, a longer one ends in a hash of the whole', () => {
    expect(shortenedName('chat', 10)).toBe('chat');
    const left = shortenedName(`${'a'.repeat(70)}b`);
    const right = shortenedName(`${'a'.repeat(70)}c`);
    expect(left).toHaveLength(63);
    expect(left).not.toBe(right);
    expect(isDnsLabel(left)).toBe(true);
  });

  it('shortening never leaves two dashes at the cut', () => {
    expect(shortenedName(`abc${'-'.repeat(20)}d`, 15)).toMatch(/^abc-[0-9a-f]{8}$/);
  });

  it('every text becomes a valid label value, and a valid one stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const value = labelValue(text);
        expect(value).toMatch(LABEL_VALUE);
        expect(value.length).toBeLessThanOrEqual(63);
        if (LABEL_VALUE.test(text) && text.length <= 63) expect(value).toBe(text);
        expect(labelValue(value)).toBe(value);
      }),
    );
  });

  it('candidate ids become readable label values', () => {
    expect(labelValue('chat/h100/vllm-fp8-tp8·pp2-b8192x256')).toBe('chat-h100-vllm-fp8-tp8-pp2-b8192x256');
  });

  it.each(['a', 'example.com/a', 'plimsoll.dev/pool', 'a.b.c/X_y.z'])('%s is a label key', (key) => {
    expect(isLabelKey(key)).toBe(true);
  });

  it.each(['', '/a', 'a/', 'a/b/c', 'Example.com/a', 'a b', '-a', 'x'.repeat(64)])('%j is none', (key) => {
    expect(isLabelKey(key)).toBe(false);
  });
});
