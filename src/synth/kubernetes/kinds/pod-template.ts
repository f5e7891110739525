import { routerOf } from '../../engines/routers.ts';
import type { JsonObject } from '../../files.ts';
import { CANDIDATE_ANNOTATION, ENGINE_CONFIG_ANNOTATION } from '../labels.ts';
import { termination } from '../lifecycle.ts';
import { shortHash } from '../names.ts';
import type { PodSet } from '../pod-set.ts';
import { memoryQuantity } from '../quantities.ts';
import { engineCommandOf, engineContainer } from './container.ts';
import { engineConfigName, engineConfigText } from './config-map.ts';
import { podLabels } from './pod-labels.ts';
import type { PodComponent } from './pod-labels.ts';
import { priorityClassName } from './priority-class.ts';
import { schedulingSpec } from './scheduling.ts';
import { serviceAccountName } from './service-account.ts';

/** The pod template of a Deployment, or of the leader or workers of a LeaderWorkerSet. */
export function podTemplate(podSet: PodSet, component: PodComponent): JsonObject {
  return {
    metadata: { labels: podLabels(podSet, component), annotations: annotations(podSet, component) },
    spec: {
      ...schedulingSpec(podSet, component),
      serviceAccountName: serviceAccountName(podSet.workload.id),
      automountServiceAccountToken: false,
      // Variables of other Services could be taken for the engine's own: VLLM_PORT of a Service called `vllm`.
      enableServiceLinks: false,
      priorityClassName: priorityClassName(podSet.stack, podSet.allocation.tier),
      terminationGracePeriodSeconds: termination(podSet).gracePeriod,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [engineContainer(podSet, component)],
      volumes: volumes(podSet, component),
    },
  };
}

function annotations(podSet: PodSet, component: PodComponent): Readonly<Record<string, string>> {
  const config = engineConfigText(engineCommandOf(podSet, component));
  const { engine, role } = podSet.allocation.candidate;
  return {
    [CANDIDATE_ANNOTATION]: podSet.allocation.candidate.id,
    // A changed file does not restart pods by itself; a changed template does.
    ...(config === undefined ? {} : { [ENGINE_CONFIG_ANNOTATION]: shortHash(config) }),
    ...(component === 'server' ? routerOf(engine)?.podAnnotations(role) : {}),
    ...(component === 'server'
      ? {
          'prometheus.io/scrape': 'true',
          'prometheus.io/port': String(podSet.port),
          'prometheus.io/path': podSet.engine.metrics.path,
        }
      : {}),
  };
}

function volumes(podSet: PodSet, component: PodComponent): readonly JsonObject[] {
  const shared = podSet.allocation.candidate.podGroup.sharedMemory;
  const hasConfig = engineCommandOf(podSet, component).config !== undefined;
  return [
    {
      name: 'shared-memory',
      emptyDir: { medium: 'Memory', ...(shared > 0 ? { sizeLimit: memoryQuantity(shared) } : {}) },
    },
    { name: 'model-cache', emptyDir: {} },
    ...(hasConfig ? [{ name: 'engine-config', configMap: { name: engineConfigName(podSet) } }] : []),
  ];
}
