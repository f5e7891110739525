import { describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../model/index.ts';
import { randomStream } from '../../random/index.ts';
import { solverOrder } from '../solvers/index.ts';
import { fixedService, resolvedServices } from '../testing/service-fleets.ts';
import { timeWindows } from '../windows.ts';
import { buildFleet } from './build-fleet.ts';
import { priceFleet } from './cell-prices.ts';
import { packWindow } from './pack-window.ts';
import { leastCost, spreadsOf } from './plan-window.ts';
import { availabilityOf } from './resilience.ts';
import type { Spread } from './resilience.ts';
import type { ServiceFleet } from './service-fleet.ts';
import { SpreadMaster } from './spread-master.ts';
import { rulesOf } from './spread-rules.ts';

const solvers = solverOrder('auto');
const PACKING = { solvers, gap: 0.001, isPast: () => false };

function services(seed: number, count: number): readonly ServiceDocument[] {
  const stream = randomStream(seed, 'master');
  const pick = <T>(list: readonly [T, ...T[]]): T => list[stream.integer(list.length)] ?? list[0];
  return Array.from({ length: count }, (_, index) =>
    fixedService(
      `s${index}`,
      {
        cpu: `${pick([250, 500, 1000])}m`,
        memory: `${pick([256, 1024, 2048, 4096])}Mi`,
        replicas: 1 + stream.integer(6),
      },
      {
        slo: { tolerates: pick(['nothing', 'node', 'correlation-group', 'zone']), availability: '99%' },
        maxSpotShare: pick(['0%', '50%', '100%']),
        scheduling: { architectures: pick([['amd64'], ['amd64', 'arm64']]) },
      },
    ),
  );
}

function fleetOf(seed: number, count: number): ServiceFleet {
  const problem = resolvedServices({
    services: services(seed, count),
    types: ['c6a.*', 'm6a.*', 'r6a.*', 'm7g.*'],
    architectures: ['amd64', 'arm64'],
    capacityTypes: ['on-demand', 'spot'],
  });
  const windows = timeWindows(
    problem.services.map(({ workload, hourlyRate }) => ({ workload: workload.id, profile: { hourlyRate } })),
  );
  const built = buildFleet(problem, windows);
  if (!built.ok) throw new Error('the fleet has no place');
  return built.fleet;
}

const TASK = { window: 0, rounds: 12, isPast: () => false };

describe('choosing spreads for all services together', () => {
  it('bounds every packing of its own spreads and of others, at least as sharply as the first prices', async () => {
    for (let seed = 0; seed < 4; seed++) {
      const fleet = fleetOf(seed, 12);
      const priced = await priceFleet(fleet, 0, solvers);
      const master = new SpreadMaster(fleet, priced, solvers);
      const answer = await master.choose(TASK);
      const shapes = fleet.services.flatMap((service) => service.shapes);
      const single = spreadsOf(fleet, { window: 0, shapes, priced });
      if (answer === undefined || 'reason' in single) throw new Error(`seed ${seed} has no spreads`);
      const least = leastCost(fleet, { window: 0, priced });
      for (const spreads of [answer.spreads, single.spreads]) {
        const packing = await packWindow(fleet, { spreads, shapes, least }, PACKING);
        expect(packing?.cost ?? 0, `seed ${seed}`).toBeGreaterThanOrEqual(answer.bound * (1 - 1e-9));
      }
      expect(answer.bound, `seed ${seed}`).toBeGreaterThanOrEqual(least * (1 - 1e-6));
      expect(leastCost(fleet, { window: 0, priced: master.priced })).toBeCloseTo(answer.bound, 3);
    }
  }, 60_000);

  it('keeps the rules of every service', async () => {
    const fleet = fleetOf(7, 30);
    const priced = await priceFleet(fleet, 0, solvers);
    const answer = await new SpreadMaster(fleet, priced, solvers).choose(TASK);
    fleet.services.forEach((service, index) => {
      const spread = answer?.spreads[index];
      const shape = service.shapes[0];
      if (spread === undefined || shape === undefined) throw new Error('a service without a spread');
      const needed = answer?.needed[index] ?? 0;
      const total = spread.replicas.reduce((sum, [, count]) => sum + count, 0);
      const kindOf = (cell: number): string => fleet.cells[cell]?.kind ?? '';
      const onSpot = spread.replicas.reduce(
        (sum, [cell, count]) => sum + (kindOf(cell) === 'spot' ? count : 0),
        0,
      );
      expect(onSpot).toBeLessThanOrEqual(service.workload.maxSpotShare * total + 1e-9);
      const { tolerates, availability } = service.workload.slo;
      const lossOf = (of: (cell: number) => string | undefined): number =>
        Math.max(
          ...[...Map.groupBy(spread.replicas, ([cell]) => of(cell))].map(([unit, list]) =>
            unit === undefined ? 0 : list.reduce((sum, [, count]) => sum + count, 0),
          ),
        );
      const lost =
        tolerates === 'nothing'
          ? 0
          : tolerates === 'node'
            ? spread.maxPerNode
            : tolerates === 'zone'
              ? lossOf((cell) => fleet.cells[cell]?.zone)
              : Math.max(
                  lossOf((cell) => (kindOf(cell) === 'spot' ? fleet.cells[cell]?.group : undefined)),
                  Math.min(spread.maxPerNode, total),
                );
      expect(total - Math.min(lost, total)).toBeGreaterThanOrEqual(needed);
      const offers = priced.prices.offers(index, shape);
      const rules = rulesOf(service, { needed, index, priced });
      expect(availabilityOf(spread, offers, rules)).toBeGreaterThanOrEqual(availability);
    });
  }, 60_000);

  it('costs less, packed, than services that each take their own cheapest spread', async () => {
    const fleet = fleetOf(3, 80);
    const priced = await priceFleet(fleet, 0, solvers);
    const shapes = fleet.services.flatMap((service) => service.shapes);
    const answer = await new SpreadMaster(fleet, priced, solvers).choose(TASK);
    const single = spreadsOf(fleet, { window: 0, shapes, priced });
    if (answer === undefined || 'reason' in single) throw new Error('no spreads');
    const cost = async (spreads: typeof single.spreads): Promise<number> =>
      (await packWindow(fleet, { spreads, shapes, least: 0 }, { ...PACKING, isPast: () => true }))?.cost ??
      NaN;
    expect(await cost(answer.spreads)).toBeLessThan(await cost(single.spreads));
  }, 60_000);

  it('answers with the nodes of the window before when there is no time left', async () => {
    const fleet = fleetOf(5, 40);
    const priced = await priceFleet(fleet, 0, solvers);
    const master = new SpreadMaster(fleet, priced, solvers);
    const first = await master.choose(TASK);
    const hurried = await master.choose({ ...TASK, isPast: () => true });
    expect(hurried?.spreads.length).toBe(fleet.services.length);
    expect(hurried?.bound ?? Infinity).toBeLessThanOrEqual((first?.bound ?? 0) * (1 + 1e-6));
  }, 60_000);

  it('moves fewer replicas to other cells where it should be like another window', async () => {
    let moved = 0;
    let movedAlone = 0;
    for (let seed = 20; seed < 23; seed++) {
      const fleet = fleetOf(seed, 30);
      const shapes = fleet.services.flatMap((service) => service.shapes);
      const busy = { ...TASK, shapes };
      const quiet = {
        ...fleet,
        services: fleet.services.map((service) => {
          const { performance } = service.workload;
          if (performance.source !== 'fixed') throw new Error('replicas are not fixed');
          const halved = { ...performance, replicas: Math.ceil(performance.replicas / 2) };
          return { ...service, workload: { ...service.workload, performance: halved } };
        }),
      };
      const priced = await priceFleet(fleet, 0, solvers);
      const before = await new SpreadMaster(fleet, priced, solvers).choose(busy);
      if (before === undefined) throw new Error(`seed ${seed} has no spreads`);
      const steady = { share: 0.3, nodes: new Map<number, number>(), spreads: before.spreads };
      const like = await new SpreadMaster(quiet, priced, solvers).choose({ ...busy, steady });
      const alone = await new SpreadMaster(quiet, priced, solvers).choose(busy);
      moved += elsewhere(before.spreads, like?.spreads ?? []);
      movedAlone += elsewhere(before.spreads, alone?.spreads ?? []);
      expect(like?.bound).toBeCloseTo(alone?.bound ?? NaN, 6);
    }
    expect(moved).toBeLessThan(0.75 * movedAlone);
  }, 60_000);
});

/** Replicas in cells beyond those that were there before. */
function elsewhere(before: readonly Spread[], after: readonly Spread[]): number {
  return after.reduce((sum, spread, service) => {
    const known = new Map(before[service]?.replicas);
    return (
      sum +
      spread.replicas.reduce((own, [cell, count]) => own + Math.max(0, count - (known.get(cell) ?? 0)), 0)
    );
  }, 0);
}
