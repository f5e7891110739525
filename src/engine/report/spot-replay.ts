import { hasErrors } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { ReplayTimeline, SpotSimulationReport } from '../../report/index.ts';
import type { FleetEvent } from '../../sim/index.ts';
import { plannedSubject } from '../simulate-plan.ts';
import { spotOfferings } from '../spot-simulation/planned-offerings.ts';
import { replayOnSpot } from '../spot-simulation/simulate-spot.ts';
import type { ModelBench } from './model-bench.ts';
import { sixDigits } from './rounding.ts';
import type { SpotTraces } from './spot-traces.ts';

/** A replay of availability traces, or why there is none. */
export interface SpotReplay {
  readonly timeline?: ReplayTimeline;
  readonly remarks: readonly string[];
  /** Errors only of traces that were asked for. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Replays traces against the spot capacity of a language model. Undefined where it has none. Traces that were asked for and fit no
 * offering are errors (`spot-trace-unmatched`, `spot-map-unknown`); else remarks tell why there is no replay, and what to keep in mind of one.
 */
export function replaySpot(
  { planned, traffic }: Pick<ModelBench, 'planned' | 'traffic'>,
  { traces, mappings, isAskedFor }: SpotTraces,
  options: { readonly duration?: number },
): SpotReplay | undefined {
  const { plan, workload } = planned;
  if (spotOfferings(plan, workload.id).length === 0) return undefined;
  const subject = plannedSubject(planned, traffic);
  const replayed = subject.ok
    ? replayOnSpot({ plan, subject: subject.value, traces }, { mappings, ...options })
    : subject;
  const told = replayed.diagnostics.map(({ summary }) => `${workload.id}: ${summary}`);
  if (replayed.ok) return { timeline: spotTimeline(replayed.value), remarks: told, diagnostics: [] };
  const wrong = replayed.diagnostics.filter(
    ({ code }) => code === 'spot-trace-unmatched' || code === 'spot-map-unknown',
  );
  return isAskedFor && hasErrors(wrong)
    ? { remarks: [], diagnostics: wrong }
    : { remarks: told.map((remark) => `No availability traces were replayed. ${remark}`), diagnostics: [] };
}

const KINDS: Readonly<Record<FleetEvent['kind'], ReplayTimeline['events'][number]['kind']>> = {
  launched: 'start',
  ready: 'ready',
  reclaimed: 'reclaim',
};

/** A replay of availability traces as a timeline: replicas are means of a step, places `<pod set>/<zone>`. */
export function spotTimeline({ traffic, traces, fleet }: SpotSimulationReport): ReplayTimeline {
  const { course } = fleet;
  const names = [...new Set(traces.map((item) => item.trace))].sort();
  return {
    source: `${traffic}; availability ${names.length === 1 ? 'trace' : 'traces'} ${names.join(', ')}`,
    attainment: sixDigits(fleet.attainment),
    steps: course.arrived.map((arrived, bucket) => ({
      at: sixDigits(bucket * course.bucketSeconds),
      readyReplicas: sixDigits((course.spotReady[bucket] ?? 0) + (course.onDemandReady[bucket] ?? 0)),
      startingReplicas: sixDigits(course.starting[bucket] ?? 0),
      arrivals: sixDigits(arrived / course.bucketSeconds),
      ...(arrived > 0 ? { attainment: sixDigits(1 - (course.outside[bucket] ?? 0) / arrived) } : {}),
    })),
    events: course.events.map(({ bucket, kind, offering, replicas }) => ({
      at: sixDigits(bucket * course.bucketSeconds),
      kind: KINDS[kind],
      place: offering,
      replicas,
    })),
  };
}
