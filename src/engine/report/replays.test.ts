import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../model/index.ts';
import type { ReplayTimeline, ReportDocument } from '../../report/index.ts';
import type { StoredPlan } from '../plan-folder.ts';
import { quietHost } from '../testing/host.ts';
import { composeReport } from './compose-report.ts';
import { chatPlan, composed, withPlan } from './testing/chat-plan.ts';

let folder: string;
let stored: StoredPlan;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-report-'));
  stored = await chatPlan();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Traces of two zones at steps of five minutes: 1a without nodes for an hour from half past twelve, four hours in all, 1b with some throughout. */
function traces(name: string, change: (text: string) => string = (text) => text): string {
  const file = path.join(folder, name);
  const rows = [
    'kind,nodes_requested,campaign,zone_and_type,gap_seconds,start_tick,run_length_ticks,available_nodes',
    'availability,2,t,us-east-1a_p5.48xlarge,300,0,6,2',
    'availability,2,t,us-east-1a_p5.48xlarge,300,6,12,0',
    'availability,2,t,us-east-1a_p5.48xlarge,300,18,30,2',
    'availability,2,t,us-east-1b_p5.48xlarge,300,0,48,2',
  ];
  writeFileSync(file, change(`${rows.join('\n')}\n`));
  return file;
}

async function codes(options: Parameters<typeof composeReport>[1]): Promise<readonly string[]> {
  const outcome = await composeReport(stored, options, quietHost());
  return outcome.ok ? [] : outcome.diagnostics.map((item) => item.code);
}

function replayOf({ evidence }: ReportDocument): ReplayTimeline {
  return evidence[0]!.replay!;
}

describe('a replay of availability traces', () => {
  let replay: ReplayTimeline;
  beforeAll(async () => {
    replay = replayOf(await composed(stored, { spotTrace: traces('two-zones.csv') }));
  });

  it('has equal steps from the start to the end of the traces, 400 at most', () => {
    const { steps } = replay;
    expect(steps.length).toBeGreaterThan(100);
    expect(steps.length).toBeLessThanOrEqual(400);
    const width = steps[1]!.at;
    for (const [index, step] of steps.entries()) expect(step.at).toBeCloseTo(index * width, 3);
    expect(steps.length * width).toBeCloseTo(4 * 3600, 6);
  });

  it('loses the replicas of the zone that is taken away, in that zone and at that hour', () => {
    const reclaims = replay.events.filter((event) => event.kind === 'reclaim');
    expect(reclaims.map((event) => event.place)).toEqual(['chat-h100-spot/us-east-1a']);
    expect(reclaims[0]!.at).toBeCloseTo(1800, -2);
    const readyAt = (seconds: number): number =>
      replay.steps.findLast((step) => step.at <= seconds)!.readyReplicas;
    const lost = reclaims.reduce((sum, event) => sum + event.replicas, 0);
    expect(lost).toBeGreaterThan(0);
    expect(readyAt(1750) - readyAt(1930)).toBe(lost);
    expect(Math.max(...replay.steps.map((step) => step.startingReplicas))).toBeGreaterThan(0);
  });

  it('has as many requests within the SLO over its steps as in all', () => {
    const arrived = replay.steps.reduce((sum, step) => sum + step.arrivals, 0);
    const within = replay.steps.reduce((sum, step) => sum + step.arrivals * (step.attainment ?? 0), 0);
    expect(within / arrived).toBeCloseTo(replay.attainment, 4);
    expect(replay.attainment).toBeGreaterThan(0.5);
    for (const { attainment, arrivals } of replay.steps) {
      expect(attainment === undefined).toBe(arrivals === 0);
      if (attainment !== undefined) expect(attainment >= 0 && attainment <= 1).toBe(true);
    }
  });

  it('ends with the duration asked for', async () => {
    const short = replayOf(await composed(stored, { spotTrace: traces('short.csv'), duration: 1200 }));
    expect(short.steps.length * short.steps[1]!.at).toBeCloseTo(1200, 6);
    expect(short.events.some((event) => event.kind === 'reclaim')).toBe(false);
  });

  it('takes the traces that the stack names where none are asked for', async () => {
    const own = withPlan(stored, (plan) => ({
      ...plan,
      problem: { ...plan.problem, spot: { availability: [traces('own.csv')] } },
    }));
    expect(replayOf(await composed(own))).toEqual(replay);
  });

  it('says why there is none where those of the stack fit no offering', async () => {
    const file = traces('elsewhere.csv', (text) => text.replaceAll('us-east-1b', 'us-west-9z'));
    const own = withPlan(stored, (plan) => ({
      ...plan,
      problem: { ...plan.problem, spot: { availability: [file] } },
    }));
    const report = await composed(own);
    expect(report.evidence[0]!.replay).toBeUndefined();
    expect(report.remarks).toEqual([
      expect.stringMatching(
        /^No availability traces were replayed. chat: No trace tells of p5\.48xlarge in us-east-1b/,
      ),
    ]);
  });

  it('fails where those asked for fit no offering, or cannot be read', async () => {
    const file = traces('elsewhere.csv', (text) => text.replaceAll('us-east-1b', 'us-west-9z'));
    expect(await codes({ spotTrace: file })).toEqual(['spot-trace-unmatched']);
    const mappings = [{ trace: 'us-west-9z', offering: 'h100/us-east-1x' }];
    expect(await codes({ spotTrace: file, mappings })).toContain('spot-map-unknown');
    expect(await codes({ spotTrace: path.join(folder, 'nowhere.csv') })).toEqual(['engine-file-not-found']);
  });

  it('is remarked to be missing of a plan without spot capacity', async () => {
    const onDemand = withPlan(stored, (plan): PlanDocument => ({
      ...plan,
      decision: {
        ...plan.decision,
        allocations: plan.decision.allocations.map((item) => ({ ...item, capacityType: 'on-demand' })),
      },
    }));
    const report = await composed(onDemand, { spotTrace: traces('no-spot.csv'), mostSimulated: 0 });
    expect(report.remarks).toContainEqual(expect.stringContaining('holds no spot capacity'));
  });
});

describe('a replay of the declared requests', () => {
  /** One request a second for ten minutes, all alike, then none for a minute and a burst of 600. */
  function traceFile(): string {
    const steady = Array.from({ length: 600 }, (_, i) => `${i},1200,100`);
    const burst = Array.from({ length: 600 }, (_, i) => `${660 + i / 100},1200,100`);
    const file = path.join(folder, 'requests.csv');
    writeFileSync(file, `arrival,isl,osl\n${[...steady, ...burst].join('\n')}\n`);
    return file;
  }

  async function replayed(
    change: (plan: PlanDocument) => PlanDocument = (plan) => plan,
  ): Promise<ReplayTimeline> {
    const file = traceFile();
    const own = withPlan(stored, (plan) => {
      const [workload] = plan.problem.workloads;
      return change({
        ...plan,
        problem: { ...plan.problem, workloads: [{ ...workload!, traffic: { trace: { file } } }] },
      });
    });
    return replayOf(await composed(own));
  }

  it('tells arrivals of the whole trace, replicas as planned, and the burst that one of them feels', async () => {
    const replay = await replayed();
    const width = replay.steps[1]!.at;
    const arrived = replay.steps.reduce((sum, step) => sum + step.arrivals * width, 0);
    // The replica takes every tenth request; the timeline ends with its last one.
    expect(arrived).toBeGreaterThan(1180);
    expect(arrived).toBeLessThanOrEqual(1200.5);
    expect(new Set(replay.steps.map((step) => step.readyReplicas))).toEqual(new Set([10]));
    expect(replay.source).toMatch(/one of 10 of its requests/);
    expect(replay.steps.find((step) => step.at > 610 && step.at < 650)?.arrivals).toBe(0);
    const calm = replay.steps.filter((step) => step.at < 590 && step.attainment !== undefined);
    expect(calm.every((step) => step.attainment === 1)).toBe(true);
    expect(replay.attainment).toBeLessThan(1);
    expect(replay.events).toEqual([]);
  });

  it('tells the attainment of the plan’s own replay where there is one', async () => {
    const { operatingPoint } = stored.plan.decision.workloads[0]!;
    const replay = await replayed((plan) => ({
      ...plan,
      decision: {
        ...plan.decision,
        workloads: plan.decision.workloads.map((item) => ({
          ...item,
          replay: { ...operatingPoint, goodputShare: 0.875 },
        })),
      },
    }));
    expect(replay.attainment).toBe(0.875);
  });

  it('gives way to remarks where the trace is gone', async () => {
    const gone = withPlan(stored, (plan) => ({
      ...plan,
      problem: {
        ...plan.problem,
        workloads: plan.problem.workloads.map((item) => ({
          ...item,
          traffic: { trace: { file: 'gone.csv' } },
        })),
      },
    }));
    const report = await composed(gone);
    expect(report.remarks).toEqual([
      expect.stringMatching(/^The traffic of chat could not be read.*gone\.csv does not exist/),
    ]);
    expect(report.evidence[0]!.hours).toHaveLength(168);
  });
});
