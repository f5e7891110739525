import type { Candidate, TimeWindow } from '../../model/index.ts';
import type { MeasuringBench } from '../capacity/measure.ts';
import type { PlacedLoad } from '../operating-point.ts';
import type { FleetPart, FleetReading, RoleOption, SplitRole } from './fleet-tasks.ts';

/** Replicas simulated at most; larger fleets are scaled down, whose queues are a little longer. */
const MOST_REPLICAS = 64;

/** The fleet of a workload's main prefill and decode shapes with the rate that falls to it. */
export interface PlacedFleet {
  readonly parts: readonly [FleetPart, FleetPart];
  /** Requests per second. */
  readonly rate: number;
}

/** The shapes that roles may be placed with, by the ids of their candidates. */
export interface RoleShapes {
  readonly prefill: readonly RoleShape[];
  readonly decode: readonly RoleShape[];
}

/** One shape of a role with its limits. */
export interface RoleShape {
  readonly shape: RoleOption['shape'];
  readonly evaluated: { readonly candidate: Candidate };
}

/** What one role places of its main shape. */
interface MainPart {
  readonly part: FleetPart;
  /** Share of the role's planned rate that its main shape carries, 0..1. */
  readonly share: number;
}

/**
 * The fleet that serves most of a workload in its busiest window, at the ratio of replicas that was placed. Where a role has
 * other shapes in other pools, both are taken at the part that the main shapes of both carry. Undefined where a
 * role has no replicas.
 */
export function placedFleet(
  workload: string,
  roles: RoleShapes,
  placed: { readonly solution: PlacedLoad; readonly busiest: TimeWindow },
): PlacedFleet | undefined {
  const prefill = mainPart(workload, 'prefill', roles.prefill, placed);
  const decode = mainPart(workload, 'decode', roles.decode, placed);
  const rate = placed.busiest.peakRate[workload] ?? 0;
  if (prefill === undefined || decode === undefined || rate <= 0) return undefined;
  const common = Math.min(prefill.share, decode.share);
  const size = Math.max(prefill.part.replicas, decode.part.replicas) * common;
  const scale = Math.min(1, MOST_REPLICAS / Math.max(1, size));
  const scaled = ({ part, share }: MainPart): { readonly part: FleetPart; readonly exact: number } => {
    const exact = (part.replicas * common * scale) / share;
    return { part: { ...part, replicas: Math.max(1, Math.round(exact)) }, exact };
  };
  const [p, d] = [scaled(prefill), scaled(decode)];
  // Rounded replicas get no more than their share.
  const rounding = Math.min(p.part.replicas / p.exact, d.part.replicas / d.exact, 1);
  return { parts: [p.part, d.part], rate: rate * common * scale * rounding };
}

/** One long simulation of a placed fleet. */
export function readPlacedFleet(bench: MeasuringBench, { parts, rate }: PlacedFleet): FleetReading {
  const args = { parts, count: bench.subject.longest, load: rate };
  return bench.perform({ method: 'read-fleet' as const, args }).value;
}

function mainPart(
  workload: string,
  role: SplitRole,
  finalists: readonly RoleShape[],
  { solution, busiest }: { readonly solution: PlacedLoad; readonly busiest: TimeWindow },
): MainPart | undefined {
  const own = solution.replicas.filter(
    (item) => item.workload === workload && item.window === busiest.id && item.option.candidate.role === role,
  );
  const total = own.reduce((sum, item) => sum + item.count * item.option.rate, 0);
  const byCandidate = Map.groupBy(own, (item) => item.option.candidate.id);
  const [main] = [...byCandidate]
    .map(([id, items]) => ({
      id,
      replicas: items.reduce((sum, item) => sum + item.count, 0),
      served: items.reduce((sum, item) => sum + item.count * item.option.rate, 0),
    }))
    .sort((a, b) => b.served - a.served || (a.id < b.id ? -1 : 1));
  const finalist = finalists.find((item) => item.evaluated.candidate.id === main?.id);
  if (main === undefined || finalist === undefined || total <= 0) return undefined;
  const { batch } = finalist.evaluated.candidate;
  return {
    part: { role, shape: finalist.shape, batch, replicas: main.replicas },
    share: main.served / total,
  };
}
