import type { ClusterClient, ClusterObject, ManagedFields } from '../cluster/cluster-client.ts';
import { isOwn, otherOwners } from './applied-fields.ts';
import { scaledRange, statesReplicas } from './replicas.ts';

/**
 * The manager that holds `spec.replicas` between us and an autoscaler. A field that its only owner no longer applies is removed, and a Deployment
 * without `replicas` falls to one: so ownership is handed over first (Kubernetes, "Server-Side Apply", transferring ownership, 2026).
 */
export const HANDOVER_MANAGER = 'plimsoll-replicas';

const REPLICAS = ['f:spec', 'f:replicas'];
/** The controller behind every HorizontalPodAutoscaler, KEDA's among them. */
const AUTOSCALER_MANAGER = 'kube-controller-manager';

/** What is done around the write of a pod set. */
export interface Handover {
  /** Replicas that the handover manager takes before our write. */
  readonly before?: number;
  /** It takes them even from the autoscaler's controller. */
  readonly isForced?: true;
  /** Replicas that it sets after our write. */
  readonly after?: number;
  /** After our write it lets go of the field. */
  readonly isReleased?: true;
}

/**
 * How `spec.replicas` of a pod set changes hands, if it does:
 * - planned without replicas, and ours until now: the handover manager takes the present value first;
 * - planned without replicas, and nobody's (a new set): it sets `start`, where Kubernetes would start a single one;
 * - planned with replicas, and an autoscaler's until now: it takes the planned value, and lets go once we own it.
 */
export function handoverOf(
  intended: ClusterObject,
  live: ClusterObject | undefined,
  start: number,
): Handover {
  if (statesReplicas(intended)) {
    if (live === undefined || !mayTakeReplicas(live)) return {};
    const { replicas } = intended['spec'] as { readonly replicas: number };
    return { before: replicas, isForced: true, isReleased: true };
  }
  if (scaledRange(intended) === undefined) return {};
  if (live === undefined) return start === 1 ? {} : { after: start };
  const current = (live['spec'] as { readonly replicas?: number } | undefined)?.replicas ?? 1;
  if (isOwn(live, REPLICAS)) return { before: current };
  return otherOwners(live, REPLICAS).length === 0 && current < start ? { after: start } : {};
}

/** Whether only the handover manager or the controller of an autoscaler that we planned holds the replicas. */
export function mayTakeReplicas(live: ClusterObject): boolean {
  const owners = otherOwners(live, REPLICAS);
  const isScaledByPlan = scaledRangeOfLive(live);
  return (
    owners.length > 0 && owners.every((owner) => isHandover(owner) || (isScaledByPlan && isAutoscaler(owner)))
  );
}

/** Writes `spec.replicas` of a pod set as the handover manager; `undefined` lets go of it. */
export async function handOver(
  client: ClusterClient,
  { apiVersion, kind, metadata }: ClusterObject,
  replicas: number | undefined,
  isForced: boolean,
): Promise<ClusterObject> {
  const { name, namespace } = metadata;
  return client.apply(
    {
      apiVersion,
      kind,
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      ...(replicas === undefined ? {} : { spec: { replicas } }),
    },
    { fieldManager: HANDOVER_MANAGER, force: isForced, isDryRun: false },
  );
}

function isHandover(owner: ManagedFields): boolean {
  return owner.manager === HANDOVER_MANAGER;
}

function isAutoscaler(owner: ManagedFields): boolean {
  return owner.manager === AUTOSCALER_MANAGER && owner.subresource === 'scale';
}

/** Live objects always state replicas; their annotations tell whether the plan before left them to an autoscaler. */
function scaledRangeOfLive(live: ClusterObject): boolean {
  const annotations = live.metadata.annotations ?? {};
  return annotations['plimsoll.dev/min-replicas'] !== undefined;
}
