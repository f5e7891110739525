import { expandMixes, resolveOfferings, shippedCatalog } from '../../catalog/index.ts';
import { parseProblem } from '../../model/index.ts';
import type { CpuArchitecture, ResolvedProblem, ServiceDocument } from '../../model/index.ts';
import { callRates, serviceShapes } from '../../perf/index.ts';
import type { CpuText, MemoryText } from '../../units/index.ts';

/** A problem of services alone, resolved with the shipped catalogue; throws what is wrong with it. */
export function resolvedServices(facts: {
  readonly services: readonly ServiceDocument[];
  readonly types: readonly string[];
  /** Default: amd64. */
  readonly architectures?: readonly CpuArchitecture[];
  readonly zones?: readonly string[];
  readonly capacityTypes?: readonly ('on-demand' | 'spot')[];
  readonly maxNodes?: number;
  readonly budget?: string;
}): ResolvedProblem {
  const parsed = parseProblem({
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
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((item) => item.summary).join('; '));
  const catalog = shippedCatalog();
  const expanded = expandMixes(parsed.value, catalog);
  if (!expanded.ok) throw new Error(expanded.diagnostics.map((item) => item.summary).join('; '));
  const offerings = resolveOfferings(expanded.value, catalog);
  const shapes = serviceShapes(expanded.value.services);
  if (!offerings.ok || !shapes.ok) throw new Error('the problem does not resolve');
  const rates = callRates(expanded.value.services);
  return {
    problem: expanded.value,
    offerings: offerings.value,
    workloads: [],
    services: expanded.value.services.map((workload) => ({
      workload,
      shapes: shapes.value.get(workload.id) ?? [],
      hourlyRate: Array.from(rates.get(workload.id) ?? []),
    })),
  };
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
