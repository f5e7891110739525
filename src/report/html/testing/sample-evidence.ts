import type { PlanDocument } from '../../../model/index.ts';
import { declaredLimits, responseHeadroom } from '../../../plan/index.ts';
import type {
  CapacityCurve,
  HourOfWeek,
  LatencyDistribution,
  ReplayTimeline,
  ReportedLatency,
  WorkloadEvidence,
} from '../report-document.ts';

/** Evidence for every workload of a plan in the shape that the engine computes it, from formulas: made up, for tests and benchmarks of the page alone. */
export function sampleEvidence(plan: PlanDocument): readonly WorkloadEvidence[] {
  const models = plan.decision.workloads.map((decision): WorkloadEvidence => {
    const declared = plan.problem.workloads.find((item) => item.id === decision.workload);
    const limits = declared === undefined ? [] : declaredLimits(declared.slo);
    const { latency } = decision.operatingPoint;
    return {
      workload: decision.workload,
      kind: 'llm',
      latencies: (['ttft', 'tpot', 'e2e'] as const).map((metric) =>
        distribution(metric, {
          median: latency[metric].p50.value,
          limits: limits
            .filter((limit) => limit.metric === metric)
            .map((limit) => ({ percentile: Number(limit.percentile.slice(1)), seconds: limit.limit })),
        }),
      ),
      capacityCurve: curve('ttft', latency.ttft.p99.value, decision.operatingPoint.requestRate),
      hours: hours(plan.traffic.find((item) => item.workload === decision.workload)?.peakRate ?? 1),
      replay: replay(),
    };
  });
  const limits = responseHeadroom(plan);
  const services = (plan.decision.services ?? []).map((item): WorkloadEvidence => {
    const median = item.response?.latency.p50 ?? item.shape.evidence?.latency.p50 ?? 0.01;
    const own = limits.filter((limit) => limit.workload === item.workload);
    return {
      workload: item.workload,
      kind: 'service',
      latencies: [
        distribution('response', {
          median,
          limits: own.map(({ percentile, limit }) => ({
            percentile: Number(percentile.slice(1)),
            seconds: limit,
          })),
        }),
      ],
      capacityCurve: curve('response', median * 2, Math.min(item.shape.ratePerReplica, 50)),
      hours: hours(Math.max(...Object.values(item.load).map((load) => load.requestRate), 0.1)),
    };
  });
  return [...models, ...services];
}

/** Log-normal times about a median. */
function distribution(
  metric: ReportedLatency,
  { median, limits }: { readonly median: number; readonly limits: LatencyDistribution['limits'] },
): LatencyDistribution {
  const points = Array.from({ length: 200 }, (_, index) => (index + 0.5) / 200);
  const at = (share: number): number => median * Math.exp(0.6 * Math.log(share / (1 - share)) * 0.55);
  return {
    metric,
    cdf: points.map((share) => ({ seconds: at(share), share })),
    percentiles: [50, 90, 95, 99].map((percentile) => {
      const seconds = at(percentile / 100);
      return { percentile, seconds, low: seconds * 0.95, high: seconds * 1.06 };
    }),
    limits,
    evidence: 'fitted',
  };
}

/** Latency that grows as a queue does. */
function curve(metric: ReportedLatency, seconds: number, rate: number): CapacityCurve {
  return {
    metric,
    percentile: 99,
    limit: seconds * 3,
    points: Array.from({ length: 14 }, (_, index) => {
      const load = (index + 1) / 15;
      const value = (seconds * 0.5) / (1 - load);
      return { rate: load * rate * 1.6, seconds: value, low: value * 0.92, high: value * 1.1 };
    }),
    operatingRate: rate,
    plannedRate: rate * 1.25,
    evidence: 'fitted',
  };
}

/** A working week with busy afternoons. */
function hours(peak: number): readonly HourOfWeek[] {
  return Array.from({ length: 168 }, (_, hour) => {
    const ofDay = hour % 24;
    const weekday = hour < 120 ? 1 : 0.6;
    const demand = peak * weekday * (0.55 + 0.45 * Math.cos(((ofDay - 16) / 24) * 2 * Math.PI));
    return { demand, capacity: demand > peak * 0.7 ? peak * 1.5 : demand > peak * 0.4 ? peak : peak * 0.6 };
  });
}

function replay(): ReplayTimeline {
  const step = 180;
  return {
    source: 'one day of the profile with a spot trace (made up)',
    attainment: 0.9962,
    steps: Array.from({ length: 400 }, (_, index) => {
      const isLow = index > 150 && index < 166;
      return {
        at: index * step,
        readyReplicas: isLow ? 6 : index > 260 ? 9 : 10,
        startingReplicas: isLow && index > 155 ? 4 : 0,
        arrivals: 8 + 6 * Math.sin(index / 40),
        attainment: isLow ? 0.91 : 0.999,
      };
    }),
    events: [
      { at: 150 * step, kind: 'reclaim', place: 'chat-h100-spot us-east-1a', replicas: 4 },
      { at: 166 * step, kind: 'ready', place: 'chat-h100-spot us-east-1a', replicas: 4 },
      { at: 260 * step, kind: 'node-loss', place: 'chat-h100-on-demand us-east-1c', replicas: 1 },
    ],
  };
}
