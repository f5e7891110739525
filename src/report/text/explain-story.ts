import type {
  Candidate,
  EvaluatedCandidate,
  PlanDocument,
  Rejection,
  WorkloadDecision,
} from '../../model/index.ts';
import { parallelismName } from '../../model/index.ts';
import { busiestWindow } from '../../plan/index.ts';
import { compareText, formatPercent, formatUsd, usd } from '../../units/index.ts';
import type { MicroUsd } from '../../units/index.ts';
import { signedUsd } from '../phrases.ts';
import { REJECTION_MEANINGS } from './rejection-meanings.ts';

/** Rivals told one by one; all are in plan.json. */
const TOLD = 6;

/** List price of a million requests on a candidate at its capacity. */
export function costPerMillionRequests(item: EvaluatedCandidate): MicroUsd {
  const perRequest = item.listCostPerHour / 1e6 / 3600 / Math.max(item.capacity.rate.value, 1e-9);
  return usd(perRequest * 1e6);
}

/** Why the pools were chosen: what a million requests cost on each at best, or what keeps the others out. */
export function acceleratorLines(plan: PlanDocument, decision: WorkloadDecision): readonly string[] {
  const chosen = decision.chosen[0];
  if (chosen === undefined) return [];
  const own = new Set(decision.chosen.map((item) => item.candidate.pool));
  const declared = plan.problem.workloads.find((item) => item.id === decision.workload);
  const allowed = (declared?.pools ?? plan.problem.pools.map((pool) => pool.id)).filter(
    (pool) => !own.has(pool),
  );
  const here = costPerMillionRequests(chosen);
  const lines = [
    `${chosen.candidate.accelerator} (pool ${chosen.candidate.pool}): ${formatUsd(here)} USD per million requests at list price`,
    ...allowed.toSorted(compareText).map((pool) => rivalPool(pool, decision, here)),
  ];
  return allowed.length === 0 ? [...lines, 'no other pool is offered to it'] : lines;
}

function rivalPool(pool: string, decision: WorkloadDecision, here: MicroUsd): string {
  const best = cheapest(decision.pareto.filter((item) => item.candidate.pool === pool));
  if (best !== undefined)
    return `${best.candidate.accelerator} (pool ${pool}): ${formatUsd(costPerMillionRequests(best))} USD at best, ${morePhrase(costPerMillionRequests(best), here)}`;
  return `pool ${pool}: ${reasonPhrase(decision.rejected.filter((item) => item.pool === pool))}`;
}

function morePhrase(cost: MicroUsd, here: MicroUsd): string {
  const share = cost / Math.max(1, here) - 1;
  return `${formatPercent(Math.abs(share), 2)} ${share < 0 ? 'less: whole replicas, spot capacity or limits decide otherwise' : 'more'}`;
}

function cheapest(items: readonly EvaluatedCandidate[]): EvaluatedCandidate | undefined {
  return items.toSorted((a, b) => costPerMillionRequests(a) - costPerMillionRequests(b))[0];
}

/** What a candidate is, read from its id: `<workload>/<pool>/<engine>-<weights>[-kv<precision>]-<parallelism>[-b…]`. */
interface CandidateParts {
  readonly precision: string;
  readonly parallelism: string;
}

function partsOf({ candidate, workload, pool }: Rejection): CandidateParts | undefined {
  const own = candidate.startsWith(`${workload}/${pool}/`)
    ? candidate.slice(workload.length + pool.length + 2)
    : '';
  const match =
    /^(.+?)-((?:tp|pp|dp|ep|cp)\d+(?:-(?:tp|pp|dp|ep|cp)\d+)*)(?:-b\d+x\d+)?(?:-prefill|-decode)?$/.exec(own);
  return match === null
    ? undefined
    : { precision: match[1] ?? '', parallelism: (match[2] ?? '').replaceAll('-', ' ') };
}

/** Why it is cut as it is: what became of other sizes on the same pool. */
export function parallelismLines(decision: WorkloadDecision): readonly string[] {
  return rivalsOnPool(
    decision,
    ({ parallelism }) => parallelism,
    (item) => parallelismName(item.candidate.parallelism, ' '),
  );
}

/** Why it has its precision: what became of others on the same pool. */
export function precisionLines(plan: PlanDocument, decision: WorkloadDecision): readonly string[] {
  const declared = plan.problem.workloads.find((item) => item.id === decision.workload);
  const lines = rivalsOnPool(
    decision,
    ({ precision }) => precision,
    (item) => precisionOf(item.candidate),
  );
  const allowed = declared?.precisions ?? ['bf16'];
  return allowed.length === 1 ? [...lines, `weights: ${allowed.join()} alone is allowed`] : lines;
}

function rivalsOnPool(
  decision: WorkloadDecision,
  ofRejection: (parts: CandidateParts) => string,
  ofCandidate: (item: EvaluatedCandidate) => string,
): readonly string[] {
  const [chosen] = decision.chosen;
  if (chosen === undefined) return [];
  const here = costPerMillionRequests(chosen);
  const isHere = (pool: string): boolean => pool === chosen.candidate.pool;
  const own = ofCandidate(chosen);
  const measured = Map.groupBy(
    decision.pareto.filter((item) => isHere(item.candidate.pool)),
    ofCandidate,
  );
  const rejected = Map.groupBy(
    decision.rejected.filter((item) => isHere(item.pool)),
    (item) => {
      const parts = partsOf(item);
      return parts === undefined ? '' : ofRejection(parts);
    },
  );
  const names = [...new Set([...measured.keys(), ...rejected.keys()])].filter(
    (name) => name !== '' && name !== own,
  );
  const lines = names.sort(bySize).map((name) => {
    const best = cheapest(measured.get(name) ?? []);
    return best === undefined
      ? `${name}: ${reasonPhrase(nearestFirst(rejected.get(name) ?? [], chosen))}`
      : `${name}: ${formatUsd(costPerMillionRequests(best))} USD per million requests at best, ${morePhrase(costPerMillionRequests(best), here)}`;
  });
  const more = lines.length - TOLD;
  return [
    `${own}: chosen`,
    ...lines.slice(0, TOLD),
    ...(more > 0 ? [`… and ${more} more (all in plan.json)`] : []),
  ];
}

/** Rejections that share precision or parallelism with the chosen candidate before others: their figures say most about it. */
function nearestFirst(
  rejected: readonly Rejection[],
  { candidate }: EvaluatedCandidate,
): readonly Rejection[] {
  const parallelism = parallelismName(candidate.parallelism, ' ');
  const isNear = (item: Rejection): boolean => {
    const parts = partsOf(item);
    return parts?.parallelism === parallelism || parts?.precision === precisionOf(candidate);
  };
  return [...rejected.filter(isNear), ...rejected.filter((item) => !isNear(item))];
}

/** `vllm-fp8-kvfp8`: engine and precisions as ids of candidates name them. */
function precisionOf({ engine, weightPrecision, kvPrecision }: Candidate): string {
  return `${engine}-${weightPrecision}${kvPrecision === 'bf16' ? '' : `-kv${kvPrecision}`}`;
}

/** `tp8 pp2` after `tp16`: by the first size, then by name. */
function bySize(a: string, b: string): number {
  return a.split(' ').length - b.split(' ').length || a.length - b.length || compareText(a, b);
}

/** What most rejections of a group say, with one figure. */
function reasonPhrase(rejected: readonly Rejection[]): string {
  const groups = [...Map.groupBy(rejected, (item) => item.reason)].sort(
    ([a, items], [b, others]) => others.length - items.length || compareText(a, b),
  );
  const [first] = groups;
  if (first === undefined) return 'not among the candidates';
  const [reason, items] = first;
  const others = rejected.length - items.length;
  return `${REJECTION_MEANINGS[reason]} (${items[0]?.detail ?? reason})${others > 0 ? `; ${others} of ${rejected.length} candidates out for other reasons` : ''}`;
}

/** Why so many replicas run on spot capacity: the share, what is allowed, what it costs, and what the limit costs. */
export function spotLines(plan: PlanDocument, { workload }: WorkloadDecision): readonly string[] {
  const window = busiestWindow(plan.decision)?.id ?? '';
  const own = plan.decision.allocations.filter((item) => item.workload === workload);
  const count = (isMeant: (type: string) => boolean): number =>
    own
      .filter((item) => isMeant(item.capacityType))
      .flatMap((item) => Object.values(item.replicas[window] ?? {}))
      .reduce((sum, replicas) => sum + replicas, 0);
  const [spot, all] = [count((type) => type === 'spot'), count(() => true)];
  const allowed = plan.problem.workloads.find((item) => item.id === workload)?.maxSpotShare ?? '100%';
  const pools = new Set(own.map((item) => item.pool));
  const offers = plan.offerings.filter((item) => pools.has(item.pool));
  if (!offers.some((item) => item.capacityType === 'spot')) return ['none: its pools offer no spot capacity'];
  const limit = plan.decision.constraintPrices.find((item) => item.constraint === `spot-share/${workload}`);
  const price =
    limit === undefined
      ? ''
      : limit.perMonth > 0
        ? `; that limit costs ${formatUsd(limit.perMonth)} USD/month`
        : '; a higher limit would save nothing';
  return [
    `${spot} of ${all} replicas in the busiest window (${formatPercent(spot / Math.max(1, all), 2)}); at most ${allowed} is allowed${price}`,
    ...spotPrices(offers),
    'the others carry the demand when spot capacity is reclaimed, as the availability below asks',
  ];
}

function spotPrices(offers: PlanDocument['offerings']): readonly string[] {
  return [...Map.groupBy(offers, (item) => item.instanceType.name)].flatMap(([name, items]) => {
    const least = (type: string): number =>
      Math.min(...items.filter((item) => item.capacityType === type).map((item) => item.price));
    const [spot, list] = [least('spot'), least('on-demand')];
    return Number.isFinite(spot) && Number.isFinite(list) && list > 0
      ? [
          `a spot ${name} costs ${formatPercent(1 - spot / list, 2)} less than on demand (${formatUsd(usd(spot / 1e6))} against ${formatUsd(usd(list / 1e6))} USD/hour)`,
        ]
      : [];
  });
}

/** What each rule costs: those that bind, dearest first, and how many do not. */
export function constraintLines({ decision }: PlanDocument): readonly string[] {
  const priced = decision.constraintPrices.filter((item) => item.perMonth > 0);
  const free = decision.constraintPrices.length - priced.length;
  return [
    ...priced
      .toSorted((a, b) => b.perMonth - a.perMonth)
      .map((item) => `${item.constraint}: ${signedUsd(item.perMonth)} USD/month (${item.description})`),
    ...(free > 0 ? [`${free} ${free === 1 ? 'rule costs' : 'rules cost'} nothing as things stand`] : []),
  ];
}
