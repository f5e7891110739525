import { beforeAll, describe, expect, it } from 'vitest';
import type { PlanDocument, WorkloadDecision } from '../../model/index.ts';
import { diffPlans } from '../../plan/index.ts';
import type { ReportDocument, WorkloadEvidence } from '../../report/index.ts';
import type { StoredPlan } from '../plan-folder.ts';
import { quietHost } from '../testing/host.ts';
import { composeReport } from './compose-report.ts';
import { chatPlan, composed, withPlan } from './testing/chat-plan.ts';

const PERCENTS = { p50: 50, p90: 90, p95: 95, p99: 99 } as const;

let stored: StoredPlan;
let report: ReportDocument;
let chat: WorkloadEvidence;
let decided: WorkloadDecision;
beforeAll(async () => {
  stored = await chatPlan();
  report = await composed(stored);
  chat = report.evidence[0]!;
  decided = stored.plan.decision.workloads[0]!;
});

/** The plan with another decision about its workload. */
function withDecision(change: (decision: WorkloadDecision) => WorkloadDecision): StoredPlan {
  return withPlan(stored, (plan) => ({
    ...plan,
    decision: { ...plan.decision, workloads: plan.decision.workloads.map(change) },
  }));
}

describe('the report of a language model', () => {
  it('tells the percentiles and intervals that the plan holds, and its limits', () => {
    expect(chat.latencies.map((item) => item.metric)).toEqual(['ttft', 'tpot', 'e2e']);
    for (const { metric, percentiles, evidence } of chat.latencies) {
      const planned = decided.operatingPoint.latency[metric as 'ttft'];
      expect(percentiles).toEqual(
        Object.entries(PERCENTS).map(([name, percentile]) => {
          const { value, low, high } = planned[name as 'p50'];
          return { percentile, seconds: value, low, high };
        }),
      );
      expect(evidence).toBe(decided.chosen[0]!.evidence);
    }
    expect(chat.latencies.flatMap((item) => item.limits)).toEqual([
      { percentile: 99, seconds: 1.5 },
      { percentile: 99, seconds: 0.06 },
    ]);
  });

  it('draws distributions that rise and go through the plan’s percentiles', () => {
    for (const { cdf, percentiles } of chat.latencies) {
      expect(cdf.length).toBeGreaterThan(20);
      for (const [index, point] of cdf.entries()) {
        expect(point.share).toBeGreaterThan(cdf[index - 1]?.share ?? 0);
        expect(point.seconds).toBeGreaterThanOrEqual(cdf[index - 1]?.seconds ?? 0);
      }
      for (const { percentile, seconds } of percentiles) {
        const point = cdf.find(({ share }) => Math.abs(share - percentile / 100) < 1e-9)!;
        expect(point.seconds / seconds).toBeCloseTo(1, 5);
      }
    }
  });

  it('draws the curve of the limit that ends the capacity, through operating point and capacity', () => {
    const curve = chat.capacityCurve!;
    const { capacity } = decided.chosen[0]!;
    expect(`${curve.metric}.p${curve.percentile}`).toBe(capacity.limitedBy);
    const secondsAt = (rate: number): number | undefined =>
      curve.points.find((point) => Math.abs(point.rate / rate - 1) < 1e-5)?.seconds;
    expect(curve.operatingRate).toBeCloseTo(19.2 / 10, 9);
    expect(secondsAt(curve.operatingRate)).toBeCloseTo(decided.operatingPoint.latency.tpot.p99.value, 6);
    expect(secondsAt(capacity.rate.value)).toBeCloseTo(capacity.evidence.latency.tpot.p99.value, 6);
    expect(curve.plannedRate).toBeCloseTo(capacity.rate.low, 4);
    expect(secondsAt(curve.plannedRate)).toBeLessThan(curve.limit!);
    const seconds = curve.points.map((point) => point.seconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds.at(-1)).toBeGreaterThan(curve.limit!);
    expect(curve.points.length).toBeGreaterThanOrEqual(8);
  });

  it('sets 168 hours of demand beside replicas × their planned rate', () => {
    const { windows, allocations } = stored.plan.decision;
    expect(chat.hours).toHaveLength(168);
    for (const window of windows) {
      const capacity = allocations.reduce(
        (sum, item) =>
          sum +
          Object.values(item.replicas[window.id] ?? {}).reduce((a, b) => a + b, 0) *
            item.plannedRatePerReplica,
        0,
      );
      for (const hour of window.hours) {
        expect(chat.hours[hour]!.capacity / capacity).toBeCloseTo(1, 5);
        expect(chat.hours[hour]!.demand).toBeLessThanOrEqual(window.peakRate['chat']! * 1.00001);
      }
      expect(Math.max(...window.hours.map((hour) => chat.hours[hour]!.demand))).toBeCloseTo(
        window.peakRate['chat']!,
        3,
      );
    }
    const mean = chat.hours.reduce((sum, hour) => sum + hour.demand, 0) / 168;
    expect(mean).toBeCloseTo(stored.plan.traffic[0]!.meanRate, 3);
  });

  it('is whole: nothing left out, and nothing replayed that was not asked for', () => {
    expect(report.remarks).toEqual([]);
    expect(chat.replay).toBeUndefined();
    expect(report.before).toBeUndefined();
  });

  it('has the same bytes each time', async () => {
    expect(JSON.stringify(await composed(stored))).toBe(JSON.stringify(report));
  });
});

describe('a plan that today’s program would simulate otherwise', () => {
  const slower = (decision: WorkloadDecision, factor: number): WorkloadDecision => {
    const { operatingPoint } = decision;
    const { ttft } = operatingPoint.latency;
    const p99 = { ...ttft.p99, value: ttft.p99.value * factor };
    return {
      ...decision,
      operatingPoint: { ...operatingPoint, latency: { ...operatingPoint.latency, ttft: { ...ttft, p99 } } },
    };
  };

  it('keeps its percentiles and loses the distribution, with the reason', async () => {
    const other = await composed(
      withDecision((decision) => {
        const moved = slower(decision, 2);
        const { ttft } = moved.operatingPoint.latency;
        const interval = { ...ttft.p99, low: ttft.p99.value * 0.98, high: ttft.p99.value * 1.02 };
        return {
          ...moved,
          operatingPoint: {
            ...moved.operatingPoint,
            latency: { ...moved.operatingPoint.latency, ttft: { ...ttft, p99: interval } },
          },
        };
      }),
    );
    const [ttft] = other.evidence[0]!.latencies;
    expect(ttft!.cdf).toEqual([]);
    expect(ttft!.percentiles[3]!.seconds).toBeCloseTo(2 * decided.operatingPoint.latency.ttft.p99.value, 9);
    expect(other.evidence[0]!.capacityCurve!.points).toHaveLength(2);
    expect(other.remarks).toEqual([expect.stringMatching(/^The simulation of chat no longer gives/)]);
  });

  it('says so where the difference is within its intervals', async () => {
    const near = await composed(withDecision((decision) => slower(decision, 1.001)));
    expect(near.evidence[0]!.latencies[0]!.cdf.length).toBeGreaterThan(20);
    expect(near.remarks).toEqual([
      expect.stringMatching(/differs a little from the plan, within its intervals/),
    ]);
  });
});

describe('less than a whole report', () => {
  it('quick: shows what the plan holds, simulates nothing and reads no other file', async () => {
    const gone = withPlan(stored, (plan) => ({
      ...plan,
      problem: { ...plan.problem, catalog: { files: ['gone.yaml'] } },
    }));
    const quick = await composed(gone, { isQuick: true });
    const [evidence] = quick.evidence;
    expect(evidence!.latencies.map((item) => item.cdf.length)).toEqual([0, 0, 0]);
    expect(evidence!.latencies[0]!.percentiles).toEqual(chat.latencies[0]!.percentiles);
    expect(evidence!.capacityCurve!.points).toHaveLength(2);
    expect(evidence!.hours).toHaveLength(168);
    expect(quick.remarks).toEqual([expect.stringContaining('--quick')]);
  });

  it('shows the same of a plan whose declaration cannot be read again, with the reason', async () => {
    const gone = withPlan(stored, (plan) => ({
      ...plan,
      problem: { ...plan.problem, catalog: { files: ['gone.yaml'] } },
    }));
    const partial = await composed(gone);
    expect(partial.evidence[0]!.latencies[0]!.cdf).toEqual([]);
    expect(partial.remarks).toEqual([
      expect.stringMatching(/could not be read again: .*gone\.yaml does not exist/),
    ]);
  });

  it('simulates no more language models than asked for, and says which it left out', async () => {
    const none = await composed(stored, { mostSimulated: 0 });
    expect(none.evidence[0]!.latencies[0]!.cdf).toEqual([]);
    expect(none.evidence[0]!.hours).toEqual(chat.hours);
    expect(none.remarks).toEqual([
      expect.stringMatching(/^Not simulated, for others cost more: chat\. --simulate/),
    ]);
  });

  it('begins nothing after the time limit, and says what it left out', async () => {
    let now = 0;
    const host = { ...quietHost(), elapsedSeconds: () => (now += 1) };
    // The clock is read once for the end, once for the workload, once for its curve.
    const late = await composed(stored, { timeLimit: 2 }, host);
    expect(late.evidence[0]!.latencies[0]!.cdf.length).toBeGreaterThan(20);
    expect(late.evidence[0]!.capacityCurve!.points).toHaveLength(2);
    expect(late.remarks).toEqual([expect.stringMatching(/^The time was up before chat at other rates/)]);
    const tooLate = await composed(stored, { timeLimit: 1 }, host);
    expect(tooLate.remarks).toEqual([
      expect.stringMatching(/^The time was up before chat could be simulated/),
    ]);
  });

  it('says that nothing is asked for of a workload without demand', async () => {
    const idle = withPlan(stored, (plan): PlanDocument => ({
      ...plan,
      decision: {
        ...plan.decision,
        windows: plan.decision.windows.map((window) => ({ ...window, peakRate: {} })),
      },
    }));
    const partial = await composed(idle);
    expect(partial.evidence[0]!.capacityCurve).toBeUndefined();
    expect(partial.remarks).toEqual([expect.stringMatching(/^Nothing of chat is placed or asked for/)]);
  });
});

describe('a comparison', () => {
  it('holds the earlier plan and what changed since', async () => {
    const { before } = await composed(
      withDecision((decision) => ({ ...decision, rejected: [] })),
      {
        compare: 'plans/chat',
        isQuick: true,
      },
    );
    expect(before!.plan).toEqual(stored.plan);
    expect(before!.diff).toEqual(diffPlans(stored, stored));
  });

  it('fails where the earlier plan cannot be read', async () => {
    const outcome = await composeReport(stored, { compare: 'nowhere', isQuick: true }, quietHost());
    expect([outcome.ok, outcome.diagnostics.map((item) => item.code)]).toEqual([false, ['plan-not-found']]);
  });
});
