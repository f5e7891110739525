import { findModel, hasDenseLayers, shippedCatalog } from '../../catalog/index.ts';
import type { Precision, ProblemDocument } from '../../model/index.ts';

/**
 * The checkpoint an engine can load for a declared model: problems may name one by the last part of its Hugging Face
 * id and in any case (`llama-3.1-8b-instruct`), engines need the id as it is published. Names of the problem's own
 * catalogue win over shipped ones. A name that is a path or an id already, or that nobody knows, stays as it is.
 */
export function publishedId(model: string, problem: ProblemDocument): string {
  const wanted = model.trim().toLowerCase();
  const ids = [...(problem.catalog?.models ?? []), ...shippedCatalog().models].flatMap((item) => [
    item.name,
    ...(item.aliases ?? []),
  ]);
  return (
    ids.find((id) => id.toLowerCase() === wanted && id.includes('/')) ??
    (model.includes('/') ? undefined : ids.find((id) => id.toLowerCase().endsWith(`/${wanted}`))) ??
    model
  );
}

/**
 * Whether a declared model has dense feed-forwards or shared experts; a model that nobody knows is taken to have.
 * Dimensions of the problem's own catalogue win over shipped ones.
 */
export function hasDenseFeedForward(model: string, problem: ProblemDocument): boolean {
  const wanted = model.trim().toLowerCase();
  const own = problem.catalog?.models?.find((item) =>
    [item.name, ...(item.aliases ?? [])].some((name) => name.toLowerCase() === wanted),
  );
  if (own !== undefined) {
    const moeLayers = own.moe === undefined ? 0 : (own.moe.layers ?? own.layers);
    return moeLayers < own.layers || (own.moe?.sharedIntermediate ?? 0) > 0;
  }
  const shipped = findModel(shippedCatalog(), model);
  return !shipped.ok || hasDenseLayers({ architecture: shipped.value });
}

/**
 * Whether the checkpoint of a declared model holds its weights in this format, so that it needs no other one: the first
 * format in which the shipped catalogue says it is published. False for a model that it does not know.
 */
export function isPublishedIn(model: string, format: Precision): boolean {
  const shipped = findModel(shippedCatalog(), model);
  return shipped.ok && shipped.value.checkpoints[0] === format;
}
