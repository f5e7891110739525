import { describe, expect, it } from 'vitest';
import { chatSubject, chatTasks } from '../../../test/support/measuring-tasks.ts';
import { MeasuringBench, inlineCrew } from '../../optimize/index.ts';
import type { BenchAnswer, GatherCrew } from '../../optimize/index.ts';
import { AnswerBook } from './answer-book.ts';
import { sharingCrews } from './sharing-crew.ts';

const ANSWER: BenchAnswer = { value: undefined, simulations: 1, requests: 10 };

describe('shared answers', () => {
  it('are measured by one of those who ask at a time; the others wait for that one', async () => {
    const book = new AnswerBook();
    expect(await book.claim('a')).toEqual({ kind: 'yours' });
    expect(await book.claim('a')).toEqual({ kind: 'taken' });
    const waiting = book.wait('a');
    book.give('a', ANSWER);
    expect(await waiting).toEqual({ kind: 'known', answer: ANSWER });
    expect(await book.claim('a')).toEqual({ kind: 'known', answer: ANSWER });
    expect([book.measured, book.shared]).toEqual([1, 2]);
  });

  it('that are given up are measured by the next who waits, or by the next who asks', async () => {
    const book = new AnswerBook();
    await book.claim('a');
    const [second, third] = [book.wait('a'), book.wait('a')];
    book.giveUp('a');
    expect(await second).toEqual({ kind: 'yours' });
    book.give('a', ANSWER);
    expect(await third).toEqual({ kind: 'known', answer: ANSWER });
    await book.claim('b');
    book.giveUp('b');
    expect(await book.claim('b')).toEqual({ kind: 'yours' });
  });

  it('are looked for in a store first, and kept there', async () => {
    const kept = new Map([['a', ANSWER]]);
    const store = {
      find: (key: string) => kept.get(key),
      add: (key: string, answer: BenchAnswer) => void kept.set(key, answer),
    };
    const book = new AnswerBook(store);
    expect(await book.claim('a')).toEqual({ kind: 'known', answer: ANSWER });
    await book.claim('b');
    book.give('b', ANSWER);
    expect(kept.has('b')).toBe(true);
  });
});

describe('crews that share', () => {
  const tasks = chatTasks().slice(0, 4);

  it('give the answers of a bench of their own, and measure each once', async () => {
    const book = new AnswerBook();
    const gather = sharingCrews(book);
    const [first, second] = [gather(chatSubject()), gather(chatSubject())];
    const bench = new MeasuringBench(chatSubject());
    const expected = tasks.map((task) => bench.perform(task));
    const both = await Promise.all([first.run(tasks), second.run(tasks)]);
    expect(both).toEqual([expected, expected]);
    expect(book.measured).toBe(tasks.length);
    expect(book.shared).toBe(tasks.length);
  });

  it('pass an error on and let others try', async () => {
    const book = new AnswerBook();
    let attempts = 0;
    const gather: GatherCrew = (subject) => {
      const inner = inlineCrew(subject);
      return {
        ...inner,
        run: (asked) => (attempts++ === 0 ? Promise.reject(new Error('broken')) : inner.run(asked)),
      };
    };
    const crew = sharingCrews(book, gather)(chatSubject());
    await expect(crew.run(tasks)).rejects.toThrow('broken');
    expect((await crew.run(tasks)).length).toBe(tasks.length);
  });
});
