import { describe, expect, it } from 'vitest';
import type { Decision, ServiceDocument } from '../../model/index.ts';
import { shippedCoefficients } from '../../perf/index.ts';
import { randomStream } from '../../random/index.ts';
import { optimize } from '../optimize.ts';
import { fixedService, resolvedServices } from '../testing/service-fleets.ts';
import { brokenConstraints } from '../verify-decision.ts';

const OPTIONS = { seed: 1, coefficients: shippedCoefficients() };
const TYPES = ['c6a.large', 'c6a.xlarge', 'm6a.large', 'm6a.xlarge', 'r6a.large', 'r6a.xlarge'];

async function plan(facts: Parameters<typeof resolvedServices>[0]): Promise<Decision> {
  return optimize(resolvedServices(facts), OPTIONS);
}

function randomServices(seed: number): readonly ServiceDocument[] {
  const stream = randomStream(seed, 'services');
  const whole = (below: number): number => Math.floor(stream.uniform() * below);
  const pick = <T>(list: readonly T[]): T => list[whole(list.length)] as T;
  return Array.from({ length: 2 + whole(3) }, (_, index) =>
    fixedService(
      `s${index}`,
      { cpu: `${100 * (1 + whole(12))}m`, memory: `${128 * (1 + whole(20))}Mi`, replicas: 1 + whole(6) },
      {
        slo: {
          tolerates: pick(['nothing', 'node', 'correlation-group', 'zone']),
          availability: pick(['99%', '99.9%']),
        },
        maxSpotShare: pick(['0%', '50%', '100%']),
        ...(stream.uniform() < 0.3 ? { scheduling: { maxPerNode: 1 } } : {}),
        ...(index > 0 && stream.uniform() < 0.3 ? { scheduling: { apartFrom: ['s0'] } } : {}),
      },
    ),
  );
}

describe('planning services', () => {
  it('gives plans whose every constraint holds and whose bound is not above their cost, on random fleets', async () => {
    for (let seed = 0; seed < 4; seed++) {
      const decision = await plan({
        services: randomServices(seed),
        types: TYPES,
        capacityTypes: ['on-demand', 'spot'],
      });
      expect(decision.status, `seed ${seed}`).not.toBe('infeasible');
      expect(brokenConstraints(decision.checks), `seed ${seed}`).toEqual([]);
      expect(decision.boundPerMonth).toBeLessThanOrEqual(decision.objectivePerMonth);
      expect(decision.boundPerMonth).toBeGreaterThan(0);
    }
  }, 120_000);

  it('gives the same plan for the same problem in another order', async () => {
    const services = randomServices(3);
    const one = await plan({ services, types: TYPES, capacityTypes: ['on-demand', 'spot'] });
    const two = await plan({
      services: services.toReversed(),
      types: TYPES.toReversed(),
      capacityTypes: ['spot', 'on-demand'],
    });
    expect(two).toEqual(one);
  }, 60_000);

  it('pays for surviving the loss of a zone what half as many replicas cost, and says so', async () => {
    const service = (tolerates: 'nothing' | 'zone'): readonly ServiceDocument[] => [
      fixedService('web', { cpu: '900m', memory: '1Gi', replicas: 60 }, { slo: { tolerates } }),
    ];
    const free = await plan({ services: service('nothing'), types: TYPES });
    const safe = await plan({ services: service('zone'), types: TYPES });
    expect(safe.objectivePerMonth / free.objectivePerMonth).toBeCloseTo(1.5, 1);
    const [price] = safe.constraintPrices;
    expect(price?.constraint).toBe('services/tolerates');
    expect(price?.perMonth).toBeGreaterThan(0.4 * free.objectivePerMonth);
  }, 60_000);

  it('never puts an arm64 image on amd64 nodes or the other way round', async () => {
    const decision = await plan({
      services: [
        fixedService(
          'arm',
          { cpu: '500m', memory: '512Mi', replicas: 4 },
          { scheduling: { architectures: ['arm64'] } },
        ),
        fixedService('amd', { cpu: '500m', memory: '512Mi', replicas: 4 }),
      ],
      types: ['c6a.large', 'c7g.large'],
      architectures: ['amd64', 'arm64'],
    });
    const hosts = (service: string): readonly string[] => [
      ...new Set(
        (decision.packing ?? [])
          .filter((group) => service in group.pods)
          .map((group) => group.offering.split('/')[0] ?? ''),
      ),
    ];
    expect(hosts('arm')).toEqual(['nodes-c7g-large']);
    expect(hosts('amd')).toEqual(['nodes-c6a-large']);
  }, 60_000);

  it('names the quota that does not hold the pods', async () => {
    const decision = await plan({
      services: [
        fixedService('web', { cpu: '1500m', memory: '1Gi', replicas: 12 }, { slo: { tolerates: 'nothing' } }),
      ],
      types: ['c6a.large'],
      maxNodes: 3,
    });
    expect(decision.status).toBe('infeasible');
    expect(decision.bindingConstraints.map((item) => item.constraint)).toEqual(['quota/nodes']);
  });

  it('names a budget that the cheapest placement exceeds, with what it takes', async () => {
    const decision = await plan({
      services: [fixedService('web', { cpu: '1500m', memory: '1Gi', replicas: 12 })],
      types: TYPES,
      budget: '100 USD/month',
    });
    expect(decision.status).toBe('infeasible');
    expect(decision.bindingConstraints[0]?.constraint).toBe('budget/monthly');
  });

  it('says that a pod fits on no node', async () => {
    const decision = await plan({
      services: [fixedService('huge', { cpu: '64', memory: '1Gi', replicas: 1 })],
      types: TYPES,
    });
    expect(decision.bindingConstraints[0]?.description).toContain('too small for one pod');
  });
});
