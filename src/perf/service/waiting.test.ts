import { describe, expect, it } from 'vitest';
import { erlangC, twoPhases, waitingIn } from './waiting.ts';

const SERVICE = {
  rate: 0,
  servers: 1,
  serviceTime: 1,
  variability: 1,
  arrivals: { dispersion: 1, share: 1 },
};

describe('Erlang’s C formula', () => {
  it('is the load itself for one server', () => {
    for (const load of [0.1, 0.5, 0.9]) expect(erlangC(1, load)).toBeCloseTo(load, 12);
  });

  it('is that of two servers offered 4/3 of one (a²/(2 − a) over 1 + a + a²/(2 − a))', () => {
    const a = 4 / 3;
    const numerator = (a ** 2 / 2) * (2 / (2 - a));
    expect(erlangC(2, a / 2)).toBeCloseTo(numerator / (1 + a + numerator), 12);
  });

  it('neither overflows nor leaves 0..1 for ten thousand servers', () => {
    const share = erlangC(10_000, 0.999);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
  });
});

describe('waiting', () => {
  it.each([0.2, 0.5, 0.8, 0.95])('in M/M/1 at load %d is exact in mean, share and mean square', (load) => {
    const waiting = waitingIn({ ...SERVICE, rate: load });
    expect(waiting.mean).toBeCloseTo(load / (1 - load), 10);
    expect(waiting.share).toBeCloseTo(load, 10);
    // Those that wait wait exponentially with mean 1 / (1 − load).
    expect(waiting.conditionalSquare).toBeCloseTo(2 / (1 - load) ** 2, 8);
  });

  it.each([0.2, 0.5, 0.8, 0.95])('in M/D/1 at load %d is exact in mean and mean square', (load) => {
    const waiting = waitingIn({ ...SERVICE, rate: load, variability: 0 });
    const mean = load / (2 * (1 - load));
    expect(waiting.mean).toBeCloseTo(mean, 10);
    expect(waiting.share * waiting.conditionalSquare).toBeCloseTo(
      2 * mean ** 2 + load / (3 * (1 - load)),
      10,
    );
  });

  it('in M/M/c is exact in the mean (C(c, a) / (cμ − λ))', () => {
    const waiting = waitingIn({ ...SERVICE, servers: 4, rate: 3 });
    expect(waiting.mean).toBeCloseTo(erlangC(4, 0.75) / (4 - 3), 12);
  });

  it('in D/M/1 is exact: σ = exp(−(1 − σ)/ρ), those that wait 1/(1 − σ) on average', () => {
    const waiting = waitingIn({ ...SERVICE, rate: 0.5, arrivals: { dispersion: 0, share: 1 } });
    expect(waiting.share).toBeCloseTo(0.203188, 5);
    expect(waiting.conditionalMean).toBeCloseTo(1 / (1 - waiting.share), 6);
  });

  it('of a thin share of any stream is that of a Poisson stream', () => {
    const waiting = waitingIn({ ...SERVICE, rate: 0.5, arrivals: { dispersion: 16, share: 1e-7 } });
    expect(waiting.share).toBeCloseTo(0.5, 5);
    expect(waiting.mean).toBeCloseTo(1, 4);
  });

  it('never falls as load, spread of work or dispersion of arrivals grow', () => {
    for (const servers of [1, 3, 16]) {
      for (const key of ['rate', 'variability', 'dispersion'] as const) {
        let before = -1;
        for (let step = 1; step < 20; step++) {
          const value = key === 'rate' ? (servers * step) / 20 : step / 5;
          const arrivals = { dispersion: key === 'dispersion' ? value : 1, share: 0.5 };
          const waiting = waitingIn({ ...SERVICE, servers, rate: servers * 0.6, arrivals, [key]: value });
          expect(waiting.mean).toBeGreaterThan(before);
          expect(waiting.share).toBeLessThanOrEqual(1);
          before = waiting.mean;
        }
      }
    }
  });

  it('at full load has no mean', () => {
    expect(() => waitingIn({ ...SERVICE, rate: 1 })).toThrow(RangeError);
  });
});

describe('two exponential phases', () => {
  it.each([
    [3, 9 * 1.7],
    [3, 9 * 2],
    [3, 9 * 5],
  ])('have the mean %d and the mean square %d asked for', (mean, square) => {
    const { kind, share, first, second } = twoPhases(mean, square);
    const [m, s] =
      kind === 'in-turn'
        ? [first + second, 2 * (first ** 2 + first * second + second ** 2)]
        : [share * first + (1 - share) * second, 2 * (share * first ** 2 + (1 - share) * second ** 2)];
    expect(m).toBeCloseTo(mean, 10);
    expect(s).toBeCloseTo(square, 8);
  });
});
