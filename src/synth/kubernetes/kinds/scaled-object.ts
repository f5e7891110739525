import { scaleDownCalm } from '../../../cost/index.ts';
import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { scaleUpTime } from '../lifecycle.ts';
import { isGroup, isScaled } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import { cronSpans } from '../schedule.ts';
import { formatNumber } from '../../../units/index.ts';
import { LEADER_WORKER_SET_API } from './leader-worker-set.ts';
import { podSetAnnotations, podSetLabels } from './pod-labels.ts';

/** Namespace of Prometheus; *assumed* (documented in docs/manifests.md). */
export const PROMETHEUS_NAMESPACE = 'monitoring';

/** Prometheus that KEDA asks; *assumed* (documented in docs/manifests.md). */
export const PROMETHEUS_ADDRESS = `http://prometheus.${PROMETHEUS_NAMESPACE}.svc:9090`;

/** Span over which the request rate is averaged; *assumed*: four scrapes of 30 s. */
const RATE_SPAN = '2m';
/** Seconds between two looks at the triggers (KEDA's default). */
const POLLING_INTERVAL = 30;
/** Failed looks at Prometheus after which the planned maximum runs; *assumed*: two minutes. */
const FAILURES = 4;

/** What an autoscaler scales, and the names of its pods as a regular expression of Prometheus. */
export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly podNames: string;
}

/** The pod set's own Deployment or LeaderWorkerSet: pods are called `<set>-<hash>-<id>` or, for groups, `<set>-<index>`. */
function ownTarget(podSet: PodSet): ScaleTarget {
  const { name } = podSet;
  return isGroup(podSet)
    ? { apiVersion: LEADER_WORKER_SET_API, kind: 'LeaderWorkerSet', name, podNames: `${name}-[0-9]+` }
    : { apiVersion: 'apps/v1', kind: 'Deployment', name, podNames: `${name}-[a-z0-9]+-[a-z0-9]+` };
}

/** The autoscaler of a pod set whose replicas change over the week; none for a constant one. */
export function scaledObject(podSet: PodSet, target = ownTarget(podSet)): readonly ObjectFacts[] {
  if (!isScaled(podSet)) return [];
  return [
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: {
        name: podSet.name,
        namespace: podSet.workload.namespace,
        labels: podSetLabels(podSet),
        annotations: podSetAnnotations(podSet),
      },
      spec: {
        scaleTargetRef: { apiVersion: target.apiVersion, kind: target.kind, name: target.name },
        minReplicaCount: podSet.replicas.min,
        maxReplicaCount: podSet.replicas.max,
        pollingInterval: POLLING_INTERVAL,
        // Without measurements the busiest window is the safe guess.
        fallback: { failureThreshold: FAILURES, replicas: podSet.replicas.max },
        advanced: {
          restoreToOriginalReplicaCount: false,
          horizontalPodAutoscalerConfig: {
            behavior: { scaleDown: { stabilizationWindowSeconds: scaleDownCalm(scaleUpTime(podSet)) } },
          },
        },
        triggers: [
          ...loadTriggers(podSet, target),
          ...cronTriggers(podSet.replicas.hourly, scaleUpTime(podSet)),
        ],
      },
    },
  ];
}

/** A cron trigger per level of replicas and recurring span, started ahead by the time that a replica takes to come. */
export function cronTriggers(hourly: readonly number[], scaleUpSeconds: number): readonly JsonObject[] {
  const lead = Math.min(59, Math.ceil(scaleUpSeconds / 60));
  return cronSpans(hourly, lead).map((span, index) => ({
    type: 'cron',
    name: `window-${index}`,
    metadata: {
      timezone: 'UTC',
      start: span.start,
      end: span.end,
      desiredReplicas: String(span.replicas),
    },
  }));
}

/**
 * Replicas by load: the rate of finished requests over the planned rate of one replica, and, because that rate stops
 * growing when the set is overloaded, the requests in the engines over those one replica holds at its planned rate
 * (Little's law: rate × mean time a request is in the engine at capacity).
 */
function loadTriggers(podSet: PodSet, target: ScaleTarget): readonly JsonObject[] {
  const { finished, inFlight } = podSet.engine.metrics;
  const rate = podSet.allocation.plannedRatePerReplica;
  const held = rate * heldTime(podSet);
  const pods = `{namespace="${podSet.workload.namespace}",pod=~"${target.podNames}"}`;
  return [
    ...(rate > 0
      ? [prometheusTrigger('request-rate', `sum(rate(${finished}${pods}[${RATE_SPAN}]))`, rate)]
      : []),
    ...(held > 0 && inFlight.length > 0
      ? [
          prometheusTrigger(
            'requests-in-flight',
            inFlight.map((gauge) => `sum(${gauge}${pods})`).join(' + '),
            held,
          ),
        ]
      : []),
  ];
}

/** Seconds that a request spends in a replica of the set: up to the first token in prefill, from there on in decode. */
function heldTime(podSet: PodSet): number {
  const latency = podSet.evaluated?.capacity.evidence.latency;
  if (latency === undefined) return 0;
  switch (podSet.allocation.candidate.role) {
    case 'aggregated':
      return latency.e2e.mean.value;
    case 'prefill':
      return latency.ttft.mean.value;
    case 'decode':
      return Math.max(0, latency.e2e.mean.value - latency.ttft.mean.value);
  }
}

function prometheusTrigger(name: string, query: string, threshold: number): JsonObject {
  return {
    type: 'prometheus',
    name,
    metricType: 'AverageValue',
    metadata: {
      serverAddress: PROMETHEUS_ADDRESS,
      query,
      threshold: formatNumber(threshold, 6),
      // No series yet (no pod has been scraped) counts as no load.
      ignoreNullValues: 'true',
    },
  };
}
