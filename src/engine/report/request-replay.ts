import type { LatencyLimit, PlanDocument, RequestColumns } from '../../model/index.ts';
import { replayedRequests } from '../../optimize/index.ts';
import type { ReplayedRequests } from '../../optimize/index.ts';
import type { ReplayTimeline } from '../../report/index.ts';
import { simulateEngine } from '../../sim/index.ts';
import { formatNumber } from '../../units/index.ts';
import type { ModelBench, ObservedRun } from './model-bench.ts';
import { allocationsOf, replicasIn } from './placed-load.ts';
import { sixDigits } from './rounding.ts';

/** Steps of a replay of requests; fewer where it is shorter than as many seconds. */
const STEPS = 240;

/**
 * The replay of the declared trace, as the plan's own evidence is made: one replica takes its share of the requests. Undefined where
 * no trace is declared, and where prompts and tokens are served apart.
 */
export function requestReplay(plan: PlanDocument, model: ModelBench): ReplayTimeline | undefined {
  const { planned, traffic, bench, busiest, subject } = model;
  const { trace } = traffic;
  if (trace === undefined || subject.kind === 'fleet') return undefined;
  const { workload } = planned;
  const replayed = replayedRequests(trace, workload, { share: subject.share, busiest });
  if (replayed.requests.arrival.length === 0) return undefined;
  const run = simulateEngine({
    steps: bench.performanceOf(subject.shape).steps,
    requests: replayed.requests,
    limits: subject.batch,
    prefixCache: true,
    limitsOfSlo: workload.slo.limits,
    maxModelLength: subject.shape.configuration.maxModelLength,
  });
  const known = plan.decision.workloads.find((item) => item.workload === workload.id)?.replay;
  const replicas = allocationsOf(plan, workload.id).reduce(
    (sum, item) => sum + replicasIn(item, busiest.id),
    0,
  );
  return {
    source: sourceOf(traffic.profile.provenance.source, replayed),
    attainment: sixDigits(known?.goodputShare ?? run.evidence.goodputShare),
    steps: stepsOf({ trace, replayed, run, limits: workload.slo.limits, replicas }),
    events: [],
  };
}

function sourceOf(source: string, { everyNth, speed }: ReplayedRequests): string {
  const pace = Math.abs(speed - 1) < 1e-9 ? '' : `, ${formatNumber(speed, 3)} times as fast`;
  const part = everyNth === 1 ? 'all of its requests' : `one of ${everyNth} of its requests`;
  return `${source}${pace}, on the replicas of the busiest window; one of them was simulated with ${part}`;
}

interface ReplayedRun {
  readonly trace: RequestColumns;
  readonly replayed: ReplayedRequests;
  readonly run: Pick<ObservedRun, 'perRequest'>;
  readonly limits: readonly LatencyLimit[];
  readonly replicas: number;
}

function stepsOf({ trace, replayed, run, limits, replicas }: ReplayedRun): ReplayTimeline['steps'] {
  const { arrival } = replayed.requests;
  const first = arrival[0] ?? 0;
  const span = Math.max(1, (arrival.at(-1) ?? 0) - first);
  const count = Math.max(1, Math.min(STEPS, Math.floor(span)));
  const width = span / count;
  const stepAt = (time: number): number =>
    Math.min(count - 1, Math.max(0, Math.floor((time - first) / width)));
  const came = new Float64Array(count);
  for (const time of trace.arrival) {
    const own = time / replayed.speed;
    if (own >= first && own <= first + span) came[stepAt(own)]!++;
  }
  const taken = new Float64Array(count);
  const within = new Float64Array(count);
  for (let id = 0; id < arrival.length; id++) {
    const step = stepAt(arrival[id]!);
    taken[step]!++;
    if (isWithin(run.perRequest, id, limits)) within[step]!++;
  }
  return Array.from({ length: count }, (_, step) => ({
    at: sixDigits(step * width),
    readyReplicas: replicas,
    startingReplicas: 0,
    arrivals: sixDigits(came[step]! / width),
    ...(taken[step]! > 0 ? { attainment: sixDigits(within[step]! / taken[step]!) } : {}),
  }));
}

/** Whether a request was answered within every limit; answers of one token have no time per token. */
function isWithin(
  perRequest: ObservedRun['perRequest'],
  id: number,
  limits: readonly LatencyLimit[],
): boolean {
  return perRequest.e2e[id]! >= 0 && limits.every(({ metric, limit }) => !(perRequest[metric][id]! > limit));
}
