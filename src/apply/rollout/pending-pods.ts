import { ClusterError } from '../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly message?: string;
  }[];
  readonly containerStatuses?: readonly {
    readonly state?: { readonly waiting?: { readonly reason?: string } };
  }[];
}

/**
 * Why pods of a pod set do not run, in the words of the scheduler or of the node: `0/3 nodes are available: …`, `ImagePullBackOff`. Empty where nothing is
 * known: no pods, no selector, or no permission to look at pods.
 */
export async function whyPending(client: ClusterClient, podSet: ClusterObject): Promise<string> {
  const labelSelector = selectorOf(podSet);
  const { namespace } = podSet.metadata;
  if (labelSelector === '' || namespace === undefined) return '';
  try {
    const pods = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector });
    const reasons = pods.flatMap((pod) => reasonOf((pod['status'] ?? {}) as PodStatus));
    return reasons[0] ?? '';
  } catch (error) {
    if (error instanceof ClusterError) return '';
    throw error;
  }
}

function reasonOf({ phase, conditions, containerStatuses }: PodStatus): readonly string[] {
  if (phase !== 'Pending') return [];
  const unscheduled = conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled !== undefined) return [unscheduled.message ?? 'not scheduled'];
  return (containerStatuses ?? []).flatMap(({ state }) => state?.waiting?.reason ?? []);
}

/** The labels that a Deployment or StatefulSet selects its pods by; groups of pods are found by their own label. */
function selectorOf(podSet: ClusterObject): string {
  if (podSet.kind === 'LeaderWorkerSet') return `leaderworkerset.sigs.k8s.io/name=${podSet.metadata.name}`;
  const spec = podSet['spec'] as
    { readonly selector?: { readonly matchLabels?: Record<string, string> } } | undefined;
  return Object.entries(spec?.selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
