import type { Outcome } from '../../diagnostics/index.ts';
import { success } from '../../diagnostics/index.ts';
import type { ResolvedService, ServiceWorkload } from '../../model/index.ts';
import { callRates } from './call-graph.ts';
import { serviceShapes } from './service-shapes.ts';

/** Services with the sizes of replica that they may have and the requests that reach them, callers' included; or why one has none. */
export function resolveServices(services: readonly ServiceWorkload[]): Outcome<readonly ResolvedService[]> {
  const shapes = serviceShapes(services);
  if (!shapes.ok) return shapes;
  const rates = callRates(services);
  const resolved = services.map((workload) => ({
    workload,
    shapes: shapes.value.get(workload.id) ?? [],
    hourlyRate: Array.from(rates.get(workload.id) ?? []),
  }));
  return success(resolved, shapes.diagnostics);
}
