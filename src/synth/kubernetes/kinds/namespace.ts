import type { ObjectFacts } from '../api-object.ts';
import { stackLabels } from '../labels.ts';

/** Namespaces that exist in every cluster and are not ours to write (Kubernetes, "Initial namespaces"). */
const GIVEN = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/** A namespace of a stack; none for those every cluster has. */
export function namespace(stack: string, name: string): readonly ObjectFacts[] {
  if (GIVEN.has(name)) return [];
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: stackLabels(stack) } }];
}
