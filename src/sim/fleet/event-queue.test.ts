import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { ReplicaClock } from './replica-clock.ts';

describe('EventQueue', () => {
  it('gives events by time, kind and sequence of entry, also when more come in between', () => {
    const event = fc.record({ time: fc.nat({ max: 6 }), kind: fc.nat({ max: 2 }), pops: fc.nat({ max: 2 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const queue = new EventQueue();
        const waiting: { time: number; kind: number; id: number }[] = [];
        const pop = (): void => {
          waiting.sort((a, b) => a.time - b.time || a.kind - b.kind || a.id - b.id);
          const first = waiting.shift();
          expect(queue.nextTime).toBe(first?.time ?? Infinity);
          if (first === undefined) return;
          expect(queue.nextKind).toBe(first.kind);
          expect(queue.pop()).toBe(first.id);
        };
        events.forEach(({ time, kind, pops }, id) => {
          queue.push(time, kind, id);
          waiting.push({ time, kind, id });
          for (let i = 0; i < pops; i++) pop();
        });
        while (waiting.length > 0) pop();
        pop();
      }),
    );
  });
});

describe('ReplicaClock', () => {
  it('names the earliest replica, the lowest index among equals', () => {
    const change = fc.tuple(fc.nat({ max: 6 }), fc.constantFrom(0, 1, 2, 3, Infinity));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const clock = new ReplicaClock(7);
        const times = new Array<number>(7).fill(Infinity);
        for (const [replica, time] of changes) {
          clock.set(replica, time);
          times[replica] = time;
          expect(clock.nextTime).toBe(Math.min(...times));
          expect(clock.nextReplica).toBe(times.indexOf(Math.min(...times)));
        }
      }),
    );
  });
});
