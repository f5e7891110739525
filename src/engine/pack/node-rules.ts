import { fieldsAt, fieldsOf, listOf, recordsOf, textEntries, textOf } from '../import-manifests/fields.ts';
import type { Fields } from '../import-manifests/fields.ts';
import type { ClusterNode, ClusterPod, Taint } from './cluster.ts';

/** Whether a new pod may go to a node by its rules: node selector, required node affinity, taints, cordon. Resources are not looked at. */
export function mayRunOn(pod: ClusterPod, node: ClusterNode): boolean {
  return !node.isClosed && node.taints.every((taint) => tolerates(pod, taint)) && matchesSelectors(pod, node);
}

/** Whether node selector and required node affinity take the node, whatever its taints. */
export function matchesSelectors(pod: ClusterPod, node: ClusterNode): boolean {
  const selected = textEntries(pod.spec['nodeSelector']).every(([key, value]) => node.labels[key] === value);
  const affinity = fieldsAt(pod.spec, 'affinity', 'nodeAffinity')[REQUIRED];
  if (affinity === undefined) return selected;
  return (
    selected && recordsOf(fieldsOf(affinity)['nodeSelectorTerms']).some((term) => matchesTerm(term, node))
  );
}

/** The field of a rule that scheduling must keep. */
export const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Kubernetes, "Taints and Tolerations": an absent key tolerates all keys, an absent effect all effects. */
function tolerates(pod: ClusterPod, taint: Taint): boolean {
  return pod.tolerations.some(
    ({ key, operator, value, effect }) =>
      (effect === undefined || effect === '' || effect === taint.effect) &&
      (key === undefined || key === '' ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || value === taint.value),
  );
}

/** All expressions of a term must hold; a term without any matches nothing. */
function matchesTerm(term: Fields, node: ClusterNode): boolean {
  const expressions = [...recordsOf(term['matchExpressions']), ...recordsOf(term['matchFields'])];
  return expressions.length > 0 && expressions.every((expression) => holds(expression, node.labels));
}

function holds(expression: Fields, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textOf(expression['key']) ?? ''];
  const values = listOf(expression['values']).map(textOf);
  switch (textOf(expression['operator']) ?? '') {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
