import { diagnostic, failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { ModelArchitecture, Problem, Workload } from '../model/index.ts';
import type { Catalog } from './catalog.ts';
import { findModel } from './find.ts';

/**
 * The architecture of every workload's model, keyed by workload id.
 * Errors, all at once with the workload's path: `catalog-unknown-model`, and `model-out-of-range` for a sequence length
 * beyond what the model can take.
 */
export function resolveModels(
  problem: Problem,
  catalog: Catalog,
): Outcome<ReadonlyMap<string, ModelArchitecture>> {
  const models = new Map<string, ModelArchitecture>();
  const diagnostics: Diagnostic[] = [];
  for (const workload of problem.workloads) {
    const found = findModel(catalog, workload.model, workload.path);
    diagnostics.push(...found.diagnostics);
    if (!found.ok) continue;
    diagnostics.push(...lengthProblems(workload, found.value));
    models.set(workload.id, found.value);
  }
  return hasErrors(diagnostics) ? failure(...diagnostics) : success(models, diagnostics);
}

function lengthProblems(workload: Workload, model: ModelArchitecture): Diagnostic[] {
  if (workload.maxModelLength <= model.maxContext) return [];
  return [
    diagnostic('model-out-of-range', {
      summary: `Workload "${workload.id}" asks for sequences of ${workload.maxModelLength} tokens; ${model.name} takes ${model.maxContext}.`,
      path: workload.path,
      fix: `Set maxModelLength to ${model.maxContext} or less.`,
    }),
  ];
}
