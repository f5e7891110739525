import type { PlanDocument, ProblemDocument, WorkloadDecision } from '../../../model/index.ts';
import { responseHeadroom, serviceSummaries, sloHeadroom } from '../../../plan/index.ts';
import type { ServiceSummary } from '../../../plan/index.ts';
import { compareText } from '../../../units/index.ts';
import type { WorkloadEvidence } from '../report-document.ts';

/** One limit of the SLO beside what is predicted, in seconds. */
export interface LimitFacts {
  /** `ttft p99`. */
  readonly name: string;
  readonly limit: number;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly headroom: number;
}

/** What a report says of one workload, gathered once. */
export interface WorkloadFacts {
  readonly name: string;
  readonly team: string;
  /** USD per month in micro-dollars. */
  readonly perMonth: number;
  readonly limits: readonly LimitFacts[];
  /** Least headroom over the limits; undefined without limits. */
  readonly headroom?: number;
  readonly evidence?: WorkloadEvidence;
  /** Present for language models. */
  readonly model?: {
    readonly decision: WorkloadDecision;
    readonly declared?: ProblemDocument['workloads'][number];
  };
  /** Present for services. */
  readonly service?: ServiceSummary;
}

/** Every workload of a plan, dearest first. */
export function workloadFacts(
  plan: PlanDocument,
  evidence: readonly WorkloadEvidence[],
): readonly WorkloadFacts[] {
  const computed = new Map(evidence.map((item) => [item.workload, item]));
  const costs = new Map(plan.cost.workloads.map((item) => [item.workload, item]));
  const limits = Map.groupBy(limitsOf(plan), (item) => item.workload);
  const declared = new Map(plan.problem.workloads.map((item) => [item.id, item]));
  const common = (name: string): Omit<WorkloadFacts, 'model' | 'service'> => {
    const own = (limits.get(name) ?? []).map((item) => item.facts);
    const found = computed.get(name);
    return {
      name,
      team: costs.get(name)?.team ?? '',
      perMonth: costs.get(name)?.perMonth ?? 0,
      limits: own,
      ...(own.length === 0 ? {} : { headroom: Math.min(...own.map((item) => item.headroom)) }),
      ...(found === undefined ? {} : { evidence: found }),
    };
  };
  const models = plan.decision.workloads.map((decision): WorkloadFacts => {
    const own = declared.get(decision.workload);
    return {
      ...common(decision.workload),
      model: { decision, ...(own === undefined ? {} : { declared: own }) },
    };
  });
  const services = serviceSummaries(plan).map((service): WorkloadFacts => ({
    ...common(service.workload),
    service,
  }));
  return [...models, ...services].sort((a, b) => b.perMonth - a.perMonth || compareText(a.name, b.name));
}

function limitsOf(plan: PlanDocument): readonly { readonly workload: string; readonly facts: LimitFacts }[] {
  const models = sloHeadroom(plan).map(({ workload, limit, value, low, high, headroom }) => ({
    workload,
    facts: { name: `${limit.metric} ${limit.percentile}`, limit: limit.limit, value, low, high, headroom },
  }));
  const services = responseHeadroom(plan).map(({ workload, percentile, limit, value, headroom }) => ({
    workload,
    facts: { name: `response ${percentile}`, limit, value, headroom },
  }));
  return [...models, ...services];
}
