import { expandMixes, resolveOfferings, shippedCatalog } from '../../catalog/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { parseProblem } from '../../model/index.ts';
import type { ProblemDocument, ResolvedProblem } from '../../model/index.ts';
import { resolveServices } from '../../perf/index.ts';

/** A problem of services alone, resolved with a catalogue (default: the shipped one); throws what is wrong with it. */
export function resolvedDocument(
  document: Omit<ProblemDocument, 'workloads'>,
  catalog?: Catalog,
): ResolvedProblem {
  const known = catalog ?? shippedCatalog();
  const problem = valueOf(expandMixes(valueOf(parseProblem(document)), known));
  return {
    problem,
    offerings: valueOf(resolveOfferings(problem, known)),
    workloads: [],
    services: valueOf(resolveServices(problem.services)),
  };
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('; '));
  return outcome.value;
}
