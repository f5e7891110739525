import type { ObjectFacts } from '../api-object.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { routerLabels, routerName } from './router.ts';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * The identity of a router and what it may do: read the pods of its own namespace, nothing else. Routers watch pods to
 * know whom to send to (docs.sglang.io, SGLang Model Gateway, "Service Discovery": get, list, watch).
 */
export function routerAccess(served: ServedWorkload): readonly ObjectFacts[] {
  const { namespace } = served.workload;
  const name = routerName(served.workload.id);
  const metadata = { name, namespace, labels: routerLabels(served) };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ];
}
