import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { ObjectFacts } from './api-object.ts';
import { isDnsLabel, isServiceName } from './names.ts';

/** Kinds after which a Service is named, by the user or by their controller; such names start with a letter. */
const SERVICE_NAMED = new Set(['Service', 'LeaderWorkerSet']);

/**
 * What is wrong with the names of objects, all of it: `synth-invalid-name` where Kubernetes would refuse a name or
 * a namespace, `synth-name-collision` where two objects are the same to the cluster. Sorted by object.
 */
export function checkNames(objects: readonly ObjectFacts[]): readonly Diagnostic[] {
  const byIdentity = Map.groupBy(objects, identity);
  const collisions = [...byIdentity]
    .filter(([, same]) => same.length > 1)
    .map(([id, same]) => collision(id, same.length));
  return [...objects.flatMap(invalidNames), ...collisions];
}

function identity(object: ObjectFacts): string {
  const { namespace, name } = object.metadata;
  return [object.kind, namespace, name].filter((part) => part !== undefined).join('/');
}

function invalidNames(object: ObjectFacts): readonly Diagnostic[] {
  const { namespace, name } = object.metadata;
  const isNamed = SERVICE_NAMED.has(object.kind) ? isServiceName(name) : isDnsLabel(name);
  return [
    ...(isNamed ? [] : [invalid(object, name, SERVICE_NAMED.has(object.kind))]),
    ...(namespace === undefined || isDnsLabel(namespace) ? [] : [invalid(object, namespace, false)]),
  ];
}

function invalid(object: ObjectFacts, name: string, mustStartWithLetter: boolean): Diagnostic {
  return diagnostic('synth-invalid-name', {
    summary: `"${name}" cannot be a name of ${object.kind} ${identity(object)}.`,
    detail: mustStartWithLetter
      ? 'It must be lower-case letters, digits and dashes, start with a letter and have at most 63 characters.'
      : 'It must be lower-case letters, digits and dashes, at most 63 characters.',
    path: identity(object),
    fix: 'Change the id of the stack, workload, pool or namespace it is made of.',
  });
}

function collision(id: string, count: number): Diagnostic {
  return diagnostic('synth-name-collision', {
    summary: `${count} objects would be ${id}.`,
    path: id,
    fix: 'Change the id of one of the workloads or pools they are made of, or give them different namespaces.',
  });
}
