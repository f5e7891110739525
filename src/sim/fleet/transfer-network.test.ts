import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransferNetwork } from './transfer-network.ts';

interface Start {
  readonly gap: number;
  readonly sender: number;
  readonly receiver: number;
  readonly bytes: number;
}

const bandwidths = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 3, maxLength: 3 });
const starts = fc.array(
  fc.record({
    gap: fc.double({ min: 0, max: 5, noNaN: true }),
    sender: fc.nat({ max: 2 }),
    receiver: fc.nat({ max: 2 }),
    bytes: fc.double({ min: 0, max: 5000, noNaN: true }),
  }),
  { minLength: 1, maxLength: 30 },
);

/** Runs the transfers and gives the time each was done; `look` is called after every change. */
function run(
  senders: readonly number[],
  receivers: readonly number[],
  list: readonly Start[],
  look: (network: TransferNetwork) => void = () => undefined,
): { readonly network: TransferNetwork; readonly begun: number[]; readonly done: number[] } {
  const done: number[] = [];
  const network = new TransferNetwork(senders, receivers, (id, time) => {
    expect(done[id]).toBeUndefined();
    done[id] = time;
  });
  const begun: number[] = [];
  let time = 0;
  list.forEach((item, id) => {
    time += item.gap;
    while (network.nextTime <= time) {
      network.advanceUntil(network.nextTime);
      look(network);
    }
    begun[id] = time;
    network.start(id, item, item.bytes, time);
    look(network);
  });
  while (network.nextTime < Infinity) {
    network.advanceUntil(network.nextTime);
    look(network);
  }
  return { network, begun, done };
}

describe('TransferNetwork', () => {
  it('shares one sender evenly: two transfers at half speed, the second alone for its rest', () => {
    const list = [
      { gap: 0, sender: 0, receiver: 0, bytes: 100 },
      { gap: 0, sender: 0, receiver: 1, bytes: 300 },
    ];
    // 10 B/s: until 20 s both move 100 bytes, then 200 bytes remain at full speed.
    expect(run([10], [100, 100], list).done).toEqual([20, 40]);
  });

  it('gives what a slow receiver leaves over to the other transfers of a sender', () => {
    const list = [
      { gap: 0, sender: 0, receiver: 0, bytes: 20 },
      { gap: 0, sender: 0, receiver: 1, bytes: 80 },
    ];
    expect(run([10], [2, 100], list).done).toEqual([10, 10]);
  });

  it('moves anything at once over infinite links', () => {
    const list = [{ gap: 3, sender: 0, receiver: 0, bytes: 1e12 }];
    expect(run([Infinity], [Infinity], list).done).toEqual([3]);
  });

  it('conserves bytes and finishes every transfer once', () => {
    fc.assert(
      fc.property(bandwidths, bandwidths, starts, (senders, receivers, list) => {
        const { network, done } = run(senders, receivers, list);
        expect(done.filter((time) => time >= 0)).toHaveLength(list.length);
        for (const [link, moved] of [...network.sent, ...network.received].entries()) {
          const expected = list
            .filter(({ sender, receiver }) => (link < 3 ? sender === link : receiver === link - 3))
            .reduce((sum, { bytes }) => sum + bytes, 0);
          expect(Math.abs(moved - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
        }
      }),
    );
  });

  it('never exceeds a bandwidth, and every transfer is held by a full link where it is among the fastest', () => {
    fc.assert(
      fc.property(bandwidths, bandwidths, starts, (senders, receivers, list) => {
        const limits = [...senders, ...receivers];
        run(senders, receivers, list, (network) => {
          const rates = network.linkRates();
          rates.forEach((rate, link) => expect(rate).toBeLessThanOrEqual(limits[link]! * (1 + 1e-12)));
          if (network.inFlight > 0) {
            expect(rates.some((rate, link) => rate >= limits[link]! * (1 - 1e-12))).toBe(true);
          }
        });
      }),
    );
  });

  it('is never faster than the transfer alone', () => {
    fc.assert(
      fc.property(bandwidths, bandwidths, starts, (senders, receivers, list) => {
        const { begun, done } = run(senders, receivers, list);
        list.forEach(({ sender, receiver, bytes }, id) => {
          const alone = bytes / Math.min(senders[sender]!, receivers[receiver]!);
          expect(done[id]! - begun[id]!).toBeGreaterThanOrEqual(alone - 1e-9 * Math.max(1, done[id]!));
        });
      }),
    );
  });
});
