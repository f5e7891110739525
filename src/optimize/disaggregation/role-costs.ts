import type { Rejection } from '../../model/index.ts';
import { worldSize } from '../../model/index.ts';
import type { Shape } from '../candidates/shape.ts';
import { demandOf } from './context.ts';
import type { DisaggregationContext } from './context.ts';
import { FleetBench } from './fleet-bench.ts';
import type { RoleOption, SplitRole } from './fleet-tasks.ts';
import { exchangeKey, roleOptions, whyNotInRole } from './role-options.ts';
import { asOutdone } from './role-rejections.ts';

/** A role option before it is measured, with about the most that one replica can carry, requests per second. */
export interface RoleDraft {
  readonly option: RoleOption;
  readonly weight: number;
  /** Accelerators of one replica. */
  readonly size: number;
  readonly rate: number;
}

/** Cost of an option in the weight of a search; less is better. */
export type RoleCost = (option: Pick<RoleDraft, 'weight' | 'rate'>) => number;

/** Above the guess of its rate by so much no replica was seen to come (*measured* on the shapes of the tests: 1.05). */
export const GUESS_ERROR = 1.1;

/** Requests per second for which the least weight is wanted; 0 where capacity is weighed, or clients ask. */
export function rateAsked({ aim, load }: DisaggregationContext): number {
  return aim === 'least' && load.kind === 'rate' ? demandOf(load) : 0;
}

/** What an option costs: the weight of the replicas that the demand takes, at least one; per unit of rate where there is no rate asked for. */
export function costOf(context: DisaggregationContext): RoleCost {
  const demand = rateAsked(context);
  return ({ weight, rate }) => (demand > 0 ? weight * Math.max(1, demand / rate) : weight / rate);
}

/** Shapes that may take a role. */
export function fittingShapes(role: SplitRole, context: DisaggregationContext): readonly Shape[] {
  const refused = refusedShapes(role, context);
  return context.shapes.filter((shape) => !refused.has(shape) && fits(shape, context));
}

/** Options of a role as they are before any simulation: with about the most that they can carry for a rate. */
export function draftsOf(
  role: SplitRole,
  shapes: readonly Shape[],
  { subject, weigh }: Pick<DisaggregationContext, 'subject' | 'weigh'>,
): readonly RoleDraft[] {
  const guess = new FleetBench(subject);
  return shapes.flatMap((shape) => {
    const [option] = roleOptions(role, shape);
    if (option === undefined) return [];
    const rate = guess.guessedRate({ option, replicas: 1 });
    return [{ option, weight: weigh(shape), size: worldSize(shape.configuration.parallelism), rate }];
  });
}

/** The least that the replicas of a role can cost, without any simulation; Infinity where no shape may take it. */
export function leastRoleCost(role: SplitRole, context: DisaggregationContext): number {
  const cost = costOf(context);
  const drafts = draftsOf(role, fittingShapes(role, context), context);
  return Math.min(Infinity, ...drafts.map(({ weight, rate }) => cost({ weight, rate: rate * GUESS_ERROR })));
}

/** The options of a role, all left out because both roles together cost more than a plan known. */
export function outdone(
  role: SplitRole,
  context: DisaggregationContext,
  factor: number,
): readonly Rejection[] {
  const drafts = draftsOf(role, fittingShapes(role, context), context);
  return drafts.map(({ option }) => asOutdone(option, factor));
}

/** Shapes that the engine cannot run in a role, with the reason; none where such are asked for. */
export function refusedShapes(role: SplitRole, context: DisaggregationContext): ReadonlyMap<Shape, string> {
  if (context.includesUnexecutable === true) return new Map();
  return new Map(
    context.shapes.flatMap((shape) => {
      const why = whyNotInRole(role, shape);
      return why === undefined ? [] : [[shape, why] as const];
    }),
  );
}

/** Whether the accelerators offered hold a replica and, where no other pool may take it, one of the other role. */
function fits(shape: Shape, { accelerators, shapes }: DisaggregationContext): boolean {
  const sizeOf = (item: Shape): number => worldSize(item.configuration.parallelism);
  const partners = shapes.filter((other) => exchangeKey(other) === exchangeKey(shape));
  const own = partners.filter((other) => other.pool === shape.pool).map(sizeOf);
  const isAlone = own.length === partners.length;
  const room = (accelerators[shape.pool] ?? 0) - (isAlone ? Math.min(...own) : 0);
  return sizeOf(shape) <= room;
}
