import fc from 'fast-check';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BenchAnswer } from '../../optimize/index.ts';
import { exactJson, fromExactJson } from './exact-json.ts';
import { writeHeader, writeLine } from './journal-format.ts';
import { Journal, openJournal } from './journal.ts';
import { testFolder } from './testing/test-folder.ts';

/** An answer that tells itself from others by `number`. */
function answer(number: number): BenchAnswer {
  return {
    value: { load: number, reading: Infinity },
    simulations: 1,
    requests: 2,
  } as unknown as BenchAnswer;
}

const key = (digit: string): string => digit.repeat(64);

function opened(file: string): Journal {
  const outcome = openJournal(file, path.dirname(file));
  if (!outcome.ok) throw new Error(outcome.diagnostics[0]?.summary);
  return outcome.value;
}

describe('exact JSON', () => {
  it('gives any plain value back, special numbers included', () => {
    const leaf = fc.oneof(
      fc.double(),
      fc.constantFrom(-0, NaN, Infinity, -Infinity),
      fc.string(),
      fc.boolean(),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.constant(null),
        fc.array(tie('any')),
        // Assigning to __proto__ sets no field; parsed data has none.
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__' && name !== '$number'),
          tie('any'),
          { noNullPrototype: true },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, (item) => {
        expect(fromExactJson(exactJson(item))).toStrictEqual(item);
      }),
    );
  });

  it('does not depend on the order of fields, and takes undefined for absent', () => {
    expect(exactJson({ b: 1, a: { d: undefined, c: -0 } })).toBe(exactJson({ a: { c: -0 }, b: 1 }));
    expect(exactJson([0])).not.toBe(exactJson([-0]));
  });

  it('refuses what is no plain data', () => {
    expect(() => exactJson({ a: new Float64Array(1) })).toThrow(TypeError);
    expect(() => exactJson([() => 1])).toThrow(TypeError);
  });
});

describe('a journal', () => {
  it('keeps answers from one opening to the next', () => {
    const file = path.join(testFolder(), 'run.jsonl');
    const first = opened(file);
    first.add(key('a'), answer(1));
    first.add(key('b'), { value: undefined, simulations: 3, requests: 4 });
    first.close();
    const second = opened(file);
    expect([second.size, second.find(key('a')), second.find(key('c'))]).toEqual([2, answer(1), undefined]);
    expect(second.find(key('b'))).toStrictEqual({ value: undefined, simulations: 3, requests: 4 });
    second.close();
  });

  it('has every answer on the disk as soon as it is added', () => {
    const file = path.join(testFolder(), 'run.jsonl');
    const journal = opened(file);
    journal.add(key('a'), answer(1));
    expect(readFileSync(file, 'utf8')).toBe(writeHeader() + writeLine(key('a'), answer(1)));
    journal.close();
  });

  it('loses nothing but the unfinished line, wherever a process ended', () => {
    const file = path.join(testFolder(), 'run.jsonl');
    const lines = [writeHeader(), writeLine(key('a'), answer(1)), writeLine(key('b'), answer(2))];
    const whole = lines.join('');
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(file, whole.slice(0, length));
      const outcome = openJournal(file, '/');
      if (!outcome.ok) throw new Error(`${length} bytes: ${outcome.diagnostics[0]?.code ?? ''}`);
      const finished = whole.slice(0, length).split('\n').length - 1;
      expect(outcome.value.size).toBe(Math.max(0, finished - 1));
      outcome.value.add(key('c'), answer(3));
      outcome.value.close();
      const again = openJournal(file, '/');
      expect(again.diagnostics).toEqual([]);
      if (again.ok) {
        expect(again.value.find(key('c'))).toEqual(answer(3));
        again.value.close();
      }
    }
  });

  it('leaves out broken lines with one warning', () => {
    const file = path.join(testFolder(), 'run.jsonl');
    writeFileSync(file, `${writeHeader()}nonsense\n{"key":"x"}\n${writeLine(key('a'), answer(1))}{"key"`);
    const outcome = openJournal(file, '/');
    expect(outcome.diagnostics.map((item) => [item.code, item.severity])).toEqual([
      ['engine-resume-damaged', 'warning'],
    ]);
    expect(outcome.diagnostics[0]?.summary).toContain('3 lines');
    expect(outcome.ok && outcome.value.size).toBe(1);
    if (outcome.ok) outcome.value.close();
  });

  it.each([
    ['another file', 'name: chat\npools: []\n'],
    ['another file of one line', 'no newline'],
    ['another JSON file', '{"format":"other"}\n'],
    ['null', 'null\n'],
  ])('refuses %s and leaves it as it is', (_name, text) => {
    const file = path.join(testFolder(), 'stack.yaml');
    writeFileSync(file, text);
    expect(openJournal(file, '/').diagnostics.map((item) => item.code)).toEqual(['engine-resume-invalid']);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('refuses a newer version', () => {
    const file = path.join(testFolder(), 'run.jsonl');
    writeFileSync(file, writeHeader().replace('"version":1', '"version":2'));
    expect(openJournal(file, '/').diagnostics.map((item) => item.code)).toEqual(['engine-resume-version']);
  });

  it('refuses a folder, and a file whose folder is not there', () => {
    const folder = testFolder();
    mkdirSync(path.join(folder, 'run.jsonl'));
    for (const name of ['run.jsonl', 'absent/run.jsonl'])
      expect(openJournal(name, folder).diagnostics.map((item) => item.code)).toEqual([
        'engine-resume-unwritable',
      ]);
  });

  it('refuses what is no regular file', () => {
    expect(openJournal('/dev/null', '/').diagnostics.map((item) => item.code)).toEqual([
      'engine-resume-unwritable',
    ]);
  });

  it('that can be written no more warns once, and goes on', () => {
    const file = path.join(testFolder(), 'run.jsonl');
    writeFileSync(file, '');
    const journal = new Journal(new Map(), openSync(file, 'r'), 'run.jsonl');
    journal.add(key('a'), answer(1));
    journal.add(key('b'), answer(2));
    expect(journal.find(key('b'))).toEqual(answer(2));
    expect(journal.warnings.map((item) => [item.code, item.severity])).toEqual([
      ['engine-resume-unwritable', 'warning'],
    ]);
    journal.close();
  });
});
