import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Offering, PlanDocument, SpotDocument } from '../../model/index.ts';
import { parsePlan, serializePlan } from '../../plan/index.ts';
import { renderPlan } from '../../report/index.ts';
import { loadStack } from '../load-stack.ts';
import { planStack } from '../plan-stack.ts';
import { resolveStack } from '../resolve-problem.ts';
import { quietHost } from '../testing/host.ts';

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
const TYPE = 'm7i.xlarge';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-spot-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One sample an hour for four days of eight nodes, none in the hours for which `isOut` holds. */
function traceRows(zone: string, isOut: (hour: number) => boolean): string {
  return Array.from(
    { length: 96 },
    (_, hour) => `${hour * 3600},${zone},${TYPE},${isOut(hour) ? 0 : 8}`,
  ).join('\n');
}

/** Writes traces of zones into a compressed file and gives its name. */
function traceFile(name: string, outages: Readonly<Record<string, (hour: number) => boolean>>): string {
  const rows = Object.entries(outages).map(([zone, isOut]) => traceRows(zone, isOut));
  writeFileSync(path.join(folder, name), gzipSync(`seconds,zone,instanceType,nodes\n${rows.join('\n')}\n`));
  return name;
}

function stackFile(name: string, spot: SpotDocument | undefined): string {
  const stack = {
    apiVersion: 'plimsoll.dev/v1alpha1',
    name,
    pools: [
      {
        ...{ id: 'm', provider: 'aws', region: 'us-east-1', zones: ZONES, instanceType: TYPE },
        capacityTypes: ['on-demand', 'spot'],
      },
    ],
    services: [
      {
        ...{ id: 'web', image: 'example/web:1', port: 80 },
        requestClasses: [{ id: 'all', meanRate: '100/s' }],
        performance: {
          fixed: {
            resources: { requests: { cpu: '3', memory: '4Gi' } },
            ...{ replicas: 1, ratePerReplica: '25/s' },
          },
        },
        slo: { availability: '99.9%', tolerates: 'correlation-group' },
      },
    ],
    ...(spot === undefined ? {} : { spot }),
  };
  writeFileSync(path.join(folder, `${name}.yaml`), JSON.stringify(stack));
  return `${name}.yaml`;
}

async function offeringsOf(
  spot: SpotDocument,
): Promise<{ readonly spot: readonly Offering[]; readonly codes: readonly string[] }> {
  const host = quietHost(folder);
  const stack = await loadStack(stackFile('resolve', spot), host);
  if (!stack.ok) return { spot: [], codes: stack.diagnostics.map(({ code }) => code) };
  const resolved = await resolveStack(stack.value, {}, host);
  return {
    spot: resolved.ok ? resolved.value.offerings.filter(({ capacityType }) => capacityType === 'spot') : [],
    codes: [...stack.diagnostics, ...resolved.diagnostics].map(({ code }) => code),
  };
}

async function planned(name: string, spot?: SpotDocument): Promise<PlanDocument> {
  const outcome = await planStack(stackFile(name, spot), {}, quietHost(folder));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value.plan;
}

describe('spot records of a stack', () => {
  it('give offerings their measured outages with their source', async () => {
    const file = traceFile('calm.csv.gz', {
      'us-east-1a': (hour) => hour % 8 === 7,
      'us-east-1b': (hour) => hour === 50,
    });
    const { spot, codes } = await offeringsOf({ availability: [file] });
    const [a, b, c] = spot.map(({ interruption }) => interruption);
    expect(a?.outageShare).toBeCloseTo(12 / 96, 12);
    expect(a?.outagesPerHour).toBeCloseTo(12 / 96, 12);
    expect(b?.outageShare).toBeCloseTo(1 / 96, 12);
    expect(a?.outageProvenance).toMatchObject({
      evidence: 'measured',
      source: `us-east-1a_${TYPE} of ${file}`,
    });
    expect(c).not.toHaveProperty('outageShare');
    expect(codes).toContain('spot-offering-untraced');
  });

  it('join correlation groups whose traces fall together, and no others', async () => {
    const file = traceFile('together.csv.gz', {
      'us-east-1a': (hour) => hour % 8 === 7,
      'us-east-1b': (hour) => hour % 8 === 7 && hour !== 95,
      'us-east-1c': (hour) => hour % 13 === 2,
    });
    const { spot } = await offeringsOf({ availability: [file] });
    const [a, b, c] = spot.map(({ correlationGroup }) => correlationGroup);
    expect(a).toBe('us-east-1a/m7i + us-east-1b/m7i');
    expect(b).toBe(a);
    expect(c).toBe('us-east-1c/m7i');
  });

  it('follow the mapping, and refuse names that nothing has', async () => {
    const file = traceFile('mapped.csv.gz', { 'zone-x': (hour) => hour < 48 });
    const map = { 'zone-x': 'm/us-east-1c' };
    const mapped = await offeringsOf({ availability: [file], map });
    expect(mapped.spot.map(({ interruption }) => interruption.outageShare)).toEqual([
      undefined,
      undefined,
      0.5,
    ]);
    expect((await offeringsOf({ availability: [file] })).codes).toContain('spot-trace-unused');
    const wrong = { 'zone-y': 'm/us-east-1c', 'zone-x': 'm/us-east-1d' };
    const refused = await offeringsOf({ availability: [file], map: wrong });
    expect(refused.codes.filter((code) => code === 'spot-map-unknown')).toHaveLength(2);
  });

  it('that are empty, broken or absent stop the stack, and gaps are told', async () => {
    writeFileSync(path.join(folder, 'empty.csv'), 'seconds,zone,instanceType,nodes\n');
    expect((await offeringsOf({ availability: ['empty.csv'] })).codes).toContain('spot-trace-empty');
    expect((await offeringsOf({ availability: ['none.csv'] })).codes).toContain('engine-file-not-found');
    const rows = traceRows('us-east-1a', () => false).split('\n');
    const holed = [...rows.slice(0, 20), ...rows.slice(40)].join('\n');
    writeFileSync(path.join(folder, 'gap.csv'), `seconds,zone,instanceType,nodes\n${holed}\n`);
    const gap = await offeringsOf({ availability: ['gap.csv'] });
    expect(gap.codes).toContain('spot-trace-gap');
    expect(gap.spot[0]?.interruption.outageShare).toBeCloseTo(20 / 96, 12);
  });

  it('give forecasts of prices with source and date', async () => {
    const rows = Array.from(
      { length: 200 },
      (_, day) =>
        `${new Date(Date.UTC(2026, 0, 1 + day)).toISOString()},us-east-1a,${TYPE},${day % 10 === 0 ? 0.12 : 0.06}`,
    );
    const header = 'timestamp,zone,instance_type,spot_price_usd_per_hour';
    writeFileSync(path.join(folder, 'prices.csv'), `${header}\n${rows.join('\n')}\n`);
    const { spot, codes } = await offeringsOf({ prices: ['prices.csv'] });
    const forecast = spot[0]?.priceForecast;
    expect(forecast).toMatchObject({ source: 'prices.csv', date: '2026-07-19', horizon: 730 * 3600 });
    expect(forecast!.p10).toBeLessThanOrEqual(forecast!.p50);
    expect(forecast!.p50).toBeLessThanOrEqual(forecast!.p90);
    expect(forecast!.p90).toBeLessThanOrEqual(spot[0]!.listPrice);
    expect(spot[1]).not.toHaveProperty('priceForecast');
    expect(codes).not.toContain('spot-price-unused');
    const other = rows.map((row) => row.replace(TYPE, 'x1.large'));
    writeFileSync(path.join(folder, 'other.csv'), `${header}\n${other.join('\n')}\n`);
    expect((await offeringsOf({ prices: ['other.csv'] })).codes).toContain('spot-price-unused');
  });

  it('show in plans what traces make of them and what their spot part may cost', async () => {
    const quiet = Object.fromEntries(
      ZONES.map((zone, index) => [zone, (hour: number) => hour === 30 * index + 5]),
    );
    const rows = ZONES.flatMap((zone) =>
      [1, 2, 3].map((month) => `2026-0${month}-01T00:00:00Z,${zone},${TYPE},0.0${month + 4}`),
    );
    writeFileSync(
      path.join(folder, 'p.csv'),
      `timestamp,zone,instance_type,price_spot\n${rows.join('\n')}\n`,
    );
    const plan = await planned('quiet', {
      availability: [traceFile('quiet.csv.gz', quiet)],
      prices: ['p.csv'],
    });
    const availability = plan.decision.services?.[0]?.availability;
    expect(availability?.achieved).toBeGreaterThanOrEqual(0.999);
    // Zones are never out together, so that what survives one loss is always enough.
    expect(availability?.replayedAvailability).toMatchObject({ share: 1, hours: 96, narrow: [] });
    expect(plan.cost.spotForecast).toMatchObject({ sources: ['p.csv'], withoutHistory: 0 });
    expect(renderPlan(plan)).toContain('spot part');
    expect(plan.assumptions.some(({ statement }) => statement.startsWith('No node could be had'))).toBe(true);
    expect(parsePlan(serializePlan(plan), 'plan.json').ok).toBe(true);
  }, 60_000);

  it('make plans keep the availability, dearer than without outages', async () => {
    const out = (share: number) => (hour: number) => hour % 10 < share * 10;
    const file = traceFile('wild.csv.gz', Object.fromEntries(ZONES.map((zone) => [zone, out(0.4)])));
    const [plain, wild] = [await planned('plain'), await planned('wild', { availability: [file] })];
    const availability = wild.decision.services?.[0]?.availability;
    expect(availability?.achieved).toBeGreaterThanOrEqual(0.999);
    // All zones are out together 40 % of the time: the load rests on other capacity, so that the replay never lacks any.
    expect(availability?.replayedAvailability).toMatchObject({ share: 1, hours: 96 });
    expect(wild.offerings.find(({ id }) => id === 'm/us-east-1b/spot')?.correlationGroup).toContain(' + ');
    expect(wild.decision.checks.every(({ holds }) => holds)).toBe(true);
    expect(wild.cost.totalPerMonth).toBeGreaterThan(plain.cost.totalPerMonth);
    expect(JSON.stringify(plain)).not.toContain('outage');
    expect(JSON.stringify(plain)).not.toMatch(/replayed|orecast/);
  }, 60_000);
});
