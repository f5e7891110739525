import type { Decision, PlanDocument, ServiceShape } from '../model/index.ts';

/**
 * A decision as JSON can hold it: the rate of a replica that is never the limit (Infinity in the model) is left out.
 * The decision itself where no service is declared.
 */
export function writableDecision(decision: Decision): Decision {
  return withRates(decision, ({ ratePerReplica, ...shape }) =>
    Number.isFinite(ratePerReplica) ? { ...shape, ratePerReplica } : (shape as ServiceShape),
  );
}

/** A plan as JSON can hold it; see `writableDecision`. */
export function writablePlan(plan: PlanDocument): PlanDocument {
  return { ...plan, decision: writableDecision(plan.decision) };
}

/** A decision as it was before `writableDecision`. */
export function readableDecision(decision: Decision): Decision {
  return withRates(decision, (shape) => ({
    ...shape,
    ratePerReplica: (shape as Partial<ServiceShape>).ratePerReplica ?? UNLIMITED,
  }));
}

const UNLIMITED = Infinity as ServiceShape['ratePerReplica'];

function withRates(decision: Decision, change: (shape: ServiceShape) => ServiceShape): Decision {
  const { services, serviceAllocations } = decision;
  return {
    ...decision,
    ...(services === undefined
      ? {}
      : { services: services.map((item) => ({ ...item, shape: change(item.shape) })) }),
    ...(serviceAllocations === undefined
      ? {}
      : { serviceAllocations: serviceAllocations.map((item) => ({ ...item, shape: change(item.shape) })) }),
  };
}
