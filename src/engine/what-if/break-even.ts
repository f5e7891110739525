import type { PlanDocument, ResolvedProblem } from '../../model/index.ts';
import type { BreakEven } from '../../report/index.ts';
import { microUsd } from '../../units/index.ts';
import { pathText } from './field-path.ts';
import type { PlannedVariant } from './plan-variants.ts';
import { poolsOf, pricePaths, scaledVariant, variantOfText } from './sensitivity-questions.ts';
import { summarizePlan } from './summarize.ts';
import type { Variant } from './variants.ts';

/** Prices tried at most; two or three are enough where nothing else changes on the way. */
const MOST_TRIALS = 5;
/** Prices this close are one: relative. */
const CLOSE = 0.005;
/** Prices beyond so many times today's are not looked for. */
const MOST_FACTOR = 20;

/** Plans a variant; undefined where it has no plan. */
export type PlanOne = (variant: Variant) => Promise<PlannedVariant | undefined>;

/** What a plan costs at prices of one pool times `x`, as long as it stays as it is. */
interface CostLine {
  /** Micro-dollars per month at `x` = 1, were it the plan there. */
  readonly atOne: number;
  /** Micro-dollars per month and unit of `x`. */
  readonly slope: number;
}

/** What the prices of break-evens are found from. */
export interface BreakEvenSubject {
  readonly plan: PlanDocument;
  readonly workload: string;
  readonly resolved: ResolvedProblem;
}

/**
 * The prices at which another pool does as well for a language model: of the pool it runs on, dearer; of the pool that the best plan without it
 * would use, cheaper. A plan's cost is linear in the prices of a pool, and the least cost of all plans is concave, so the price is found by
 * crossing the lines of two plans and planning there: if a third plan is cheaper, its line takes the place of one of them (Eisner and Severance,
 * "Mathematical Techniques for Efficient Record Segmentation in Large Shared Databases", 1976).
 * Budgets are left aside.
 * @returns none where it runs on several pools, where no other is offered to it, or where no plan exists without its pool
 */
export async function breakEvens(
  { plan, workload, resolved }: BreakEvenSubject,
  planOne: PlanOne,
): Promise<readonly BreakEven[]> {
  const [pool, ...more] = poolsOf(plan, workload, resolved);
  const declared = plan.problem.workloads.find((item) => item.id === workload);
  if (pool === undefined || more.length > 0 || declared === undefined) return [];
  const others = (declared.pools ?? plan.problem.pools.map((item) => item.id)).filter((id) => id !== pool);
  if (others.length === 0) return [];
  const path = pathText(['workloads', workload, 'pools'].map((name) => ({ kind: 'name', name })));
  const rival = await planOne(
    withoutBudgets(plan, `${path}=[${others.map((id) => JSON.stringify(id)).join(', ')}]`),
  );
  if (rival?.plan === undefined) return [];
  const told = {
    rival: runOf(rival.plan, workload),
    rivalPerMonth: rival.plan.cost.totalPerMonth,
  };
  const dearer = await crossing({ plan, workload, rival: rival.plan, pool }, planOne);
  const [rivalPool, ...rest] = poolsOf(rival.plan, workload, resolved);
  const cheaper =
    rivalPool === undefined || rest.length > 0
      ? undefined
      : crossAt(lineOf(plan, rivalPool, 1), lineOf(rival.plan, rivalPool, 1));
  return [
    ...(dearer === undefined ? [] : [{ pool, ...told, ...dearer }]),
    ...(rivalPool !== undefined && cheaper !== undefined && cheaper > 0 && cheaper <= 1
      ? [{ pool: rivalPool, factor: rounded(cheaper), ...told, method: 'linear' as const }]
      : []),
  ];
}

/** A variant without the budgets of the stack: what is dearer is to be told, not ruled out. */
function withoutBudgets({ problem }: PlanDocument, text: string): Variant {
  return variantOfText((problem.budgets ?? []).length === 0 ? text : `${text}, budgets.*=`);
}

interface Crossing {
  readonly plan: PlanDocument;
  readonly workload: string;
  readonly rival: PlanDocument;
  readonly pool: string;
}

type FoundBreakEven = Pick<BreakEven, 'factor' | 'method'> &
  Partial<Pick<BreakEven, 'rival' | 'rivalPerMonth'>>;

async function crossing(
  { plan, workload, rival, pool }: Crossing,
  planOne: PlanOne,
): Promise<FoundBreakEven | undefined> {
  let [own, other] = [lineOf(plan, pool, 1), lineOf(rival, pool, 1)];
  let told: Pick<BreakEven, 'rival' | 'rivalPerMonth'> | undefined;
  const paths = pricePaths([pool], plan.problem);
  let factor = crossAt(own, other);
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    if (factor === undefined || factor < 1 || factor > MOST_FACTOR) return undefined;
    const found = await planOne(withoutBudgets(plan, scaledVariant(paths, rounded(factor)).name));
    if (found?.plan === undefined) break;
    const line = lineOf(found.plan, pool, rounded(factor));
    if (isAlike(found.plan, plan, workload)) own = line;
    else {
      other = line;
      const { atOne } = line;
      told = { rival: runOf(found.plan, workload), rivalPerMonth: microUsd(atOne) };
    }
    const next = crossAt(own, other);
    if (next !== undefined && Math.abs(next - factor) <= CLOSE * factor)
      return { factor: rounded(next), method: 'planned', ...told };
    factor = next;
  }
  return factor === undefined ? undefined : { factor: rounded(factor), method: 'linear', ...told };
}

/** The line of a plan that was made at prices of a pool times `factor`. */
export function lineOf({ cost }: PlanDocument, pool: string, factor: number): CostLine {
  const spent = cost.lineItems
    .filter((item) => item.pool === pool)
    .reduce((sum, item) => sum + item.effectiveCost, 0);
  const slope = spent / factor;
  return { slope, atOne: cost.totalPerMonth - spent + slope };
}

/** The factor at which two lines cost the same; undefined where they never do. */
export function crossAt(a: CostLine, b: CostLine): number | undefined {
  const slope = a.slope - b.slope;
  return Math.abs(slope) < 1 ? undefined : 1 + (b.atOne - a.atOne) / slope;
}

/** Whether a workload runs on the same accelerators in both. */
function isAlike(a: PlanDocument, b: PlanDocument, workload: string): boolean {
  const pools = (plan: PlanDocument): string =>
    [
      ...new Set(
        plan.decision.allocations.filter((item) => item.workload === workload).map((item) => item.pool),
      ),
    ]
      .sort()
      .join();
  return pools(a) === pools(b);
}

/** `a100-80gb-sxm, fp8 tp4`. */
function runOf(plan: PlanDocument, workload: string): string {
  const run = summarizePlan(plan).models.find((item) => item.workload === workload);
  return run === undefined ? 'another plan' : `${run.accelerators.join(' + ')}, ${run.runs.join(' + ')}`;
}

function rounded(factor: number): number {
  return Number(factor.toPrecision(5));
}
