import { failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { PlanDocument } from '../model/index.ts';
import { canonicalValue, writablePlan } from '../plan/index.ts';
import { compareObjects } from './apply-order.ts';
import type { JsonObject, SynthesisSource, SynthesizedFile } from './files.ts';
import { orderedObject, renderObject } from './kubernetes/api-object.ts';
import { checkNames } from './kubernetes/check-names.ts';
import { findTargetProfile } from './kubernetes/profiles/registry.ts';
import { yamlText } from './kubernetes/yaml.ts';

/** What to write. */
export interface SynthesisOptions {
  /** Name of a target profile: `vanilla`. */
  readonly profile: string;
}

/** Folder of objects that belong to no namespace. */
const CLUSTER_FOLDER = '_cluster';

/**
 * The Kubernetes objects of a plan as files, sorted by wave, kind, namespace and name; the same plan gives the same
 * bytes whatever the order of its lists. A decision without replicas gives no workload objects.
 * Errors, all of them at once: `synth-unknown-profile`, `synth-unsupported`, `synth-invalid-name`,
 * `synth-name-collision`. Warnings (`synth-unsupported`) accompany files that leave something to the user.
 */
export function synthesize(
  source: SynthesisSource,
  options: SynthesisOptions,
): Outcome<readonly SynthesizedFile[]> {
  const profile = findTargetProfile(options.profile);
  if (!profile.ok) return profile;
  const objects = profile.value.objects(asWritten(source));
  if (!objects.ok) return objects;
  const problems = checkNames(objects.value);
  if (hasErrors(problems)) return failure(...objects.diagnostics, ...problems);
  const files = objects.value.map((object) => fileOfObject(profile.value.name, renderObject(object)));
  return success(files.sort(compareObjects), objects.diagnostics);
}

/**
 * The source as a plan file holds it: numbers rounded by the plan's rule. A plan in memory and the same plan read back
 * thus give the same bytes, also where a number is rounded up to whole seconds or bytes.
 */
function asWritten(source: SynthesisSource): SynthesisSource {
  const { stack, problem, offerings, traffic } = source;
  const { decision } = writablePlan(source as PlanDocument);
  return canonicalValue({ stack, problem, offerings, traffic, decision }) as SynthesisSource;
}

/**
 * An object as a file of a profile's folder, for objects that were changed after synthesis (repaired by a policy, say);
 * equal objects have equal bytes, whatever the order of their keys. The object must have an API version, a kind
 * and a name that can be part of a path; else a `TypeError` is thrown, a bug of the caller.
 */
export function fileOfObject(profile: string, object: JsonObject): SynthesizedFile {
  const manifest = orderedObject(object);
  const apiVersion = textField(manifest, 'apiVersion');
  const kind = textField(manifest, 'kind');
  const metadata = manifest['metadata'] as JsonObject | undefined;
  const name = metadata === undefined ? '' : textField(metadata, 'name');
  const namespace = metadata?.['namespace'] === undefined ? '' : textField(metadata, 'namespace');
  if (apiVersion === '' || ![kind, name, namespace || CLUSTER_FOLDER].every(isPathPart)) {
    throw new TypeError(`${kind} ${namespace}/${name} cannot be written as a file`);
  }
  return {
    path: `${profile}/${namespace || CLUSTER_FOLDER}/${kind.toLowerCase()}-${name}.yaml`,
    apiVersion,
    kind,
    namespace,
    name,
    manifest,
    text: yamlText(manifest),
  };
}

function textField(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

function isPathPart(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text);
}
