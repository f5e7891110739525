import { quantity } from './parse-quantities.ts';
import {
  described,
  identifier,
  integer,
  listOf,
  mapOf,
  objectOf,
  oneOfTexts,
  serviceIdentifier,
  someOf,
  text,
} from './problem-schema-builders.ts';
import type { JsonSchema } from './problem-schema-builders.ts';
import { CPU_ARCHITECTURE_SCHEMA, TAINT_EFFECTS } from './problem-schema-hardware.ts';
import { SERVICE_PERFORMANCE_SCHEMA } from './problem-schema-service-performance.ts';
import { PERCENTILES, SERVICE_TOLERATES_SCHEMA } from './problem-schema-workload.ts';
import type {
  ReplicaBoundsDocument,
  RequestClassDocument,
  ServiceCallDocument,
  ServiceDocument,
  ServiceSchedulingDocument,
  ServiceSloDocument,
  TolerationDocument,
} from './service-document.ts';
import type { Toleration } from './service.ts';

const CALL_SCHEMA = objectOf<ServiceCallDocument>({
  title: 'ServiceCall',
  description: 'Requests that one request causes at another service.',
  required: { service: text('Id of the service that is called.', ['cart']) },
  optional: {
    perRequest: {
      type: 'number',
      exclusiveMinimum: 0,
      description: 'Mean number of calls per request. Default: 1.',
      default: 1,
    },
    group: {
      ...integer(
        'Calls of one group run side by side, groups one after the other, ascending. Default: 0.',
        0,
      ),
      default: 0,
    },
  },
});

const REQUEST_CLASS_SCHEMA = objectOf<RequestClassDocument>({
  title: 'RequestClass',
  description: 'Requests of one kind from outside: meanRate, hourlyRate, or both.',
  required: { id: identifier('Name of the class.') },
  optional: {
    meanRate: quantity('rate', 'Mean request rate over the week.'),
    peakToMean: {
      type: 'number',
      minimum: 1,
      description: 'Ratio of the busiest hour to the mean. Default: that of hourlyRate, or 1.',
    },
    peakHour: {
      type: 'integer',
      minimum: 0,
      maximum: 23,
      description: 'UTC hour of the day of the peak. Default: that of hourlyRate, or 14.',
    },
    hourlyRate: listOf(
      { type: 'number', minimum: 0 },
      'Requests per second in each hour of the week, Monday 00:00 UTC first. Default: meanRate, shaped by peakToMean and peakHour.',
      { minItems: 168, maxItems: 168 },
    ),
    burstiness: {
      type: 'number',
      exclusiveMinimum: 0,
      description:
        'Coefficient of variation of the gaps between arrivals; 1 is a Poisson process. Default: 1.',
      default: 1,
    },
    calls: listOf(
      CALL_SCHEMA,
      'What one request of this class asks of other services; an empty list: nothing. Default: the calls of the service.',
    ),
  },
});

const SLO_SCHEMA = objectOf<ServiceSloDocument>({
  title: 'ServiceSlo',
  description: 'What callers from outside are promised.',
  required: {},
  optional: {
    response: someOf(
      PERCENTILES,
      'Limits on the response time that callers from outside see, the calls it causes included, by percentile of requests.',
      (percentile) => quantity('duration', `Largest ${percentile} of the response time.`),
    ),
    availability: quantity(
      'percent',
      'Share of time at which full capacity must stand. Default: 99%.',
      '99%',
    ),
    tolerates: SERVICE_TOLERATES_SCHEMA,
  },
});

const TOLERATION_SCHEMA = objectOf<TolerationDocument>({
  title: 'Toleration',
  description: 'A taint that its pods put up with, as in Kubernetes.',
  required: {},
  optional: {
    key: text('Key of the taint. Default: every taint, with operator Exists.', ['dedicated']),
    operator: {
      ...oneOfTexts<Toleration['operator']>(
        { Exists: 'whatever the value of the taint', Equal: 'only taints of this value' },
        'How the value is compared. Default: Equal.',
      ),
      default: 'Equal',
    },
    value: { type: 'string', description: 'Value of the taint. Default: empty.' },
    effect: described(TAINT_EFFECTS, 'Effect that is put up with. Default: every effect.'),
  },
});

const REPLICAS_SCHEMA = objectOf<ReplicaBoundsDocument>({
  title: 'ReplicaBounds',
  description: 'Bounds on the replicas at any hour.',
  required: {},
  optional: {
    min: { ...integer('Fewest replicas. Default: 1.', 1), default: 1 },
    max: integer('Most replicas. Default: unlimited.', 1),
  },
});

const ZONE_SKEW_SCHEMA: JsonSchema = {
  type: ['integer', 'string'],
  minimum: 1,
  pattern: '^unlimited$',
  examples: [1, 'unlimited'],
  description: 'Largest difference of replicas between two zones, or "unlimited". Default: 1.',
  default: 1,
};

const SCHEDULING_SCHEMA = objectOf<ServiceSchedulingDocument>({
  title: 'ServiceScheduling',
  description: 'Where its pods may run and how they keep apart.',
  required: {},
  optional: {
    architectures: listOf(
      CPU_ARCHITECTURE_SCHEMA,
      'Architectures that the image is built for. Default: amd64.',
      { minItems: 1, uniqueItems: true, default: ['amd64'] },
    ),
    nodeSelector: mapOf({ type: 'string' }, 'Labels that a node must carry, by key.'),
    tolerations: listOf(TOLERATION_SCHEMA, 'Taints that its pods put up with. Default: none.'),
    maxPerNode: integer('Most replicas on one node. Default: unlimited.', 1),
    apartFrom: listOf(
      text('Id of a service.'),
      'Services whose pods must not share a node with its pods; itself means maxPerNode 1. Default: none.',
      { uniqueItems: true },
    ),
    zoneSkew: ZONE_SKEW_SCHEMA,
    priority: {
      type: 'integer',
      description: 'Kubernetes priority; higher goes first. Default: 0.',
      default: 0,
    },
  },
});

/** Schema of a microservice. */
export const SERVICE_SCHEMA = objectOf<ServiceDocument>({
  title: 'Service',
  description: 'A microservice made of equal replicas, one pod each.',
  required: {
    id: serviceIdentifier('Name of the service; no workload has the same.'),
    performance: SERVICE_PERFORMANCE_SCHEMA,
  },
  optional: {
    image: text('Container image. Default: none; it is planned for and deployed by its owner.', [
      'ghcr.io/example/cart:1.4',
    ]),
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      description: 'TCP port that it listens on. Default: none.',
    },
    command: listOf({ type: 'string' }, 'Entry point of the container. Default: that of the image.'),
    args: listOf({ type: 'string' }, 'Arguments of the entry point. Default: those of the image.'),
    environment: mapOf({ type: 'string' }, 'Environment variables in plain text, by name; no secrets.'),
    requestClasses: listOf(
      REQUEST_CLASS_SCHEMA,
      'Requests from outside. Default: none, only other services call it.',
    ),
    calls: listOf(CALL_SCHEMA, 'What one request to it asks of other services. Default: nothing.'),
    slo: { ...SLO_SCHEMA, default: {} },
    replicas: { ...REPLICAS_SCHEMA, default: {} },
    scheduling: { ...SCHEDULING_SCHEMA, default: {} },
    startup: quantity('duration', 'From pod start until it serves. Default: 30s (assumed).', '30s'),
    terminationGrace: quantity(
      'duration',
      'Time that a pod may take to finish its requests when told to stop. Default: 30s, as in Kubernetes.',
      '30s',
    ),
    pools: listOf(text('Id of a pool.'), 'Pools it may run on. Default: every pool.', {
      minItems: 1,
      uniqueItems: true,
    }),
    maxSpotShare: quantity(
      'percent',
      'Largest share of its replicas on spot capacity. Default: 100%.',
      '100%',
    ),
    team: text('Owner that costs are shown for.'),
    namespace: identifier("Kubernetes namespace. Default: the problem's name.", 63),
  },
});
