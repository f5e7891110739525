/** What KEDA would do by the clock: the cron triggers of ScaledObjects, without load. */
import { weekOf } from '../../synth/cron-week.ts';
import type { Json, Rest } from './rest.ts';

const SCALED_OBJECTS = '/apis/keda.sh/v1alpha1';
const SCALED_KINDS: Readonly<Record<string, string>> = {
  Deployment: '/apis/apps/v1',
  LeaderWorkerSet: '/apis/leaderworkerset.x-k8s.io/v1',
};

/** Replicas that a ScaledObject asks for in the middle of an hour of the week (0: Monday 00:00 UTC), by its cron triggers and its minimum. */
export function scheduledReplicas(scaledObject: Json, hour: number): number {
  const { minReplicaCount, maxReplicaCount, triggers } = scaledObject.spec;
  const spans = triggers
    .filter((trigger: Json) => trigger.type === 'cron')
    .map(({ metadata }: Json) => ({
      start: metadata.start,
      end: metadata.end,
      replicas: Number(metadata.desiredReplicas),
    }));
  return Math.min(maxReplicaCount as number, weekOf(spans, minReplicaCount as number)[hour] ?? 0);
}

/** Scales every target of the ScaledObjects of a stack as they ask for in an hour of the week, through the scale subresource as KEDA does. */
export async function scaleByClock(rest: Rest, stack: string, hour: number): Promise<void> {
  const selector = `labelSelector=app.kubernetes.io/part-of=${stack}`;
  for (const scaledObject of await rest.list(`${SCALED_OBJECTS}/scaledobjects?${selector}`)) {
    const { kind, name } = scaledObject.spec.scaleTargetRef;
    const target = `${SCALED_KINDS[kind as string]}/namespaces/${scaledObject.metadata.namespace}/${String(kind).toLowerCase()}s/${name}`;
    await rest.merge(`${target}/scale`, { spec: { replicas: scheduledReplicas(scaledObject, hour) } });
  }
}
