import { serviceAccountOf } from '../kinds/service-account.ts';
import { serviceName } from '../kinds/service.ts';
import type { ObjectFacts } from '../api-object.ts';
import { isReplicaScaled } from '../pod-set.ts';
import type { PlannedService, ServiceMember } from './planned-service.ts';
import { serviceScaledObject } from './service-autoscaler.ts';
import {
  memberAnnotations,
  memberLabels,
  memberSelector,
  serviceLabels,
  serviceSelector,
} from './service-labels.ts';
import { disposableServiceReplicas, progressDeadline, rollout } from './service-lifecycle.ts';
import { CONTAINER, servicePodTemplate } from './service-pod.ts';

/**
 * The objects of a microservice: an identity, an address where it listens, one disruption budget, and per pod set
 * a Deployment with an autoscaler where its replicas change.
 */
export function serviceObjects(planned: PlannedService): readonly ObjectFacts[] {
  return [
    serviceAccountOf(planned.service, serviceLabels(planned)),
    ...address(planned),
    disruptionBudget(planned),
    ...planned.podSets.flatMap((podSet) => {
      const member = { planned, podSet };
      return [deployment(member), ...serviceScaledObject(member)];
    }),
  ];
}

/** One address for the pods of all pod sets: the declared port; none for a service that does not listen. */
function address(planned: PlannedService): readonly ObjectFacts[] {
  const { service } = planned;
  if (service.port === 0) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(planned),
      spec: {
        type: 'ClusterIP',
        selector: serviceSelector(planned),
        ports: [{ name: CONTAINER, port: service.port, targetPort: CONTAINER, protocol: 'TCP' }],
      },
    },
  ];
}

/** How many pods of the service may be evicted at once, whatever pod set they are of: a pod may have one budget only. */
function disruptionBudget(planned: PlannedService): ObjectFacts {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(planned),
    spec: {
      maxUnavailable: disposableServiceReplicas(planned),
      selector: { matchLabels: serviceSelector(planned) },
      // Pods that never became ready may be moved: they serve nobody.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
}

function metadataOf(planned: PlannedService): ObjectFacts['metadata'] {
  const { service } = planned;
  return { name: serviceName(service.id), namespace: service.namespace, labels: serviceLabels(planned) };
}

/** `replicas` is left out where an autoscaler owns it, so that applying the file again does not throw the set back. */
function deployment(member: ServiceMember): ObjectFacts {
  const { planned, podSet } = member;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: podSet.name,
      namespace: planned.service.namespace,
      labels: memberLabels(member),
      annotations: memberAnnotations(member),
    },
    spec: {
      ...(isReplicaScaled(podSet.replicas) ? {} : { replicas: podSet.replicas.min }),
      selector: { matchLabels: memberSelector(podSet) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { ...rollout(planned) } },
      progressDeadlineSeconds: progressDeadline(podSet),
      template: servicePodTemplate(member),
    },
  };
}
