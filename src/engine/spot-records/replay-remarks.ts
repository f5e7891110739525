import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { Decision } from '../../model/index.ts';
import { formatAvailability } from '../../units/index.ts';

/** A warning for each workload whose replay of traces stays below its availability target although the scenarios keep it. */
export function replayRemarks({ workloads, services }: Decision): readonly Diagnostic[] {
  return [...workloads, ...(services ?? [])].flatMap(({ workload, availability }): Diagnostic[] => {
    const { target, achieved, replayedAvailability } = availability;
    if (replayedAvailability === undefined || replayedAvailability.share >= target) return [];
    return [
      diagnostic('spot-replay-short', {
        summary: `Replaying availability traces, ${workload} has enough replicas ${formatAvailability(replayedAvailability.share)} of the time, below its target of ${formatAvailability(target)}; the scenarios of the plan say ${formatAvailability(achieved)}.`,
        detail:
          'The scenarios take groups of spot capacity to fail independently; in the traces more were out together, or part of a group was.',
        path: workload,
        fix: 'Lower maxSpotShare, offer more zones or instance types, or ask for a higher availability.',
      }),
    ];
  });
}
