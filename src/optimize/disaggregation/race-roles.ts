import type { Rejection } from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import type { Shape } from '../candidates/shape.ts';
import type { FleetReading, RoleOption, SplitRole } from './fleet-tasks.ts';
import { exchangeKey, optionId, roleOptions } from './role-options.ts';
import { wavesOf } from './context.ts';
import type { DisaggregationContext, SplitEffort } from './context.ts';
import { GUESS_ERROR, costOf, draftsOf, fittingShapes, rateAsked, refusedShapes } from './role-costs.ts';
import type { RoleCost, RoleDraft } from './role-costs.ts';
import { raceLatency } from './race-latency.ts';
import {
  asCostlierRole,
  asNotExecutable,
  asNotMeasured,
  asSlowerRole,
  withoutRoleCapacity,
} from './role-rejections.ts';
import type { CountedCrew } from '../capacity/counted-crew.ts';

/** A role option with the largest rate that one replica of it was seen to carry beside an ample other side. */
export interface MeasuredRole {
  readonly option: RoleOption;
  readonly weight: number;
  /** Accelerators of one replica. */
  readonly size: number;
  /** Requests per second. */
  readonly rate: number;
  readonly reading: FleetReading;
}

/** What came of measuring one role. */
export interface RoleRace {
  /** The best of every exchange key, best first. */
  readonly kept: readonly MeasuredRole[];
  readonly rejected: readonly Rejection[];
  /** Options with every combination of limits. */
  readonly options: number;
}

/** A shape that cannot carry the rate at which it would cost this many times the best so far is not measured further (*assumed*: limits and whole replicas gain less). */
const OUTPACED = 1.3;
/** Options kept per exchange key, the best first; of equal sizes not all. */
const KEPT = 3;
/** Share of the mean batch that a limit must leave at least. */
const REACHED = 0.9;
/** Other decode limits tried. */
const MOST_OTHERS = 2;
/** Gain in rate for which other limits replace the ones held. */
const WORTHWHILE_GAIN = 1.02;

/** What racing one role needs. */
interface Race {
  readonly context: DisaggregationContext;
  readonly crew: CountedCrew;
  readonly effort: SplitEffort;
  /** Weight of the replicas of an option that the demand takes at a rate of one. */
  readonly cost: RoleCost;
}

/**
 * Races the shapes of a role against each other: the promising ones first, in waves; a shape that cannot carry the rate at
 * which it would come near the best so far is dropped after one run. Then tunes the batch limits of the best of each exchange
 * key. Costs of roles add up, so each role is raced by itself.
 */
export async function raceRole(
  role: SplitRole,
  context: DisaggregationContext,
  options: { readonly crew: CountedCrew; readonly effort: SplitEffort },
): Promise<RoleRace> {
  const race: Race = {
    context,
    ...options,
    cost: costOf(context),
  };
  const refused = refusedShapes(role, context);
  const fitting = fittingShapes(role, context);
  const left = [...refused].map(([shape, why]) => asNotExecutable(role, shape, why));
  const counted = fitting.reduce((sum, shape) => sum + roleOptions(role, shape).length, 0);
  if (context.aim === 'fastest') {
    const { ranked, rejected } = await raceLatency(role, fitting, { context, ...options, kept: KEPT });
    const groups = Map.groupBy(ranked, (item) => exchangeKey(item.option.shape));
    const kept = [...groups.values()].flatMap(keptOf);
    const slower = ranked.filter((item) => !kept.includes(item)).map(({ option }) => asSlowerRole(option));
    return { kept, rejected: [...left, ...rejected, ...slower], options: counted };
  }
  const { screened, rejected } = await screen(role, fitting, race);
  const passing = sortedBy(
    screened.filter((item) => item.rate > 0),
    (item) => optionId(item.option),
  ).sort((a, b) => race.cost(a) - race.cost(b));
  const best = [...Map.groupBy(passing, (item) => exchangeKey(item.option.shape)).values()].flatMap(keptOf);
  const kept = await tune(best, race);
  const dropped = passing.filter((item) => !best.includes(item));
  return {
    kept: [...kept].sort((a, b) => race.cost(a) - race.cost(b)),
    rejected: [
      ...left,
      ...rejected,
      ...screened.filter((item) => item.rate === 0).map(withoutRoleCapacity),
      ...dropped.map((item) => asCostlierRole(item.option, race.cost(item) / race.cost(passing[0] ?? item))),
    ],
    options: counted,
  };
}

async function screen(
  role: SplitRole,
  shapes: readonly Shape[],
  race: Race,
): Promise<{ readonly screened: readonly MeasuredRole[]; readonly rejected: readonly Rejection[] }> {
  const { context, crew, effort } = race;
  const drafts = draftsOf(role, shapes, { subject: context.subject, weigh: (shape) => context.weigh(shape) });
  const promising = sortedBy(drafts, (item) => optionId(item.option)).sort(
    (a, b) => stagesOf(a.option) - stagesOf(b.option) || race.cost(a) - race.cost(b),
  );
  const screened: MeasuredRole[] = [];
  const rejected: Rejection[] = [];
  let best = Infinity;
  for (const wave of wavesOf(promising)) {
    if (context.isPast?.() === true && best < Infinity) {
      rejected.push(...wave.map(({ option }) => asNotMeasured(option)));
      continue;
    }
    const { near, out } = await outpaced(wave, best, race);
    rejected.push(...out);
    const answers = await crew.run(
      near.map(({ option, rate }) => ({
        method: 'find-role' as const,
        args: { option, replicas: 1, ...effort.screen, start: FIRST_SHARE * rate },
      })),
    );
    near.forEach((draft, i) => {
      const { load, reading } = answers[i]!.value;
      const measured = { ...draft, rate: load, reading };
      screened.push(measured);
      if (load > 0) best = Math.min(best, race.cost(measured));
    });
  }
  return { screened, rejected };
}

/** First rate tried over the guess. */
const FIRST_SHARE = 0.85;

function stagesOf({ shape }: RoleOption): number {
  return shape.configuration.parallelism.pipelineParallel;
}

/** Splits a wave into options that may come near the best so far and those that one run at the rate needed rules out. */
async function outpaced(
  wave: readonly RoleDraft[],
  best: number,
  { context, crew, effort, cost }: Race,
): Promise<{ readonly near: readonly RoleDraft[]; readonly out: readonly Rejection[] }> {
  if (best === Infinity) return { near: wave, out: [] };
  const limit = (draft: RoleDraft): number => (stagesOf(draft.option) > 1 ? 1 : OUTPACED) * best;
  const isTooHeavy = (draft: RoleDraft): boolean =>
    cost({ weight: draft.weight, rate: draft.rate * GUESS_ERROR }) > limit(draft);
  const light = wave.filter((draft) => !isTooHeavy(draft));
  const demand = rateAsked(context) || 1;
  const readings = await crew.run(
    light.map((draft) => ({
      method: 'read-role' as const,
      args: {
        option: draft.option,
        replicas: 1,
        count: effort.screen.count,
        load: (draft.weight * demand) / limit(draft),
      },
    })),
  );
  const isSlow = (draft: RoleDraft): boolean => {
    const at = light.indexOf(draft);
    return at < 0 || readings[at]!.value.value > 1;
  };
  return {
    near: wave.filter((draft) => !isSlow(draft)),
    out: wave
      .filter(isSlow)
      .map(({ option }) => asCostlierRole(option, stagesOf(option) > 1 ? 1 : OUTPACED, 'more than')),
  };
}

/** The best of one exchange key: by cost, sizes that are not there yet before further ones of a size. */
function keptOf(members: readonly MeasuredRole[]): readonly MeasuredRole[] {
  const firsts = members.filter((item, i) => members.findIndex((other) => isAlike(other, item)) === i);
  return [...firsts, ...members.filter((item) => !firsts.includes(item))].slice(0, KEPT);
}

function isAlike(a: MeasuredRole, b: MeasuredRole): boolean {
  return a.size === b.size && a.option.shape.pool === b.option.shape.pool;
}

/** The limits that may do better than the one held: the nearest to the batch that the rate takes first. */
function otherLimits(item: MeasuredRole): readonly RoleOption[] {
  const { option } = item;
  const reachable = roleOptions(option.role, option.shape).filter(
    (other) => optionId(other) !== optionId(option) && isReachable(other, item),
  );
  if (option.role === 'prefill') return reachable;
  return [...reachable].sort((a, b) => a.batch.maxSequences - b.batch.maxSequences).slice(0, MOST_OTHERS);
}

/** Whether a decode limit lets as many run as the rate held takes (Little's law); others cannot carry more. */
function isReachable({ role, batch }: RoleOption, { reading }: MeasuredRole): boolean {
  const [use] = reading.uses;
  return role === 'prefill' || use === undefined || batch.maxSequences >= REACHED * use.meanBatch;
}

/** Tries the other limits of each option at a little more than the rate held; those that pass are searched further. */
async function tune(held: readonly MeasuredRole[], { crew, effort }: Race): Promise<readonly MeasuredRole[]> {
  const { count, tolerance } = effort.middle;
  const again = await crew.run(
    held.map(({ option, rate }) => ({
      method: 'find-role' as const,
      args: { option, replicas: 1, count, tolerance, start: rate },
    })),
  );
  const best = held.map((item, i) => {
    const { load, reading } = again[i]!.value;
    return load > 0 ? { ...item, rate: load, reading } : item;
  });
  const others = best.flatMap((item, index) =>
    otherLimits(item).map((option) => ({ option, index, load: item.rate * WORTHWHILE_GAIN })),
  );
  for (const wave of wavesOf(others)) {
    const readings = await crew.run(
      wave.map(({ option, load }) => ({
        method: 'read-role' as const,
        args: { option, replicas: 1, count, load },
      })),
    );
    const better = wave.filter((_, i) => readings[i]!.value.value <= 1);
    const found = await crew.run(
      better.map(({ option, load }) => ({
        method: 'find-role' as const,
        args: { option, replicas: 1, count, tolerance, start: load },
      })),
    );
    better.forEach(({ option, index }, i) => {
      const { load, reading } = found[i]!.value;
      if (load > best[index]!.rate) best[index] = { ...best[index]!, option, rate: load, reading };
    });
  }
  return best;
}
