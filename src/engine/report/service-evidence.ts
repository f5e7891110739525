import type { PlanDocument, ServiceDecision } from '../../model/index.ts';
import { serviceHours } from './hours-of-week.ts';
import type { WorkloadPart } from './report-part.ts';
import { serviceCurve } from './service-curve.ts';
import { isReproduced, serviceLatencies } from './service-latencies.ts';
import type { ServiceModels } from './service-models.ts';

/** What is told of one service: with its models, or without what the plan holds. */
export function serviceEvidence(
  plan: PlanDocument,
  decision: ServiceDecision,
  models?: ServiceModels,
): WorkloadPart {
  const { workload } = decision;
  const curve = models === undefined ? undefined : serviceCurve(plan, decision, models);
  return {
    evidence: {
      workload,
      kind: 'service',
      latencies: serviceLatencies(plan, decision, models),
      ...(curve === undefined ? {} : { capacityCurve: curve }),
      hours: serviceHours(plan.decision, decision, models?.hourlyRates.get(workload)),
    },
    remarks: isReproduced(decision, models)
      ? []
      : [
          `The response times of ${workload} no longer come out as planned; shown are the percentiles of the plan, without their distribution. Plan again to see it.`,
        ],
  };
}
