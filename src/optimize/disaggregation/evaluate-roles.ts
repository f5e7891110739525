import type { EvaluatedCandidate, Offering, Rejection } from '../../model/index.ts';
import { listCostPerHour } from '../candidates/list-price.ts';
import type { Shape } from '../candidates/shape.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import { evaluated } from '../capacity/measure.ts';
import type { MeasuringBench } from '../capacity/measure.ts';
import { SPLIT_EFFORT } from './context.ts';
import type { DisaggregationContext, SplitEffort } from './context.ts';
import { raceRole } from './race-roles.ts';
import type { MeasuredRole, RoleRace } from './race-roles.ts';
import { asBeaten, withoutRoleCapacity } from './role-rejections.ts';
import { canExchange, exchangeKey, isOfOnePool, roleCandidate } from './role-options.ts';
import { CountedCrew } from '../capacity/counted-crew.ts';

/** Shorter runs, for drafts and tests. */
export const QUICK_SPLIT_EFFORT: SplitEffort = {
  screen: { count: 1000, tolerance: 0.12 },
  middle: { count: 2000, tolerance: 0.08 },
};

/** A role option with its capacity by the longest runs. */
export interface RoleFinalist {
  readonly shape: Shape;
  readonly evaluated: EvaluatedCandidate;
}

/** What is known of the roles of one workload before placement. */
export interface RoleEvaluation {
  /** Cheapest per request first; all of both lists may exchange KV. Empty when a role keeps its limits in no shape. */
  readonly prefill: readonly RoleFinalist[];
  readonly decode: readonly RoleFinalist[];
  /** Share of the measured rates that is planned for, 0..1: less than 1 where whole fleets showed less than their roles. */
  readonly planned: number;
  readonly rejected: readonly Rejection[];
  readonly work: {
    readonly options: number;
    readonly candidates: number;
    readonly simulations: number;
    readonly requests: number;
  };
}

/** Measures the roles of one workload for placement: each by cost per request, of one engine, KV precision and region. */
export async function evaluateRoles(
  shapes: readonly Shape[],
  options: {
    readonly bench: MeasuringBench;
    readonly crew: MeasuringCrew;
    readonly offerings: readonly Offering[];
    /** Accelerators by pool id. */
    readonly accelerators: Readonly<Record<string, number>>;
    readonly effort: SplitEffort | undefined;
    readonly isPast: () => boolean;
  },
): Promise<RoleEvaluation> {
  const { bench, offerings } = options;
  const context: DisaggregationContext = {
    subject: bench.subject,
    crew: options.crew,
    shapes: shapes.filter(isOfOnePool),
    accelerators: options.accelerators,
    load: { kind: 'most' },
    aim: 'densest',
    weigh: (shape) => listCostPerHour(shape, offerings),
    isPast: options.isPast,
  };
  const crew = new CountedCrew(options.crew);
  const effort = options.effort ?? SPLIT_EFFORT;
  const prefill = await raceRole('prefill', context, { crew, effort });
  const decode = await raceRole('decode', context, { crew, effort });
  const key = bestKey(prefill, decode);
  const ofKey = (race: RoleRace): readonly MeasuredRole[] =>
    race.kept.filter(({ option }) => exchangeKey(option.shape) === key);
  const prefills = ofKey(prefill);
  // Placement combines any prefill with any decode option, so those that do not meet every one are left out.
  const meetsAll = ({ option }: MeasuredRole): boolean =>
    prefills.every((other) => canExchange(other.option.shape, option.shape));
  const confirm = (kept: readonly MeasuredRole[]): ReturnType<typeof confirmed> =>
    confirmed(kept, { bench, crew, offerings });
  const chosen = { prefill: await confirm(prefills), decode: await confirm(ofKey(decode).filter(meetsAll)) };
  const others = [
    ...prefill.kept.filter((item) => !prefills.includes(item)),
    ...decode.kept.filter((item) => !ofKey(decode).includes(item) || !meetsAll(item)),
  ];
  const detail = 'other engines, KV precisions, regions or cuts serve both roles for less';
  return {
    prefill: chosen.prefill.finalists,
    decode: chosen.decode.finalists,
    planned: 1,
    rejected: [
      ...prefill.rejected,
      ...decode.rejected,
      ...chosen.prefill.rejected,
      ...chosen.decode.rejected,
      ...others.map(({ option }) => asBeaten(option, detail)),
    ],
    work: {
      options: prefill.options + decode.options,
      candidates: prefill.kept.length + decode.kept.length,
      simulations: crew.work.simulations,
      requests: crew.work.requests,
    },
  };
}

/** The key whose best prefill and decode options together cost least per request; the first by name among equals. */
function bestKey(prefill: RoleRace, decode: RoleRace): string | undefined {
  const cheapest = (race: RoleRace, key: string): number =>
    Math.min(
      Infinity,
      ...race.kept
        .filter(({ option }) => exchangeKey(option.shape) === key)
        .map(({ weight, rate }) => weight / rate),
    );
  const keys = [...new Set(prefill.kept.map(({ option }) => exchangeKey(option.shape)))].sort();
  const [best] = keys
    .map((key) => ({ key, cost: cheapest(prefill, key) + cheapest(decode, key) }))
    .filter(({ cost }) => cost < Infinity)
    .sort((a, b) => a.cost - b.cost);
  return best?.key;
}

/** Capacities with their intervals by the longest runs, cheapest per request first, and the options without any. */
async function confirmed(
  kept: readonly MeasuredRole[],
  {
    bench,
    crew,
    offerings,
  }: {
    readonly bench: MeasuringBench;
    readonly crew: CountedCrew;
    readonly offerings: readonly Offering[];
  },
): Promise<{ readonly finalists: readonly RoleFinalist[]; readonly rejected: readonly Rejection[] }> {
  const answers = await crew.run(
    kept.map(({ option, rate }) => ({
      method: 'role-capacity' as const,
      args: { option, replicas: 1, count: bench.subject.longest, start: rate },
    })),
  );
  const finalists: RoleFinalist[] = [];
  const rejected: Rejection[] = [];
  kept.forEach((role, i) => {
    const capacity = answers[i]!.value;
    const { option } = role;
    if (capacity === undefined) {
      rejected.push(withoutRoleCapacity(role));
      return;
    }
    const { uses: _, ...plain } = capacity;
    const price = listCostPerHour(option.shape, offerings);
    const candidate = roleCandidate(option);
    finalists.push({
      shape: option.shape,
      evaluated: { ...evaluated(bench, option, plain, price), candidate },
    });
  });
  const perRequest = ({ evaluated: item }: RoleFinalist): number =>
    item.listCostPerHour / item.capacity.rate.low;
  return { finalists: finalists.sort((a, b) => perRequest(a) - perRequest(b)), rejected };
}
