import { describe, expect, it } from 'vitest';
import { worldSize } from '../../model/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import { inlineCrew } from '../capacity/crew.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import type { BenchSubject } from '../capacity/measure.ts';
import type { BenchTask } from '../capacity/task.ts';
import type { DisaggregationContext } from './context.ts';
import type { FleetPart } from './fleet-tasks.ts';
import { ROLE_LIMITS } from './role-options.ts';
import { searchDisaggregated } from './search-disaggregated.ts';
import { limitsOf, longPrompts, shapesOn, subjectOf } from './testing/subject.ts';

const SHAPES = shapesOn('h', [1, 2]);
const SIZE = 4;

function contextOf(subject: BenchSubject, facts: Partial<DisaggregationContext> = {}): DisaggregationContext {
  return {
    subject,
    crew: inlineCrew(subject),
    shapes: SHAPES,
    accelerators: { h: SIZE },
    load: { kind: 'most' },
    aim: 'most',
    weigh: (shape) => worldSize(shape.configuration.parallelism),
    ...facts,
  };
}

/** Every prefill × decode shape × numbers of replicas on the cluster, with the first limits of each role. */
function everyFleet(): readonly (readonly FleetPart[])[] {
  const numbers = Array.from({ length: SIZE }, (_, i) => i + 1);
  const part = (role: 'prefill' | 'decode', shape: (typeof SHAPES)[number], replicas: number): FleetPart => ({
    role,
    shape,
    batch: ROLE_LIMITS[role][0]!,
    replicas,
  });
  return SHAPES.flatMap((p) =>
    SHAPES.flatMap((d) =>
      numbers.flatMap((n) => numbers.map((m) => [part('prefill', p, n), part('decode', d, m)])),
    ),
  ).filter((parts) => acceleratorsOf(parts) <= SIZE);
}

function acceleratorsOf(parts: readonly FleetPart[]): number {
  return parts.reduce(
    (sum, { shape, replicas }) => sum + replicas * worldSize(shape.configuration.parallelism),
    0,
  );
}

describe('searchDisaggregated', () => {
  const subject = subjectOf(longPrompts(20), { limits: limitsOf(20) });

  it('finds what simulating every fleet of a small cluster finds, within 1 %', async () => {
    const crew = inlineCrew(subject);
    const fleets = everyFleet();
    // All from one first rate: where the search begins moves a capacity within its tolerance of 2 %.
    const measured = async (of: readonly (readonly FleetPart[])[]): Promise<readonly number[]> => {
      const args = of.map((parts) => ({ parts, count: subject.longest, start: 10 }));
      const answers = await crew.run(args.map((item) => ({ method: 'fleet-capacity' as const, args: item })));
      return answers.map(({ value }) => value?.rate.low ?? 0);
    };
    const capacities = await measured(fleets);
    const most = Math.max(...capacities);
    const [best] = (await searchDisaggregated(contextOf(subject))).plans;
    expect((await measured([best!.parts]))[0]).toBeGreaterThan(0.99 * most);

    const rate = requestsPerSecond(0.6 * most);
    const enough = fleets.filter((_, i) => capacities[i]! >= rate).map(acceleratorsOf);
    const load = { kind: 'rate', rate } as const;
    const [lightest] = (await searchDisaggregated(contextOf(subject, { aim: 'least', load }))).plans;
    expect(lightest!.weight).toBeLessThanOrEqual(Math.min(...enough));

    const density = Math.max(...fleets.map((parts, i) => capacities[i]! / acceleratorsOf(parts)));
    const [densest] = (await searchDisaggregated(contextOf(subject, { aim: 'densest' }))).plans;
    expect((await measured([densest!.parts]))[0]! / densest!.weight).toBeGreaterThan(0.99 * density);
  });

  it('carries what it promises: the evidence keeps the limits at the load', async () => {
    const load = { kind: 'rate', rate: requestsPerSecond(12) } as const;
    const { plans, counts } = await searchDisaggregated(contextOf(subject, { aim: 'least', load }));
    expect(plans.length).toBeGreaterThan(0);
    for (const { evidence, capacity, load: at, uses, accelerators } of plans) {
      expect(at).toBe(12);
      expect(capacity.low).toBeGreaterThanOrEqual(12);
      expect(evidence.latency.ttft.p99.value).toBeLessThanOrEqual(1);
      expect(evidence.latency.tpot.p99.value).toBeLessThanOrEqual(0.02);
      expect(uses).toHaveLength(2);
      expect(accelerators).toBeLessThanOrEqual(SIZE);
    }
    expect(counts.simulations).toBeGreaterThan(counts.simulated);
  });

  it('gives the same answer by a crew that hands tasks out one by one', async () => {
    const inner = inlineCrew(subject);
    const single: MeasuringCrew = {
      ...inner,
      size: 7,
      run: async <const Tasks extends readonly BenchTask[]>(tasks: Tasks) => {
        const answers = [];
        for (const task of [...tasks].reverse()) answers.unshift(...(await inner.run([task])));
        return answers as never;
      },
    };
    const load = { kind: 'rate', rate: requestsPerSecond(12) } as const;
    const facts = { aim: 'least', load } as const;
    const ours = await searchDisaggregated(contextOf(subject, facts));
    expect(await searchDisaggregated(contextOf(subject, { ...facts, crew: single }))).toEqual(ours);
  });

  it('uses fast memory to decode and cheap compute for prompts where both are offered', async () => {
    const shapes = [...SHAPES, ...shapesOn('h200', [1])];
    const load = { kind: 'rate', rate: requestsPerSecond(30) } as const;
    const weigh = (shape: (typeof shapes)[number]): number =>
      worldSize(shape.configuration.parallelism) * (shape.pool === 'h200' ? 1.2 : 1);
    const accelerators = { h: 8, h200: 8 };
    const context = contextOf(subject, { shapes, accelerators, load, aim: 'least', weigh });
    const [best] = (await searchDisaggregated(context)).plans;
    expect(best!.parts.map(({ shape }) => shape.pool)).toEqual(['h', 'h200']);
  });

  it('carries clients of a closed loop', async () => {
    const closed = subjectOf(longPrompts(20), { limits: limitsOf(20), loop: 'closed' });
    const load = { kind: 'concurrency', clients: 60 } as const;
    const { plans } = await searchDisaggregated(contextOf(closed, { aim: 'least', load }));
    expect(plans[0]!.load).toBe(60);
    expect(plans[0]!.capacity.value).toBeGreaterThanOrEqual(60);
  });

  it('says why when no plan is there: limits that no role keeps, too few accelerators', async () => {
    const strict = await searchDisaggregated(contextOf(subjectOf(longPrompts(20), { limits: limitsOf(1) })));
    expect(strict.plans).toEqual([]);
    const decode = strict.rejected.filter(({ candidate }) => candidate.endsWith('-decode'));
    expect(decode.length).toBeGreaterThan(0);
    expect(decode.every(({ reason }) => reason === 'slo-not-met')).toBe(true);
    const load = { kind: 'rate', rate: requestsPerSecond(500) } as const;
    const few = await searchDisaggregated(contextOf(subject, { aim: 'least', load }));
    expect(few.plans).toEqual([]);
    expect(few.rejected.length).toBeGreaterThan(0);
    const none = await searchDisaggregated(contextOf(subject, { accelerators: { h: 1 } }));
    expect(none.plans).toEqual([]);
  });
});

describe('disaggregation against aggregated replicas', () => {
  /** Requests per second and accelerator of the best aggregated replica and of the best split. */
  async function densities(tpot: number): Promise<{ readonly aggregated: number; readonly split: number }> {
    const subject = subjectOf(longPrompts(20), { limits: limitsOf(tpot) });
    const crew = inlineCrew(subject);
    const tasks = SHAPES.flatMap((shape) =>
      [2048, 8192].map((maxBatchedTokens) => ({
        method: 'find' as const,
        args: { shape, batch: { maxBatchedTokens, maxSequences: 256 }, count: 2000, tolerance: 0.04 },
      })),
    );
    const answers = await crew.run(tasks);
    const each = answers.map(
      ({ value }, i) => value.load / worldSize(tasks[i]!.args.shape.configuration.parallelism),
    );
    const { plans } = await searchDisaggregated(contextOf(subject, { crew, aim: 'densest' }));
    return { aggregated: Math.max(...each), split: plans[0]!.capacity.low / plans[0]!.accelerators };
  }

  it('wins where prompts of others would delay tokens too much', async () => {
    const { aggregated, split } = await densities(10);
    expect(split).toBeGreaterThan(1.2 * aggregated);
  });

  it('does not raise throughput where latency leaves room', async () => {
    const { aggregated, split } = await densities(100);
    expect(split).toBeLessThan(aggregated);
  });
});
