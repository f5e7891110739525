import type { PlanDocument, ProblemDocument, ResolvedProblem, ServiceDocument } from '../../model/index.ts';
import type { SensitivityFactor } from '../../report/index.ts';
import { compareText } from '../../units/index.ts';
import { parseExpression } from './expression.ts';
import { pathText } from './field-path.ts';
import type { Variant } from './variants.ts';

/** One thing that may be otherwise, and the variant in which it is. */
export interface SensitivityQuestion extends Pick<SensitivityFactor, 'kind' | 'share'> {
  readonly variant: Variant;
}

/** By how much each kind of thing is varied, both ways. */
const SHARES: Readonly<Record<SensitivityFactor['kind'], number>> = { price: 0.2, traffic: 0.5, slo: 0.25 };

/** The questions about a workload, and what cannot be asked about it. */
export function sensitivityQuestions(
  plan: PlanDocument,
  workload: string,
  resolved: ResolvedProblem,
): { readonly questions: readonly SensitivityQuestion[]; readonly remarks: readonly string[] } {
  const { document, kind } = declaredAs(plan, workload);
  const paths: Readonly<Record<SensitivityFactor['kind'], readonly string[]>> = {
    price: pricePaths(poolsOf(plan, workload, resolved), plan.problem),
    traffic:
      kind === 'llm'
        ? [pathOf('workloads', workload, 'rate')]
        : trafficPaths(workload, plan.problem.services ?? []),
    slo: hasLimits(document) ? [pathOf(kind === 'llm' ? 'workloads' : 'services', workload, 'slo')] : [],
  };
  const kinds = Object.keys(SHARES) as SensitivityFactor['kind'][];
  return {
    questions: kinds.flatMap((item) =>
      paths[item].length === 0
        ? []
        : [-SHARES[item], SHARES[item]].map((share) => ({
            kind: item,
            share,
            variant: scaledVariant(paths[item], 1 + share),
          })),
    ),
    remarks: kinds.filter((item) => paths[item].length === 0).map((item) => MISSING[item]),
  };
}

const MISSING: Readonly<Record<SensitivityFactor['kind'], string>> = {
  price: 'Prices are not varied: it uses no pool.',
  traffic: 'Traffic is not varied: no requests from outside reach it.',
  slo: 'Latency limits are not varied: it has none of its own.',
};

/** All paths times a factor, as one variant. */
export function scaledVariant(paths: readonly string[], factor: number): Variant {
  const percent = Number(((factor - 1) * 100).toPrecision(9));
  const change = Math.abs(percent) < 100 ? `${percent >= 0 ? '+' : ''}${percent}%` : `x${factor}`;
  return variantOfText(paths.map((path) => `${path}=${change}`).join(', '));
}

/** A variant whose name is what it changes. Throws for what cannot be read: a bug of the caller. */
export function variantOfText(text: string): Variant {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`"${text}" is no change`);
  return { name: text, assignments: parsed.value };
}

/** Declared ids of the pools that a workload runs on, sorted; of many instance types that of them all. */
export function poolsOf(
  plan: PlanDocument,
  workload: string,
  { problem }: ResolvedProblem,
): readonly string[] {
  const mixOf = new Map(problem.pools.map((pool) => [pool.id, pool.mix ?? pool.id]));
  const used = [...plan.decision.allocations, ...(plan.decision.serviceAllocations ?? [])].filter(
    (item) => item.workload === workload,
  );
  return [...new Set(used.map((item) => mixOf.get(item.pool) ?? item.pool))].sort(compareText);
}

/** Paths to all prices of pools: list and spot. */
export function pricePaths(
  pools: readonly string[],
  { pools: declared }: ProblemDocument,
): readonly string[] {
  return pools.flatMap((id) => {
    const types = declared.find((pool) => pool.id === id)?.capacityTypes ?? ['on-demand'];
    return [
      ...(types.some((type) => type !== 'spot') ? [pathOf('pools', id, 'price')] : []),
      ...(types.includes('spot') ? [pathOf('pools', id, 'spotPrice')] : []),
    ];
  });
}

/** The rates of the services with requests from outside that reach a service, through others or by themselves. */
function trafficPaths(workload: string, services: readonly ServiceDocument[]): readonly string[] {
  const reaching = new Set([workload]);
  for (let size = 0; size !== reaching.size;) {
    size = reaching.size;
    for (const service of services) {
      const calls = [
        ...(service.calls ?? []),
        ...(service.requestClasses ?? []).flatMap((item) => item.calls ?? []),
      ];
      if (calls.some((call) => reaching.has(call.service))) reaching.add(service.id);
    }
  }
  return services
    .filter((item) => reaching.has(item.id) && (item.requestClasses ?? []).length > 0)
    .map((item) => pathOf('services', item.id, 'rate'))
    .sort(compareText);
}

function pathOf(...names: readonly string[]): string {
  return pathText(names.map((name) => ({ kind: 'name', name })));
}

function declaredAs(
  { problem }: PlanDocument,
  workload: string,
): { readonly kind: 'llm' | 'service'; readonly document: { readonly slo?: unknown } | undefined } {
  const service = problem.services?.find((item) => item.id === workload);
  return service === undefined
    ? { kind: 'llm', document: problem.workloads.find((item) => item.id === workload) }
    : { kind: 'service', document: { slo: service.slo?.response } };
}

function hasLimits(document: { readonly slo?: unknown } | undefined): boolean {
  const slo = document?.slo;
  return typeof slo === 'object' && slo !== null && Object.keys(slo).length > 0;
}
