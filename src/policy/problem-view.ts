import { PERCENTILES, METRICS } from './latency-names.ts';
import { parseDuration, parseMonthlyUsd, parsePercent, sortedBy, toDollars } from '../units/index.ts';
import type { Parsed } from '../units/index.ts';
import type { LlmServiceDocument, PoolDocument, ProblemDocument, ServiceDocument } from '../model/index.ts';
import type { BudgetView, DeclaredPoolView, DeclaredWorkloadView, LimitView, ProblemView } from './views.ts';

/** Availability that a workload promises when it states none (the default of `SloDocument.availability`). */
const DEFAULT_AVAILABILITY = 0.99;

/**
 * The declared problem as rules see it: defaults filled in, quantities as numbers, lists sorted by id.
 * The document must have passed `parseProblem`; a quantity that cannot be read becomes not-a-number.
 */
export function problemView(document: ProblemDocument): ProblemView {
  const pools = sortedBy(document.pools, (pool) => pool.id);
  return {
    name: document.name,
    seed: document.seed ?? 1,
    workloads: [
      ...sortedBy(document.workloads, (workload) => workload.id).map((workload) =>
        declaredWorkload(workload, document.name, pools),
      ),
      ...sortedBy(document.services ?? [], (service) => service.id).map((service) =>
        declaredService(service, document.name, pools),
      ),
    ],
    pools: pools.map(declaredPool),
    budgets: sortedBy(document.budgets ?? [], (budget) => budget.id).map((budget): BudgetView => ({
      id: budget.id,
      team: budget.team ?? '',
      limitPerMonth: numberOf(parseMonthlyUsd(budget.limit), toDollars),
    })),
    waivers: (document.waivers ?? []).map((waiver) => ({ ...waiver, subject: waiver.subject ?? '*' })),
  };
}

function declaredPool(pool: PoolDocument): DeclaredPoolView {
  return {
    id: pool.id,
    provider: pool.provider,
    region: pool.region,
    zones: [...pool.zones].sort(),
    instanceType: pool.instanceType ?? '',
    capacityTypes: [...(pool.capacityTypes ?? (['on-demand'] as const))].sort(),
    ...(pool.maxNodes === undefined ? {} : { maxNodes: pool.maxNodes }),
    labels: pool.labels ?? {},
    taints: pool.taints ?? [],
  };
}

function declaredWorkload(
  workload: LlmServiceDocument,
  stack: string,
  pools: readonly PoolDocument[],
): DeclaredWorkloadView {
  return {
    ...commonFacts(workload, stack, pools),
    kind: workload.kind,
    model: workload.model,
    precisions: workload.precisions ?? ['bf16'],
    engines: workload.engines ?? ['vllm'],
    maxModelLength: workload.maxModelLength ?? 0,
    slo: declaredSlo(workload.slo),
  };
}

function declaredService(
  service: ServiceDocument,
  stack: string,
  pools: readonly PoolDocument[],
): DeclaredWorkloadView {
  const { response = {}, availability, tolerates } = service.slo ?? {};
  const limits = PERCENTILES.flatMap((percentile): readonly LimitView[] => {
    const text = response[percentile];
    const metric = 'response';
    return text === undefined ? [] : [{ metric, percentile, limit: numberOf(parseDuration(text), Number) }];
  });
  return {
    ...commonFacts(service, stack, pools),
    kind: 'service',
    model: '',
    precisions: [],
    engines: [],
    maxModelLength: 0,
    slo: {
      limits,
      availability: declaredAvailability(availability),
      tolerates: tolerates ?? 'correlation-group',
    },
  };
}

/** What both kinds declare alike. */
function commonFacts(
  workload: LlmServiceDocument | ServiceDocument,
  stack: string,
  pools: readonly PoolDocument[],
): Pick<DeclaredWorkloadView, 'id' | 'team' | 'namespace' | 'pools' | 'mayUseSpot' | 'maxSpotShare'> {
  const allowed = [...(workload.pools ?? pools.map((pool) => pool.id))].sort();
  const maxSpotShare =
    workload.maxSpotShare === undefined ? 1 : numberOf(parsePercent(workload.maxSpotShare), Number);
  const offersSpot = pools.some(
    (pool) => allowed.includes(pool.id) && (pool.capacityTypes ?? []).includes('spot'),
  );
  return {
    id: workload.id,
    team: workload.team ?? '',
    namespace: workload.namespace ?? stack,
    pools: allowed,
    mayUseSpot: offersSpot && maxSpotShare > 0,
    maxSpotShare,
  };
}

function declaredAvailability(text: string | undefined): number {
  return text === undefined ? DEFAULT_AVAILABILITY : numberOf(parsePercent(text), Number);
}

function declaredSlo(slo: LlmServiceDocument['slo']): DeclaredWorkloadView['slo'] {
  const limits = METRICS.flatMap((metric) =>
    PERCENTILES.flatMap((percentile): readonly LimitView[] => {
      const text = slo[metric]?.[percentile];
      return text === undefined ? [] : [{ metric, percentile, limit: numberOf(parseDuration(text), Number) }];
    }),
  );
  const availability = declaredAvailability(slo.availability);
  return { limits, availability, tolerates: slo.tolerates ?? 'correlation-group' };
}

function numberOf<T>(parsed: Parsed<T>, toNumber: (value: T) => number): number {
  return parsed.ok ? toNumber(parsed.value) : NaN;
}
