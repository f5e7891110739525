import { fieldsAt, fieldsOf, numberOf, textEntries, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';

/** Kinds whose pods are the replicas of a service. */
export const WORKLOAD_KINDS: readonly string[] = ['Deployment', 'StatefulSet'];

/** Longest id that a problem takes. */
const LONGEST_ID = 40;

/** A Deployment or StatefulSet with the facts that others refer to. */
export interface ImportedWorkload {
  readonly object: KubernetesObject;
  /** Name of the service in the stack. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly podSpec: Fields;
  readonly replicas: number;
}

/** Names the services of a stack: the object's own name, with its namespace or kind where two would share it. */
export function importedWorkloads(objects: readonly KubernetesObject[]): readonly ImportedWorkload[] {
  const workloads = objects.filter((object) => WORKLOAD_KINDS.includes(object.kind));
  const taken = new Set<string>();
  return workloads.map((object) => {
    const candidates = [
      object.name,
      `${object.namespace}-${object.name}`,
      `${object.namespace}-${object.name}-${object.kind}`,
    ].map(idOf);
    let id = candidates.find((name) => !taken.has(name)) ?? candidates[2]!;
    for (let n = 2; taken.has(id); n++) id = `${candidates[2]!.slice(0, LONGEST_ID - 5)}-${String(n)}`;
    taken.add(id);
    const spec = fieldsAt(object.value, 'spec');
    return {
      object,
      id,
      labels: Object.fromEntries(textEntries(fieldsAt(spec, 'template', 'metadata')['labels'])),
      podSpec: fieldsAt(spec, 'template', 'spec'),
      replicas: Math.max(0, Math.floor(numberOf(spec['replicas']) ?? 1)),
    };
  });
}

/** Whether an object refers to a workload by kind and name in the same namespace (`scaleTargetRef`). */
export function isTarget(reference: unknown, object: KubernetesObject, of: ImportedWorkload): boolean {
  const { kind, name } = fieldsOf(reference);
  return (
    textOf(kind) === of.object.kind &&
    textOf(name) === of.object.name &&
    object.namespace === of.object.namespace
  );
}

/** A name as Kubernetes labels allow it: lower case letters, digits and hyphens, a letter first. */
function idOf(name: string): string {
  const cleaned = name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
  const id = cleaned
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_ID)
    .replace(/[^a-z0-9]+$/, '');
  return id === '' ? 'service' : id;
}
