import { beforeAll, describe, expect, it } from 'vitest';
import { FleetBench } from './fleet-bench.ts';
import type { FleetCapacity, FleetPart, FleetReading, RoleOption } from './fleet-tasks.ts';
import { limitsOf, longPrompts, shapesOn, subjectOf } from './testing/subject.ts';

const [one] = shapesOn('h', [1]);
const [larger] = shapesOn('h200', [1]);
const PREFILL: RoleOption = {
  role: 'prefill',
  shape: one!,
  batch: { maxBatchedTokens: 8192, maxSequences: 256 },
};
const DECODE: RoleOption = {
  role: 'decode',
  shape: one!,
  batch: { maxBatchedTokens: 2048, maxSequences: 512 },
};
const COUNT = 4000;

function bench(facts = {}): FleetBench {
  return new FleetBench(subjectOf(longPrompts(20), facts));
}

function capacity(of: FleetBench, option: RoleOption, replicas = 1): FleetCapacity {
  const start = 0.8 * of.guessedRate({ option, replicas });
  const answer = of.perform({ method: 'role-capacity', args: { option, replicas, count: COUNT, start } });
  if (answer === undefined) throw new Error('no capacity');
  return answer as FleetCapacity;
}

function fleet(of: FleetBench, parts: readonly FleetPart[], load: number): FleetReading {
  return of.perform({ method: 'read-fleet', args: { parts, count: COUNT, load } }) as FleetReading;
}

describe('roles measured apart', () => {
  const ours = bench();
  let prefill: FleetCapacity;
  let decode: FleetCapacity;
  beforeAll(() => {
    prefill = capacity(ours, PREFILL);
    decode = capacity(ours, DECODE);
  }, 60_000);

  it('answer for their own limits only', () => {
    expect(prefill.limitedBy).toBe('ttft.p99');
    expect(decode.limitedBy).toBe('tpot.p99');
  });

  it('tell what the fleet of both carries: 0.95 × the weaker passes, 1.1 × fails by its limit', () => {
    const parts = [
      { ...PREFILL, replicas: 1 },
      { ...DECODE, replicas: 1 },
    ];
    const weaker = Math.min(prefill.rate.value, decode.rate.value);
    expect(fleet(ours, parts, 0.95 * weaker).value).toBeLessThanOrEqual(1);
    const over = fleet(ours, parts, 1.1 * weaker);
    expect(over.value).toBeGreaterThan(1);
    expect(over.limit).toBe(prefill.rate.value < decode.rate.value ? 'ttft.p99' : 'tpot.p99');
  });

  it('tell it of several replicas, which carry more together than apart', () => {
    const three = capacity(ours, PREFILL, 3).rate.value;
    expect(three).toBeGreaterThanOrEqual(3 * prefill.rate.value);
    const parts = [
      { ...PREFILL, replicas: 3 },
      { ...DECODE, replicas: 2 },
    ];
    const weaker = Math.min(three, capacity(ours, DECODE, 2).rate.value);
    expect(fleet(ours, parts, 0.95 * weaker).value).toBeLessThanOrEqual(1);
    expect(fleet(ours, parts, 1.1 * weaker).value).toBeGreaterThan(1);
  });

  it('are never slower than in a fleet', () => {
    const load = 0.8 * Math.min(prefill.rate.value, decode.rate.value);
    const whole = fleet(
      ours,
      [
        { ...PREFILL, replicas: 1 },
        { ...DECODE, replicas: 1 },
      ],
      load,
    ).evidence.latency;
    const apart = (option: RoleOption): FleetReading =>
      ours.perform({
        method: 'read-role',
        args: { option, replicas: 1, count: COUNT, load },
      }) as FleetReading;
    expect(apart(PREFILL).evidence.latency.ttft.p99.value).toBeLessThanOrEqual(whole.ttft.p99.value * 1.001);
    expect(apart(DECODE).evidence.latency.tpot.p99.value).toBeLessThanOrEqual(whole.tpot.p99.value * 1.05);
  });

  it('decode more where memory is faster, with prompts computed on another accelerator', () => {
    const faster = capacity(ours, { ...DECODE, shape: larger! });
    expect(faster.rate.value).toBeGreaterThan(1.1 * decode.rate.value);
    const parts = [
      { ...PREFILL, replicas: 3 },
      { ...DECODE, shape: larger!, replicas: 1 },
    ];
    const weaker = Math.min(faster.rate.value, 3 * prefill.rate.value);
    expect(fleet(ours, parts, 0.95 * weaker).value).toBeLessThanOrEqual(1);
  });

  it('know a decode pool that falls behind although no limit is on its tokens', () => {
    const free = bench({ limits: limitsOf(40).filter(({ metric }) => metric === 'ttft') });
    const args = { option: DECODE, replicas: 1, count: COUNT };
    const most = free.guessedRate({ option: DECODE, replicas: 1 });
    const over = free.perform({ method: 'read-role', args: { ...args, load: 1.5 * most } });
    expect(over).toMatchObject({ value: Infinity, limit: 'stability' });
    const under = free.perform({ method: 'read-role', args: { ...args, load: 0.7 * most } });
    expect((under as FleetReading).value).toBeLessThanOrEqual(1);
  });

  it('give the same answers whatever was asked before', () => {
    const load = 0.7 * prefill.rate.value;
    const args = { option: PREFILL, replicas: 2, count: 1500, load };
    expect(bench().perform({ method: 'read-role', args })).toEqual(
      ours.perform({ method: 'read-role', args }),
    );
  });

  it('keep tighter limits when predictions are not trusted', () => {
    const factors = { ttft: 1, tpot: 2.5, e2e: 1 };
    const safety = { level: 0.9, factors: { '*/fitted': factors, '*/assumed': factors } };
    expect(capacity(bench({ safety }), DECODE).rate.value).toBeLessThan(0.95 * decode.rate.value);
  });
});

describe('fleets under clients', () => {
  const closed = bench({ loop: 'closed' });
  const parts = [
    { ...PREFILL, replicas: 2 },
    { ...DECODE, replicas: 1 },
  ];

  it('keep every client busy (Little)', () => {
    const { evidence } = fleet(closed, parts, 40);
    const inFlight = evidence.requestRate * evidence.latency.e2e.mean.value;
    expect(inFlight).toBeGreaterThan(0.9 * 40);
    expect(inFlight).toBeLessThan(1.1 * 40);
  });

  it('carry whole clients', () => {
    const args = { parts, count: 2000, start: 40, tolerance: 0.04 };
    const found = closed.perform({ method: 'find-fleet', args });
    expect(found).toMatchObject({ load: expect.any(Number) as number });
    const { load } = found as { readonly load: number };
    expect(Number.isInteger(load)).toBe(true);
    expect(fleet(closed, parts, 2 * load).value).toBeGreaterThan(1);
  });
});

describe('one aggregated part', () => {
  it('is a fleet, too', () => {
    const parts: readonly FleetPart[] = [
      { role: 'aggregated', shape: one!, batch: PREFILL.batch, replicas: 2 },
    ];
    const { uses, evidence } = fleet(bench(), parts, 4);
    expect(uses).toHaveLength(1);
    expect(evidence.requestRate).toBeCloseTo(4, 0);
  });
});
