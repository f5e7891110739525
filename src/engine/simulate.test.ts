import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedCatalog } from '../catalog/index.ts';
import type { LatencyLimit, PlanDocument } from '../model/index.ts';
import { replicaPerformance, shippedCoefficients } from '../perf/index.ts';
import type { SimulationReport } from '../report/index.ts';
import { simulateEngine } from '../sim/index.ts';
import { atRate, sampleShape } from '../traffic/index.ts';
import { formatNumber, seconds } from '../units/index.ts';
import { resolveReplica } from './replica-options.ts';
import { simulateConfiguration, simulatePlan } from './simulate.ts';
import type { SimulationOptions } from './simulate.ts';
import { evenLengths, flatProfile } from './simulated-requests.ts';
import { ROOT, quietHost } from './testing/host.ts';

const LLAMA_8B = { model: 'llama-3.1-8b-instruct', accelerator: 'h100-sxm' };
const CALM: SimulationOptions = { isl: 500, osl: 100, requestRate: 4, requests: 600 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-simulate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function simulated(
  options: SimulationOptions,
  deployment: Parameters<typeof simulateConfiguration>[0] = LLAMA_8B,
): Promise<SimulationReport> {
  const outcome = await simulateConfiguration(deployment, options, quietHost(folder));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}

async function codes(options: SimulationOptions): Promise<readonly string[]> {
  const outcome = await simulateConfiguration(LLAMA_8B, options, quietHost(folder));
  return outcome.diagnostics.map((item) => item.code);
}

function traceFile(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return name;
}

/** Requests of equal lengths, one per second. */
function steadyTrace(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => `${i},${100 + i},20`);
  return traceFile(`steady-${count}.csv`, `arrival,isl,osl\n${rows.join('\n')}\n`);
}

describe('the simulation of one configuration', () => {
  it('shows on one replica what the engine simulation shows', async () => {
    const report = await simulated(CALM);
    const replica = resolveReplica(LLAMA_8B, shippedCatalog());
    if (!replica.ok) throw new Error('the replica does not resolve');
    const { configuration } = replica.value;
    const profile = flatProfile(evenLengths(500, 100, 0), { requestRate: 4 });
    const { evidence } = simulateEngine({
      steps: replicaPerformance(configuration, shippedCoefficients()).steps,
      requests: atRate(sampleShape(profile, { count: 600, seed: 1, name: 'simulate' }), 4),
      limits: configuration.batch,
      prefixCache: true,
      limitsOfSlo: [],
      maxModelLength: configuration.maxModelLength,
    });
    expect(report.latency.ttft.p99.value).toBeCloseTo(evidence.latency.ttft.p99.value, 9);
    expect(report.latency.e2e.mean.value).toBeCloseTo(evidence.latency.e2e.mean.value, 9);
  });

  it('repeats itself with the same seed and not with another', async () => {
    const text = async (seed: number): Promise<string> => JSON.stringify(await simulated({ ...CALM, seed }));
    expect(await text(1)).toBe(await text(1));
    expect((await simulated({ ...CALM, seed: 2 })).latency).not.toEqual((await simulated(CALM)).latency);
  });

  it('has distributions that rise and agree with the percentiles', async () => {
    const { distribution, latency } = await simulated(CALM);
    for (const metric of ['ttft', 'tpot', 'e2e'] as const) {
      const values = distribution[metric];
      expect(values).toHaveLength(101);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(values[99]).toBe(latency[metric].p99.value);
    }
  });

  it('judges by the limits stated', async () => {
    const limit = (value: number): readonly LatencyLimit[] => [
      { metric: 'ttft', percentile: 'p99', limit: seconds(value) },
    ];
    const loose = await simulated({ ...CALM, limits: limit(10) });
    const tight = await simulated({ ...CALM, limits: limit(1e-6) });
    expect([loose.meetsSlo, loose.goodputShare, loose.limits[0]?.met]).toEqual([true, 1, true]);
    expect([tight.meetsSlo, tight.goodputShare, tight.limits[0]?.met]).toEqual([false, 0, false]);
  });

  it('spreads requests over replicas', async () => {
    const report = await simulated({ ...CALM, routing: 'round-robin' }, { ...LLAMA_8B, replicas: 3 });
    expect(report.pools[0]?.requests).toBe(600);
    expect(report.pools[0]?.configuration.replicas).toBe(3);
    expect(report.routing).toBe('round-robin');
  });

  it('warns of a load that is not served, and of requests that are refused', async () => {
    expect(await codes({ ...CALM, requestRate: 500, requests: 3000 })).toEqual(['sim-not-stationary']);
    const outcome = await simulateConfiguration(
      { ...LLAMA_8B, maxModelLength: 550 },
      { ...CALM, lengthSpread: 0.5 },
      quietHost(folder),
    );
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['traffic-too-long']);
    expect(outcome.ok && outcome.value.rejected).toBeGreaterThan(0);
  });
});

describe('a trace', () => {
  it('is replayed in its own time, or faster', async () => {
    const trace = steadyTrace(300);
    const own = await simulated({ trace });
    expect([own.traffic.requests, own.traffic.seconds]).toEqual([300, 299]);
    expect((await simulated({ trace, rateScale: 2 })).traffic.seconds).toBeCloseTo(149.5, 9);
    expect((await simulated({ trace, requestRate: 4 })).traffic.meanRate).toBeCloseTo(4, 9);
    expect((await simulated({ trace, duration: 10 })).traffic.requests).toBe(10);
    expect((await simulated({ trace, requests: 7 })).traffic.requests).toBe(7);
  });

  it('without arrival times needs a rate and gets drawn ones', async () => {
    const trace = traceFile('lengths.csv', 'isl,osl\n10,20\n30,40\n50,60\n');
    expect(await codes({ trace })).toEqual(['traffic-missing-column']);
    const report = await simulated({ trace, requestRate: 2 });
    expect([report.traffic.requests, report.traffic.isl.mean]).toEqual([3, 30]);
    expect(report.traffic.source).toContain('drawn arrival times');
    const together = traceFile('together.csv', 'arrival,isl,osl\n5,10,20\n5,30,40\n');
    expect(await codes({ trace: together })).toContain('engine-usage');
  });

  it.each<[string, SimulationOptions, string]>([
    ['does not exist', { trace: 'nowhere.csv' }, 'engine-file-not-found'],
    ['is empty', { trace: 'empty.csv' }, 'traffic-empty'],
    ['has other columns', { trace: 'other.csv' }, 'traffic-unknown-format'],
    ['is a profile that is not shipped', { profile: 'sharegtp' }, 'traffic-unknown-profile'],
    ['has no request in time', { ...CALM, duration: 1e-9 }, 'traffic-empty'],
    ['is not stated', {}, 'engine-usage'],
    ['is stated twice', { trace: 'empty.csv', profile: 'sharegpt' }, 'engine-usage'],
    ['has one length', { isl: 10, requestRate: 1 }, 'engine-usage'],
    ['has lengths without a rate', { isl: 10, osl: 10 }, 'engine-usage'],
    ['has two rates', { profile: 'sharegpt', requestRate: 1, rateScale: 2 }, 'engine-usage'],
  ])('is refused when it %s', async (_, options, code) => {
    traceFile('empty.csv', '');
    traceFile('other.csv', 'a,b\n1,2\n');
    expect(await codes(options)).toEqual([code]);
  });
});

describe('the simulation of the committed plan', () => {
  const plan = JSON.parse(readFileSync(path.join(ROOT, 'plans/chat/plan.json'), 'utf8')) as PlanDocument;

  it('takes the replicas, the rate and the promise of its busiest window', async () => {
    const outcome = await simulatePlan('chat', { requests: 400 }, quietHost());
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    const [report] = outcome.value;
    const [window] = plan.decision.windows;
    const planned = plan.decision.allocations
      .flatMap((allocation) => Object.values(allocation.replicas[window!.id] ?? {}))
      .reduce((sum, count) => sum + count, 0);
    const simulatedReplicas = report!.pools.reduce((sum, pool) => sum + pool.configuration.replicas, 0);
    expect(simulatedReplicas).toBe(planned);
    expect(report!.traffic.source).toContain(`${formatNumber(window!.peakRate['chat'] ?? 0, 3)}/s`);
    expect(report!.limits.map(({ metric, percentile }) => `${metric}.${percentile}`)).toEqual([
      'tpot.p99',
      'ttft.p99',
    ]);
    expect(report!.seed).toBe(plan.inputs.seed);
  });

  it('can be asked about other traffic', async () => {
    const outcome = await simulatePlan(
      'chat',
      { workload: 'chat', isl: 100, osl: 50, rateScale: 0.5, requests: 200 },
      quietHost(),
    );
    const [report] = outcome.ok ? outcome.value : [];
    expect(report?.traffic.isl).toEqual({ mean: 100, p50: 100, p99: 100 });
    const half = (plan.decision.windows[0]?.peakRate['chat'] ?? 0) / 2;
    expect(report?.traffic.source).toContain(`${formatNumber(half, 3)}/s`);
  });

  it('names the workload it does not hold', async () => {
    const outcome = await simulatePlan('chat', { workload: 'chta' }, quietHost());
    expect(outcome.diagnostics.map((item) => [item.code, item.fix])).toEqual([
      ['plan-unknown-workload', 'Did you mean "chat"?'],
    ]);
  });
});
