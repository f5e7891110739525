import type { Rejection } from '../../model/index.ts';
import { worldSize } from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import type { Shape } from '../candidates/shape.ts';
import { FleetBench } from './fleet-bench.ts';
import type { FleetReading, RoleOption, SplitRole } from './fleet-tasks.ts';
import { exchangeKey, optionId, roleOptions, whyNotInRole } from './role-options.ts';
import { demandOf, wavesOf } from './context.ts';
import type { DisaggregationContext, SplitEffort } from './context.ts';
import { raceLatency } from './race-latency.ts';
import {
  asCostlierRole,
  asNotExecutable,
  asNotMeasured,
  asSlowerRole,
  withoutRoleCapacity,
} from './role-rejections.ts';
import type { CountedCrew } from './tally.ts';

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
/** Above the guess of its rate by so much no replica was seen to come (*measured* on the shapes of the tests: 1.05). */
const GUESS_ERROR = 1.1;
/** Options kept per exchange key, the best first; of equal sizes not all. */
const KEPT = 3;
/** Share of the mean batch that a limit must leave at least. */
const REACHED = 0.9;
/** Gain in rate for which other limits replace the ones held. */
const WORTHWHILE_GAIN = 1.02;

/** What racing one role needs. */
interface Race {
  readonly context: DisaggregationContext;
  readonly crew: CountedCrew;
  readonly effort: SplitEffort;
  /** Weight of the replicas of an option that the demand takes at a rate of one. */
  readonly cost: (option: Pick<MeasuredRole, 'weight' | 'rate'>) => number;
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
  const demand = context.load.kind === 'rate' ? demandOf(context.load) : 0;
  const race: Race = {
    context,
    ...options,
    cost: ({ weight, rate }) => (demand > 0 ? weight * Math.max(1, demand / rate) : weight / rate),
  };
  const refused = refusedShapes(role, context);
  const fitting = context.shapes.filter((shape) => !refused.has(shape) && fits(shape, context));
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

/** Shapes that the engine cannot run in a role, with the reason; none where such are asked for. */
function refusedShapes(role: SplitRole, context: DisaggregationContext): ReadonlyMap<Shape, string> {
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

async function screen(
  role: SplitRole,
  shapes: readonly Shape[],
  race: Race,
): Promise<{ readonly screened: readonly MeasuredRole[]; readonly rejected: readonly Rejection[] }> {
  const { context, crew, effort } = race;
  const guess = new FleetBench(context.subject);
  const drafts = shapes.flatMap((shape) => {
    const [option] = roleOptions(role, shape);
    if (option === undefined) return [];
    const weight = context.weigh(shape);
    const rate = guess.guessedRate({ option, replicas: 1 });
    return [{ option, weight, size: worldSize(shape.configuration.parallelism), rate }];
  });
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

type Draft = Omit<MeasuredRole, 'reading'>;

/** Splits a wave into options that may come near the best so far and those that one run at the rate needed rules out. */
async function outpaced(
  wave: readonly Draft[],
  best: number,
  { context, crew, effort, cost }: Race,
): Promise<{ readonly near: readonly Draft[]; readonly out: readonly Rejection[] }> {
  if (best === Infinity) return { near: wave, out: [] };
  const limit = (draft: Draft): number => (stagesOf(draft.option) > 1 ? 1 : OUTPACED) * best;
  const isTooHeavy = (draft: Draft): boolean =>
    cost({ weight: draft.weight, rate: draft.rate * GUESS_ERROR }) > limit(draft);
  const light = wave.filter((draft) => !isTooHeavy(draft));
  const demand = context.load.kind === 'rate' ? demandOf(context.load) : 1;
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
  const isSlow = (draft: Draft): boolean => {
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
    roleOptions(item.option.role, item.option.shape)
      .filter((option) => optionId(option) !== optionId(item.option) && isReachable(option, item))
      .map((option) => ({ option, index, load: item.rate * WORTHWHILE_GAIN })),
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
