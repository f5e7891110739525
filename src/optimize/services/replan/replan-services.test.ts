import { describe, expect, it } from 'vitest';
import type { Decision, ServiceDocument } from '../../../model/index.ts';
import { shippedCoefficients } from '../../../perf/index.ts';
import { randomStream } from '../../../random/index.ts';
import { optimize } from '../../optimize.ts';
import type { PreviousDecision } from '../../options.ts';
import { fixedService, resolvedServices } from '../../testing/service-fleets.ts';
import { brokenConstraints } from '../../verify-decision.ts';

const OPTIONS = { seed: 1, coefficients: shippedCoefficients() };
const TYPES = ['c6a.large', 'c6a.xlarge', 'm6a.large', 'm6a.xlarge', 'r6a.large', 'r6a.xlarge'];

async function plan(
  services: readonly ServiceDocument[],
  previous?: Omit<PreviousDecision, 'hasSameOfferings'>,
): Promise<Decision> {
  const facts = { services, types: TYPES, capacityTypes: ['on-demand', 'spot'] as const };
  return optimize(
    resolvedServices(facts),
    previous === undefined ? OPTIONS : { ...OPTIONS, previous: { ...previous, hasSameOfferings: true } },
  );
}

function fleet(seed: number, extra: number): ServiceDocument[] {
  const stream = randomStream(seed, 'replan-test');
  const tolerances = ['nothing', 'node', 'zone', 'correlation-group'] as const;
  return Array.from({ length: 6 }, (_, index) => {
    const cpu = `${100 * (1 + stream.integer(12))}m` as const;
    const memory = `${128 * (1 + stream.integer(20))}Mi` as const;
    const replicas = 2 + stream.integer(8);
    return fixedService(
      `s${index}`,
      { cpu, memory, replicas: index === 2 ? replicas + extra : replicas },
      {
        slo: { tolerates: tolerances[stream.integer(4)] ?? 'node', availability: '99%' },
        maxSpotShare: stream.uniform() < 0.5 ? '0%' : '100%',
        ...(index === 4 ? { scheduling: { apartFrom: ['s0'] } } : {}),
      },
    );
  });
}

describe('planning services again', () => {
  it('keeps every constraint and a valid bound when a service grows, shrinks, goes, comes or changes its size', async () => {
    for (let seed = 0; seed < 2; seed++) {
      const before = fleet(seed, 0);
      const decision = await plan(before);
      const stranger = fixedService('new', { cpu: '700m', memory: '1Gi', replicas: 3 });
      const changes: Readonly<Record<string, readonly ServiceDocument[]>> = {
        grows: fleet(seed, 5),
        shrinks: fleet(seed, -1),
        goes: before.slice(1).filter((service) => service.id !== 's4'),
        comes: [...before, stranger],
        resized: before.map((service) => (service.id === 's3' ? { ...stranger, id: 's3' } : service)),
      };
      for (const [name, services] of Object.entries(changes)) {
        const again = await plan(services, { decision, settings: { drift: 10 } });
        expect(brokenConstraints(again.checks), `seed ${seed}, ${name}`).toEqual([]);
        expect(again.replan?.isFromScratch, `seed ${seed}, ${name}: ${again.replan?.reason}`).toBe(false);
        expect(again.boundPerMonth).toBeLessThanOrEqual(again.objectivePerMonth);
      }
    }
  }, 240_000);

  it('gives the decision itself back where all inputs are proven equal', async () => {
    const decision = await plan(fleet(1, 0));
    expect(await plan(fleet(1, 0), { decision, hasSameInputs: true })).toBe(decision);
  }, 60_000);

  it('plans anew when a decision said to have the same inputs does not hold', async () => {
    const decision = await plan(fleet(1, 0));
    const again = await plan(fleet(1, 4), { decision, hasSameInputs: true });
    expect(again).not.toBe(decision);
    expect(brokenConstraints(again.checks)).toEqual([]);
  }, 60_000);

  it('moves nothing and costs the same where nothing changed but no proof is at hand', async () => {
    const decision = await plan(fleet(1, 0));
    const again = await plan(fleet(1, 0), { decision });
    expect(again.packing).toEqual(decision.packing);
    expect(again.objectivePerMonth).toBe(decision.objectivePerMonth);
    expect(again.replan?.windows.map(({ pods }) => pods.moved + pods.added + pods.removed)).toEqual([0]);
  }, 60_000);

  it('moves no pod of other services where moves are dear, and only adds those of the one that grows', async () => {
    const decision = await plan(fleet(0, 0));
    const again = await plan(fleet(0, 3), { decision, settings: { moveCost: 1e6, drift: 10 } });
    const podsOf = (item: Decision): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { offering, nodes, pods } of item.packing ?? [])
        for (const [service, count] of Object.entries(pods))
          if (service !== 's2')
            counts[`${service} ${offering}`] = (counts[`${service} ${offering}`] ?? 0) + count * nodes;
      return counts;
    };
    expect(again.replan?.changed).toEqual(['s2']);
    expect(podsOf(again)).toEqual(podsOf(decision));
  }, 60_000);

  it('plans from scratch, and says so, when the plan would drift too far from the relaxation', async () => {
    const decision = await plan(fleet(0, 0));
    const again = await plan(fleet(0, 5), { decision, settings: { drift: -1 } });
    expect(again.replan?.isFromScratch).toBe(true);
    expect(again.replan?.reason).toMatch(/above the relaxation/);
    expect(again.objectivePerMonth).toBe((await plan(fleet(0, 5))).objectivePerMonth);
  }, 60_000);
});
