import type { BudgetDocument, CpuArchitecture, ResolvedProblem, ServiceDocument } from '../../model/index.ts';
import type { CpuText, MemoryText } from '../../units/index.ts';
import { resolvedDocument } from './resolved-document.ts';

/** A problem of services alone, resolved with the shipped catalogue; throws what is wrong with it. */
export function resolvedServices(facts: {
  readonly services: readonly ServiceDocument[];
  readonly types: readonly string[];
  /** Default: amd64. */
  readonly architectures?: readonly CpuArchitecture[];
  readonly zones?: readonly string[];
  readonly capacityTypes?: readonly ('on-demand' | 'spot')[];
  readonly maxNodes?: number;
  readonly budget?: BudgetDocument['limit'];
}): ResolvedProblem {
  return resolvedDocument({
    apiVersion: 'plimsoll.dev/v1alpha1',
    name: 'fleet',
    pools: [
      {
        id: 'nodes',
        provider: 'aws',
        region: 'us-east-1',
        zones: facts.zones ?? ['us-east-1a', 'us-east-1b', 'us-east-1c'],
        instanceTypes: {
          names: facts.types,
          ...(facts.architectures === undefined ? {} : { architectures: facts.architectures }),
        },
        capacityTypes: facts.capacityTypes ?? ['on-demand'],
        ...(facts.maxNodes === undefined ? {} : { maxNodes: facts.maxNodes }),
      },
    ],
    services: facts.services,
    ...(facts.budget === undefined ? {} : { budgets: [{ id: 'monthly', limit: facts.budget }] }),
  });
}

/** A service of fixed size. */
export function fixedService(
  id: string,
  facts: { readonly cpu: CpuText; readonly memory: MemoryText; readonly replicas: number },
  more: Partial<ServiceDocument> = {},
): ServiceDocument {
  return {
    id,
    performance: {
      fixed: { resources: { requests: { cpu: facts.cpu, memory: facts.memory } }, replicas: facts.replicas },
    },
    ...more,
  };
}
