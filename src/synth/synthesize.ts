import { failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { compareObjects } from './apply-order.ts';
import type { JsonObject, SynthesisSource, SynthesizedFile } from './files.ts';
import { renderObject } from './kubernetes/api-object.ts';
import type { ObjectFacts } from './kubernetes/api-object.ts';
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
  const objects = profile.value.objects(source);
  if (!objects.ok) return objects;
  const problems = checkNames(objects.value);
  if (hasErrors(problems)) return failure(...objects.diagnostics, ...problems);
  const files = objects.value.map((object) => synthesizedFile(profile.value.name, object));
  return success(files.sort(compareObjects), objects.diagnostics);
}

/**
 * An object as a file of a profile's folder, for objects that were changed after synthesis (a remediation, say).
 * The object must have an API version, a kind and a name; else a `TypeError` is thrown, a bug of the caller.
 */
export function fileOfObject(profile: string, manifest: JsonObject): SynthesizedFile {
  const { apiVersion, kind, metadata } = manifest as { [key in 'apiVersion' | 'kind' | 'metadata']: unknown };
  const { name, namespace } = (metadata ?? {}) as { readonly name?: unknown; readonly namespace?: unknown };
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') {
    throw new TypeError('a manifest must have an apiVersion, a kind and a name');
  }
  if (![kind, name, ...(typeof namespace === 'string' ? [namespace] : [])].every(isFileName)) {
    throw new TypeError(`${kind} ${name} has a name that cannot be part of a path`);
  }
  const place = typeof namespace === 'string' ? namespace : '';
  return {
    path: `${profile}/${place === '' ? CLUSTER_FOLDER : place}/${kind.toLowerCase()}-${name}.yaml`,
    apiVersion,
    kind,
    namespace: place,
    name,
    manifest,
    text: yamlText(manifest),
  };
}

function isFileName(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text) || text === '';
}

function synthesizedFile(profile: string, object: ObjectFacts): SynthesizedFile {
  return fileOfObject(profile, renderObject(object));
}
