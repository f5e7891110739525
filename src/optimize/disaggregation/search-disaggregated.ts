import type { Estimate, LoadEvidence, Rejection } from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import { isOfOnePool } from './role-options.ts';
import { climb } from './climb.ts';
import { SPLIT_EFFORT, demandOf } from './context.ts';
import type { DisaggregationContext, SplitEffort } from './context.ts';
import type { FleetCapacity, FleetPart, PartUse, SplitRole } from './fleet-tasks.ts';
import { NEAR_KNOWN, SplitQueue, enlarged, tryLightest } from './fleet-trials.ts';
import { leastOfRoles, pooledRates } from './pooled-rates.ts';
import { raceRole } from './race-roles.ts';
import type { MeasuredRole, RoleRace } from './race-roles.ts';
import { costOf, leastRoleCost, outdone } from './role-costs.ts';
import { asBeaten } from './role-rejections.ts';
import {
  acceleratorsOf,
  balancedSplits,
  decodeRoom,
  isOffered,
  pairsOf,
  partsOf,
  prefillRoom,
  weightOf,
} from './splits.ts';
import type { PooledRate, RolePair, Split } from './splits.ts';
import { CountedCrew } from '../capacity/counted-crew.ts';
import type { SplitCounts } from './split-counts.ts';

/** A disaggregated plan that keeps the limits at its load. */
export interface DisaggregatedFinding {
  /** Prefill, then decode. */
  readonly parts: readonly [FleetPart, FleetPart];
  readonly weight: number;
  readonly accelerators: number;
  /** Of the whole plan, in the unit of the subject's loop. */
  readonly capacity: Estimate;
  readonly limitedBy: string;
  /** For which `evidence` and `uses` stand: the demand, or the capacity planned for. */
  readonly load: number;
  readonly evidence: LoadEvidence;
  /** What each part does at `load`. */
  readonly uses: readonly PartUse[];
}

/** What a search found. */
export interface DisaggregatedResult {
  /** Best first; empty when no split carries the load within its limits. */
  readonly plans: readonly DisaggregatedFinding[];
  /** One per role option; sorted by candidate id. */
  readonly rejected: readonly Rejection[];
  readonly counts: SplitCounts;
}

/** Plans confirmed by long runs unless told otherwise. */
const TOP = 2;
/** Long runs may show that a plan falls short; so many others are confirmed in its place. */
const SPARE = 3;
/** Splits confirmed at most while too few were found. */
const MOST_CONFIRMED = 12;

/** What the stages share. */
interface Stage {
  readonly context: DisaggregationContext;
  readonly crew: CountedCrew;
  readonly effort: SplitEffort;
  readonly demand: number;
  readonly top: number;
  readonly rateOf: PooledRate;
}

/** Splits in the order in which long runs are to confirm them. */
interface Shortlist {
  readonly splits: readonly { readonly split: Split; readonly start: number }[];
  readonly looked: number;
  readonly tried: number;
  readonly rejected: readonly Rejection[];
}

/**
 * Searches for the best prefill and decode replicas and their numbers. Roles are measured apart, each beside an ample other
 * side; what they need then adds up, so that the best pairs follow without simulating pairs. Whole fleets are simulated
 * from the most promising numbers on, and the best are confirmed by long runs. Nothing is assumed about what disaggregation gains.
 * Deterministic for any crew while the time is not up.
 */
export async function searchDisaggregated(request: DisaggregationContext): Promise<DisaggregatedResult> {
  const context = { ...request, shapes: request.shapes.filter(isOfOnePool) };
  const crew = new CountedCrew(context.crew);
  const effort = context.effort ?? SPLIT_EFFORT;
  const { prefill, decode } = await raceRoles(context, { crew, effort });
  const pairs = pairsOf(prefill.kept, decode.kept);
  const kept = rolesOf(pairs);
  const isCounted = context.aim === 'least' && context.load.kind === 'rate';
  const rateOf: PooledRate = isCounted
    ? (role, replicas) => replicas * role.rate
    : await pooledRates(kept, context, { crew, effort });
  const top = context.top ?? TOP;
  const stage: Stage = { context, crew, effort, demand: demandOf(context.load), top, rateOf };
  const shortlist = await shortlisted(pairs, stage);
  const plans = await confirmed(shortlist, stage);
  const rejected = [...prefill.rejected, ...decode.rejected, ...shortlist.rejected];
  return {
    plans,
    rejected: sortedBy(rejected, (item) => item.candidate),
    counts: {
      options: prefill.options + decode.options,
      splits: shortlist.looked,
      splitsLeft: Math.max(0, shortlist.looked - shortlist.tried),
      simulated: shortlist.tried,
      simulations: crew.work.simulations,
      requests: crew.work.requests,
    },
  };
}

/**
 * Both races, unless both roles together cost more than the best plan known: by what full batches would give before any
 * simulation, and by the measured prefill options after their race.
 */
async function raceRoles(
  context: DisaggregationContext,
  options: { readonly crew: CountedCrew; readonly effort: SplitEffort },
): Promise<{ readonly prefill: RoleRace; readonly decode: RoleRace }> {
  const { aim, toBeat, load } = context;
  const isKnown = toBeat !== undefined && (aim === 'densest' || (aim === 'least' && load.kind === 'rate'));
  if (!isKnown) return raceBoth(context, options);
  const limit = toBeat * NEAR_KNOWN;
  const decodeCost = leastRoleCost('decode', context);
  const alone = leastRoleCost('prefill', context) + decodeCost;
  const leftOut = (role: SplitRole, cost: number): RoleRace => {
    const rejected = outdone(role, context, cost / toBeat);
    return { kept: [], rejected, options: rejected.length };
  };
  if (alone > limit && alone < Infinity) {
    return { prefill: leftOut('prefill', alone), decode: leftOut('decode', alone) };
  }
  const prefill = await raceRole('prefill', context, options);
  const cost = costOf(context);
  const measured = Math.min(...prefill.kept.map((item) => cost(item))) + decodeCost;
  if (measured > limit && measured < Infinity) return { prefill, decode: leftOut('decode', measured) };
  return {
    prefill,
    decode: prefill.kept.length === 0 ? NO_RACE : await raceRole('decode', context, options),
  };
}

async function raceBoth(
  context: DisaggregationContext,
  options: { readonly crew: CountedCrew; readonly effort: SplitEffort },
): Promise<{ readonly prefill: RoleRace; readonly decode: RoleRace }> {
  const prefill = await raceRole('prefill', context, options);
  return {
    prefill,
    decode: prefill.kept.length === 0 ? NO_RACE : await raceRole('decode', context, options),
  };
}

const NO_RACE: RoleRace = { kept: [], rejected: [], options: 0 };

function rolesOf(pairs: readonly RolePair[]): readonly MeasuredRole[] {
  return [...new Set(pairs.flatMap(({ prefill, decode }) => [prefill, decode]))];
}

async function shortlisted(pairs: readonly RolePair[], stage: Stage): Promise<Shortlist> {
  const { context, demand } = stage;
  if (context.aim === 'least' && demand > 0) return lightest(pairs, stage);
  const { scored, splits } = await climb(pairs, { ...stage, loadAt: loadAt(context) });
  return {
    splits: scored.map(({ split, load }) => ({ split, start: load })),
    looked: splits,
    tried: scored.length,
    rejected: [],
  };
}

/** The lightest splits that carry the demand, by runs of middle length. */
async function lightest(pairs: readonly RolePair[], stage: Stage): Promise<Shortlist> {
  const { context, crew, effort, demand, rateOf, top } = stage;
  const starts =
    context.load.kind === 'concurrency'
      ? pairs.flatMap((pair) => closedStart(pair, stage))
      : await leastStarts(pairs, stage);
  const offered = starts.filter((split) => isOffered(split, context.accelerators));
  const trials = await tryLightest(offered, context, { crew, effort, load: demand, top });
  const looked = pairs.reduce(
    (sum, pair) => sum + balancedSplits(pair, context.accelerators, rateOf).length,
    0,
  );
  const beaten = trials.passing.length === 0 ? offered : [];
  const detail =
    trials.outweighed === undefined
      ? 'no number of replicas within the accelerators offered carries the load'
      : 'heavier than the best plan known, by simulation of its lightest fleets';
  return {
    splits: trials.passing.map(({ split }) => ({ split, start: demand })),
    looked: Math.max(looked, trials.tried),
    tried: trials.tried,
    rejected: rolesOf(beaten).map(({ option }) => asBeaten(option, detail)),
  };
}

/** Of each pair the least replicas of either role that carry the rate beside an ample other side. */
async function leastStarts(pairs: readonly RolePair[], stage: Stage): Promise<readonly Split[]> {
  const { context, crew, effort, demand, rateOf } = stage;
  const most = (role: MeasuredRole): number =>
    Math.max(
      1,
      ...pairs.flatMap((pair) => {
        if (pair.prefill === role) return [prefillRoom(pair, context.accelerators)];
        return pair.decode === role ? [decodeRoom(pair, 1, context.accelerators)] : [];
      }),
    );
  const least = await leastOfRoles(rolesOf(pairs), demand, { crew, effort, rateOf, most });
  return pairs.map((pair) => ({
    ...pair,
    prefillReplicas: least.get(pair.prefill) ?? 1,
    decodeReplicas: least.get(pair.decode) ?? 1,
  }));
}

/** Numbers of replicas for clients, by the rate that they keep up at the latencies measured. */
function closedStart(pair: RolePair, { demand, rateOf, context }: Stage): readonly Split[] {
  const rate = demand / staying(pair);
  const splits = balancedSplits(pair, context.accelerators, rateOf).filter(
    ({ prefillReplicas, decodeReplicas }) =>
      rateOf(pair.prefill, prefillReplicas) >= rate && rateOf(pair.decode, decodeReplicas) >= rate,
  );
  const [first] = [...splits].sort((a, b) => weightOf(a) - weightOf(b));
  return first === undefined ? [] : [first];
}

/** Seconds a request stays at the rates at which the roles were measured. */
function staying({ prefill, decode }: RolePair): number {
  return prefill.reading.evidence.latency.ttft.mean.value + decode.reading.evidence.latency.e2e.mean.value;
}

function loadAt(context: DisaggregationContext): (pair: RolePair, rate: number) => number {
  return context.subject.loop === 'closed' ? (pair, rate) => rate * staying(pair) : (_, rate) => rate;
}

/** A split with its capacity by the longest runs. */
interface ConfirmedSplit {
  readonly split: Split;
  readonly capacity: FleetCapacity;
}

/** Capacities and evidence by the longest runs, best first; splits that fall short of the demand are left out. */
async function confirmed(shortlist: Shortlist, stage: Stage): Promise<readonly DisaggregatedFinding[]> {
  const { context, crew, demand } = stage;
  const found = await (context.aim === 'least' && demand > 0
    ? confirmLightest(shortlist, stage)
    : confirmFirst(shortlist, stage));
  const loads = found.map(({ capacity }) => (demand > 0 ? demand : capacity.rate.value));
  const readings = await crew.run(
    found.map(({ split }, i) => ({
      method: 'read-fleet' as const,
      args: { parts: partsOf(split), count: context.subject.longest, load: loads[i]! },
    })),
  );
  const plans = found.map(({ split, capacity }, i): DisaggregatedFinding => ({
    parts: partsOf(split),
    weight: weightOf(split),
    accelerators: acceleratorsOf(split),
    capacity: { value: capacity.rate.value, low: capacity.rate.low, high: capacity.rate.high },
    limitedBy: capacity.limitedBy,
    load: loads[i]!,
    evidence: readings[i]!.value.evidence,
    uses: readings[i]!.value.uses,
  }));
  // Among equals the one that users feel least.
  const latency = (plan: DisaggregatedFinding): number => plan.evidence.latency.e2e.p99.value;
  return [...plans].sort((a, b) => meritOf(a, context) - meritOf(b, context) || latency(a) - latency(b));
}

/** What the aim compares; less is better. */
function meritOf(plan: DisaggregatedFinding, { aim }: DisaggregationContext): number {
  switch (aim) {
    case 'least':
      return plan.weight;
    case 'densest':
      return plan.weight / plan.capacity.value;
    case 'most':
      return -plan.capacity.value;
    case 'fastest':
      return plan.evidence.latency.e2e.p99.value;
  }
}

/** The first of the list that carry the demand. */
async function confirmFirst({ splits }: Shortlist, stage: Stage): Promise<readonly ConfirmedSplit[]> {
  const found: ConfirmedSplit[] = [];
  for (const { split, start } of splits.slice(0, stage.top + SPARE)) {
    if (isEnough(found, stage)) break;
    const capacity = await capacityOf(split, start, stage);
    if (capacity !== undefined && capacity.rate.value >= stage.demand) found.push({ split, capacity });
  }
  return found;
}

/** The lightest that carry the demand by long runs, too: those that fall short are tried with a replica more. */
async function confirmLightest({ splits }: Shortlist, stage: Stage): Promise<readonly ConfirmedSplit[]> {
  const { context, demand, top } = stage;
  const queue = new SplitQueue(context);
  splits.slice(0, top + SPARE).forEach(({ split }) => queue.add(split));
  const found: ConfirmedSplit[] = [];
  for (let tried = 0; tried < MOST_CONFIRMED && !isEnough(found, stage); tried++) {
    const [split] = queue.take(1, Infinity);
    if (split === undefined) break;
    const capacity = await capacityOf(split, firstLoad(split, stage), stage);
    if (capacity !== undefined && capacity.rate.value >= demand) found.push({ split, capacity });
    else enlarged(split, capacity?.limitedBy ?? '').forEach((next) => queue.add(next));
  }
  return found;
}

/** Where the search for the capacity of a split begins: what its weaker role carries; under clients the demand. */
function firstLoad(split: Split, { context, demand }: Stage): number {
  if (context.subject.loop === 'closed') return demand;
  const { prefill, decode, prefillReplicas, decodeReplicas } = split;
  return Math.max(demand, Math.min(prefill.rate * prefillReplicas, decode.rate * decodeReplicas));
}

function isEnough(found: readonly ConfirmedSplit[], { top, context }: Stage): boolean {
  const [first] = found;
  if (first === undefined) return false;
  // One is enough to compare with where a better plan is known.
  const isBeaten = context.aim === 'least' && weightOf(first.split) > (context.toBeat ?? Infinity);
  return isBeaten || found.length >= top || context.isPast?.() === true;
}

async function capacityOf(
  split: Split,
  start: number,
  { crew, context }: Stage,
): Promise<FleetCapacity | undefined> {
  const args = { parts: partsOf(split), count: context.subject.longest, start };
  const [answer] = await crew.run([{ method: 'fleet-capacity' as const, args }]);
  return answer.value;
}
