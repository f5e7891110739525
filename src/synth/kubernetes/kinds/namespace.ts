import type { ObjectFacts } from '../api-object.ts';
import { TEAM_LABEL, stackLabels } from '../labels.ts';
import { labelValue } from '../names.ts';

/** Namespaces that exist in every cluster and are not ours to write (Kubernetes, "Initial namespaces"). */
const GIVEN = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/**
 * What the API server refuses in a namespace: host paths, host networks, privileged containers, added capabilities (Kubernetes,
 * "Pod Security Standards": `baseline`, the strictest that images which run as root pass).
 */
const BASELINE = { 'pod-security.kubernetes.io/enforce': 'baseline' } as const;
/** What it refuses instead where pods need capabilities beyond that standard: nothing. */
const PRIVILEGED = { 'pod-security.kubernetes.io/enforce': 'privileged' } as const;

/** What a stack has in a namespace. */
export interface NamespaceFacts {
  /** Teams, '' for what belongs to none. */
  readonly teams: readonly string[];
  readonly isPrivileged: boolean;
}

/** Whether a namespace is the stack's own, for it to write and to close. */
export function isOwnNamespace(name: string): boolean {
  return !GIVEN.has(name);
}

/** A namespace of a stack, with its team where it has one; none for those every cluster has. */
export function namespace(
  stack: string,
  name: string,
  { teams, isPrivileged }: NamespaceFacts,
): readonly ObjectFacts[] {
  if (!isOwnNamespace(name)) return [];
  const [team] = teams;
  const labels = {
    ...stackLabels(stack),
    ...(isPrivileged ? PRIVILEGED : BASELINE),
    ...(team === undefined || team === '' || teams.length > 1 ? {} : { [TEAM_LABEL]: labelValue(team) }),
  };
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }];
}
