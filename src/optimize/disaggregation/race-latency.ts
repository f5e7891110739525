import type { Rejection } from '../../model/index.ts';
import { worldSize } from '../../model/index.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { sortedBy } from '../../units/index.ts';
import type { Shape } from '../candidates/shape.ts';
import { FleetBench } from './fleet-bench.ts';
import type { FleetReading, SplitRole } from './fleet-tasks.ts';
import { demandOf, wavesOf } from './context.ts';
import type { DisaggregationContext, SplitEffort } from './context.ts';
import type { MeasuredRole } from './race-roles.ts';
import { optionId, roleOptions } from './role-options.ts';
import { asSlowerRole, withoutRoleCapacity } from './role-rejections.ts';
import type { CountedCrew } from '../capacity/counted-crew.ts';

/** Share of the accelerators of a pool that a role is given while its latency is compared (*assumed*). */
const SHARE = 0.5;
/** Replicas of a role compared at most, where accelerators have no limit. */
const MOST_REPLICAS = 64;
/** Seconds per token that clients of a closed loop are taken to see where no limit says so (*assumed*). */
const TOKEN_SECONDS = 0.05;

/** A role option with its p99 latency at the demand. */
interface TimedRole extends MeasuredRole {
  readonly latency: number;
}

/**
 * The shapes of a role by what they add to the end-to-end latency at the demand, each with half of its pool's accelerators and
 * beside an ample other side. The fastest alone come first; one whose lone latency is above the best measured is left out.
 */
export async function raceLatency(
  role: SplitRole,
  shapes: readonly Shape[],
  options: {
    readonly context: DisaggregationContext;
    readonly crew: CountedCrew;
    readonly effort: SplitEffort;
    readonly kept: number;
  },
): Promise<{ readonly ranked: readonly MeasuredRole[]; readonly rejected: readonly Rejection[] }> {
  const { context, crew, effort, kept } = options;
  const bench = new FleetBench(context.subject);
  const load = openRate(context);
  const drafts = shapes.flatMap((shape) => {
    const [option] = roleOptions(role, shape);
    if (option === undefined) return [];
    const size = worldSize(shape.configuration.parallelism);
    const own = (context.accelerators[shape.pool] ?? 0) * SHARE;
    if (size > own) return [];
    const replicas = Math.min(MOST_REPLICAS, Math.floor(own / size));
    return [{ option, size, replicas, alone: bench.loneLatency(option), weight: context.weigh(shape) }];
  });
  const order = sortedBy(drafts, ({ option }) => optionId(option)).sort((a, b) => a.alone - b.alone);
  const timed: TimedRole[] = [];
  const rejected: Rejection[] = [];
  for (const wave of wavesOf(order)) {
    const best = timed.map(({ latency }) => latency).sort((a, b) => a - b)[kept - 1] ?? Infinity;
    rejected.push(...wave.filter(({ alone }) => alone > best).map(({ option }) => asSlowerRole(option)));
    const near = wave.filter(({ alone }) => alone <= best);
    const answers = await crew.run(
      near.map(({ option, replicas }) => ({
        method: 'read-role' as const,
        args: { option, replicas, count: effort.screen.count, load },
      })),
    );
    near.forEach((draft, i) => {
      const reading = answers[i]!.value;
      if (reading.value > 1) rejected.push(withoutRoleCapacity({ option: draft.option, reading }));
      else timed.push({ ...draft, rate: load / draft.replicas, reading, latency: latencyOf(role, reading) });
    });
  }
  return { ranked: timed.sort((a, b) => a.latency - b.latency), rejected };
}

/** p99 of what the role adds, seconds. */
function latencyOf(role: SplitRole, { evidence }: FleetReading): number {
  return evidence.latency[role === 'prefill' ? 'ttft' : 'e2e'].p99.value;
}

/** The demand as a rate; that of clients by the time their answers may take. */
function openRate({ load, subject }: DisaggregationContext): number {
  const demand = Math.max(1e-3, demandOf(load));
  if (load.kind !== 'concurrency') return demand;
  const limits = subject.limits.filter(({ metric }) => metric === 'tpot').map(({ limit }) => limit);
  const each = Math.min(...limits, limits.length === 0 ? TOKEN_SECONDS : Infinity);
  return demand / (profileStatistics(subject.profile).osl.mean * each);
}
