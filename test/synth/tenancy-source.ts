import type { ProblemDocument, ServiceDocument, TenancyDocument } from '../../src/model/index.ts';
import type { SynthesisSource } from '../../src/synth/index.ts';
import { SPLIT_SOURCE } from './disaggregated-source.ts';
import { SHOP_SOURCE } from './services-source.ts';

/*
 * The shop and the split models in one stack that asks for everything of tenancy: two teams in the namespace `llm`, services
 * that call each other over namespaces, quotas with half the peak as room, queues of Kueue, two namespaces of clients.
 */

const CALLS: Readonly<Record<string, readonly string[]>> = {
  frontend: ['cart', 'payment'],
  cart: ['legacy'],
  legacy: ['payment'],
};

function withCalls(service: ServiceDocument): ServiceDocument {
  const calls = CALLS[service.id];
  return calls === undefined ? service : { ...service, calls: calls.map((id) => ({ service: id })) };
}

const TENANCY: TenancyDocument = {
  clients: ['web', 'batch'],
  quotas: true,
  quotaRoom: '50%',
  queues: 'kueue',
};

/** The stack with another tenancy. */
export function tenantPlan(tenancy: TenancyDocument): SynthesisSource {
  const problem: ProblemDocument = {
    ...SPLIT_SOURCE.problem,
    name: 'tenants',
    pools: [...SPLIT_SOURCE.problem.pools, ...SHOP_SOURCE.problem.pools],
    services: (SHOP_SOURCE.problem.services ?? []).map(withCalls),
    tenancy,
  };
  const models = SPLIT_SOURCE.decision;
  const services = SHOP_SOURCE.decision;
  return {
    stack: 'tenants',
    problem,
    offerings: [...SPLIT_SOURCE.offerings, ...SHOP_SOURCE.offerings],
    traffic: SPLIT_SOURCE.traffic,
    decision: { ...services, ...models, nodes: [...models.nodes, ...services.nodes] },
  };
}

export const TENANT_SOURCE: SynthesisSource = tenantPlan(TENANCY);
