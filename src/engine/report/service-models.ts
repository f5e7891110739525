import type { PlanDocument, ServiceWorkload } from '../../model/index.ts';
import { PlannedResponses, callRates } from '../../perf/index.ts';
import { busiestWindow } from '../../plan/index.ts';
import type { LoadedStack } from '../load-stack.ts';
import { withServiceRates } from '../resolve-problem.ts';

/** The models of a plan's services, and the requests that reach each of them by hour of the week. */
export interface ServiceModels {
  readonly responses: PlannedResponses;
  readonly hourlyRates: ReadonlyMap<string, Float64Array>;
  readonly workloads: ReadonlyMap<string, ServiceWorkload>;
}

/** The models of the services that a plan decided about, as they run in its busiest window; undefined where it did not decide about all. */
export function serviceModels(plan: PlanDocument, stack: LoadedStack): ServiceModels | undefined {
  const { services } = withServiceRates(stack.problem);
  const window = busiestWindow(plan.decision)?.id ?? '';
  const planned = new Map(
    (plan.decision.services ?? []).map(({ workload, shape, load }) => {
      const own = load[window];
      return [workload, { shape, replicas: own?.planned ?? 0, requestRate: own?.requestRate ?? 0 }] as const;
    }),
  );
  if (services.length === 0 || services.some(({ id }) => !planned.has(id))) return undefined;
  return {
    responses: new PlannedResponses(services, planned),
    hourlyRates: callRates(services),
    workloads: new Map(services.map((service) => [service.id, service])),
  };
}
