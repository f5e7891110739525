import { ClusterError, mapBounded } from '../../apply/index.ts';
import type { ClusterClient, ClusterObject } from '../../apply/index.ts';
import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';

/** Kinds that tell of workloads and nodes, of the versions that every supported Kubernetes serves. */
const KINDS = [
  { apiVersion: 'v1', kind: 'Node' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' },
  { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet' },
  { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics' },
] as const;
/** Kinds that most clusters lack, or that a user may well not see. */
const OPTIONAL: readonly string[] = ['LeaderWorkerSet', 'PodMetrics'];

/** Kinds read at one time. */
const AT_ONCE = 4;

/** Objects of a cluster, and what could not be read. */
export interface LiveObjects {
  readonly objects: readonly ClusterObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads what tells of workloads and nodes. A kind that is forbidden is left out with a warning. Rejects with `ClusterError` when the cluster cannot be read. */
export async function readLiveObjects(client: ClusterClient): Promise<LiveObjects> {
  const forbidden: string[] = [];
  const found = await mapBounded(KINDS, AT_ONCE, async (kind) => {
    try {
      return (await client.list(kind)).map((object) => ({ ...object, ...kind }));
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (error.failure === 'forbidden') forbidden.push(kind.kind);
      const isNone = error.failure === 'forbidden' || error.failure === 'unknown-kind';
      if (isNone || OPTIONAL.includes(kind.kind)) return [];
      throw error;
    }
  });
  return {
    objects: found.flat(),
    diagnostics: forbidden.length === 0 ? [] : [notReadable(client, forbidden)],
  };
}

function notReadable({ description }: ClusterClient, kinds: readonly string[]): Diagnostic {
  return diagnostic('import-not-readable', {
    summary: `${description} does not let you list ${kinds.join(', ')}; the stack lacks what they say.`,
    fix: 'Ask for the permission to list them in all namespaces.',
  });
}
