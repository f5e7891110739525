import { describe, expect, it } from 'vitest';
import { linearLaw, onDemandOnly, repeatRequests, simulateSpotFleet } from '../../sim/index.ts';
import type { FleetOffering, FleetPolicy, SpotFleetReport } from '../../sim/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { seconds, usdPerHour } from '../../units/index.ts';
import { adaptiveFleet } from './adaptive-fleet.ts';

const LAW = linearLaw({ slots: 8, base: 0.1, perInputToken: 1e-4, step: 0.05, stepPerRequest: 0 });
const TOKENS = 100;
/** Slots over the time of one request. */
const CAPACITY = 8 / LAW.total(TOKENS, TOKENS, 1);
const HOURS = 14;

/** A zone that has `nodes` for `up` minutes and none for `down` minutes, again and again. */
function zone(id: string, nodes: number, up: number, down: number): AvailabilityTrace {
  const starts: number[] = [];
  const counts: number[] = [];
  for (let at = 0; at < HOURS * 60;) {
    starts.push(at);
    counts.push(nodes);
    at += up;
    if (down > 0) {
      starts.push(at);
      counts.push(0);
      at += down;
    }
  }
  return {
    id,
    zone: id,
    instanceType: 'x',
    kind: 'probe',
    tickSeconds: 60,
    ticks: HOURS * 60,
    runStart: Int32Array.from(starts),
    runNodes: Int32Array.from(counts),
    mostNodes: nodes,
    provenance: { evidence: 'measured', source: 'test' },
  };
}

function run(policy: FleetPolicy, traces: readonly AvailabilityTrace[]): SpotFleetReport {
  const common = {
    nodesPerReplica: 1,
    nodeStartup: seconds(60),
    replicaStartup: seconds(120),
    notice: seconds(120),
    law: LAW,
  };
  const offerings: FleetOffering[] = [
    { ...common, id: 'on-demand', zone: 'a', capacityType: 'on-demand', price: usdPerHour(1) },
    ...traces.map((trace): FleetOffering => ({
      ...common,
      id: trace.id,
      zone: trace.zone,
      capacityType: 'spot',
      price: usdPerHour(0.3),
      trace,
    })),
  ];
  const arrival = Float64Array.from({ length: 100 }, (_, i) => i);
  const tokens = new Int32Array(100).fill(TOKENS);
  return simulateSpotFleet({
    offerings,
    policy,
    seconds: HOURS * 3600,
    limits: { ttft: 2 },
    requests: repeatRequests({
      columns: { arrival, isl: tokens, osl: tokens, cachedTokens: new Int32Array(100) },
      from: 600,
      until: HOURS * 3600,
      rate: 2.8 * CAPACITY,
    }),
  });
}

const TARGET = { ratePerReplica: 0.7 * CAPACITY, initial: 4 };

function ours(): FleetPolicy {
  return adaptiveFleet({ target: TARGET, capacity: CAPACITY, slots: 8, initialLoad: 2.8, patience: 2 });
}

describe('the adaptive policy', () => {
  it('serves from spot alone where spot lasts', () => {
    const report = run(ours(), [zone('a', 8, HOURS * 60, 0), zone('b', 8, HOURS * 60, 0)]);
    expect(report.attainment).toBeGreaterThan(0.999);
    expect(report.cost).toBeLessThan(0.45 * run(onDemandOnly(TARGET), []).cost);
    expect(report.onDemandHours).toBeLessThan(0.1 * report.spotHours);
  });

  it('falls back on demand where there is no spot, for no more than the fleet on demand by itself', () => {
    const report = run(ours(), [zone('a', 0, HOURS * 60, 0)]);
    expect(report.attainment).toBeGreaterThan(0.999);
    expect(report.spotHours).toBe(0);
    expect(report.cost).toBeLessThanOrEqual(1.05 * run(onDemandOnly(TARGET), []).cost);
  });

  it('releases the fallback when spot is back', () => {
    const report = run(ours(), [zone('a', 8, 240, 60), zone('b', 8, 240, 60)]);
    expect(report.onDemandHours).toBeGreaterThan(0);
    expect(report.cost).toBeLessThan(0.75 * run(onDemandOnly(TARGET), []).cost);
    const last = report.course.onDemandReady.slice(103, 120);
    expect(Math.min(...last)).toBe(0);
  });

  it('repeats exactly', () => {
    const zones = [zone('a', 2, 50, 20), zone('b', 1, 70, 30)];
    expect(run(ours(), zones)).toEqual(run(ours(), zones));
  });
});
