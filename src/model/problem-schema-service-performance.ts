import { quantity } from './parse-quantities.ts';
import { date, described, integer, listOf, objectOf, someOf, text } from './problem-schema-builders.ts';
import { PERCENTILES } from './problem-schema-workload.ts';
import type {
  FixedServiceDocument,
  MeasuredServiceDocument,
  QueueingServiceDocument,
  ResourcesDocument,
  ServiceMeasurementDocument,
  ServicePerformanceDocument,
  ServiceSizeDocument,
} from './service-document.ts';

const REQUESTS_SCHEMA = objectOf<ResourcesDocument['requests']>({
  title: 'Resource requests',
  description: 'What one pod asks of its node.',
  required: {
    cpu: quantity('cpu', 'CPU that is set aside for one pod.'),
    memory: quantity('memory', 'Memory that is set aside for one pod.'),
  },
  optional: {},
});

const LIMITS_SCHEMA = objectOf<NonNullable<ResourcesDocument['limits']>>({
  title: 'Resource limits',
  description: 'What one pod may use at most. Default: no limits.',
  required: {},
  optional: {
    cpu: quantity('cpu', 'Most CPU of one pod. Default: no limit.'),
    memory: quantity('memory', 'Most memory of one pod. Default: no limit.'),
  },
});

const RESOURCES_SCHEMA = objectOf<ResourcesDocument>({
  title: 'Resources',
  description: 'Requests and limits of one pod, as in Kubernetes.',
  required: { requests: REQUESTS_SCHEMA },
  optional: { limits: LIMITS_SCHEMA },
});

const ROW_SCHEMA = objectOf<ServiceMeasurementDocument>({
  title: 'ServiceMeasurement',
  description: 'What one replica showed at one request rate.',
  required: {
    rate: quantity('rate', 'Request rate of the replica.'),
    latency: someOf(
      PERCENTILES,
      'Response times by percentile of requests, without the time of calls to other services; at least one.',
      (percentile) => quantity('duration', `The ${percentile} that was measured.`),
    ),
    cpu: quantity('cpu', 'CPU used on average.'),
    memory: quantity('memory', 'Memory used.'),
  },
  optional: { failed: quantity('percent', 'Share of requests that failed. Default: 0%.', '0%') },
});

const MEASURED_SCHEMA = objectOf<MeasuredServiceDocument>({
  title: 'Measured',
  description: 'As measured: what one replica of a stated size showed at several request rates.',
  required: {
    resources: described(RESOURCES_SCHEMA, 'Size of the replica that was measured.'),
    rows: listOf(ROW_SCHEMA, 'Measurements, ascending by rate.', { minItems: 1 }),
  },
  optional: {
    source: text('Where the rows come from. Default: declared.', ['Locust run of 2026-03-02']),
    date: date('Day of the measurement. Default: unknown.'),
  },
});

const SIZE_SCHEMA = objectOf<ServiceSizeDocument>({
  title: 'ServiceSize',
  description: 'One size of replica.',
  required: { requests: REQUESTS_SCHEMA },
  optional: {
    limits: LIMITS_SCHEMA,
    servers: integer(
      'Requests worked on at once. Default: the cores of the CPU limit, or of the request, rounded up.',
      1,
    ),
  },
});

const QUEUEING_SCHEMA = objectOf<QueueingServiceDocument>({
  title: 'Queueing',
  description: 'By queueing: work per request with a mean and a spread, and sizes of replica to choose from.',
  required: {
    sizes: listOf(SIZE_SCHEMA, 'Sizes of replica to choose from.', { minItems: 1 }),
    cpuTime: quantity('duration', 'CPU time of one request on one core.'),
  },
  optional: {
    variability: {
      type: 'number',
      minimum: 0,
      description:
        'Coefficient of variation of the CPU time: 0 when all requests are alike, 1 for an exponential distribution. Default: 1.',
      default: 1,
    },
    idleTime: quantity(
      'duration',
      'Time of a request that takes no CPU: waiting for disks and other systems. Default: 0s.',
      '0s',
    ),
    baseMemory: quantity(
      'memory',
      'Memory of an idle replica. Default: 0Mi, so that memory never limits its rate.',
      '0Mi',
    ),
    memoryPerRequest: quantity('memory', 'Memory of every request in it. Default: 0Mi.', '0Mi'),
  },
});

const FIXED_SCHEMA = objectOf<FixedServiceDocument>({
  title: 'Fixed',
  description: 'As it stands: nothing is known of its speed, so many replicas are wanted.',
  required: {
    resources: described(RESOURCES_SCHEMA, 'Size of one replica.'),
    replicas: integer('Replicas at every hour.', 1),
  },
  optional: { ratePerReplica: quantity('rate', 'Rate that one replica takes. Default: unknown.') },
});

/** Schema of what one replica of a service can do. */
export const SERVICE_PERFORMANCE_SCHEMA = objectOf<ServicePerformanceDocument>({
  title: 'ServicePerformance',
  description: 'What one replica can do: exactly one of measured, queueing and fixed.',
  required: {},
  optional: { measured: MEASURED_SCHEMA, queueing: QUEUEING_SCHEMA, fixed: FIXED_SCHEMA },
  exactlyOne: [['measured'], ['queueing'], ['fixed']],
});
