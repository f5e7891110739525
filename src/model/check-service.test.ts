import { describe, expect, it } from 'vitest';
import { brokenServices } from '../../test/fixtures/service-documents.ts';
import { parseProblem } from './index.ts';

type Changes = Readonly<Record<string, unknown>>;
/** What is wrong, the change that makes it so, the code and path of the one diagnostic expected, and a part of its words. */
type Refusal = readonly [what: string, changes: Changes, expected: string, words?: string];

const front = 'services.0';
const cart = 'services.1';
const search = 'services.2';
const sizes = `${front}.performance.queueing.sizes`;
const rows = `${cart}.performance.measured.rows`;
const scheduling = `${front}.scheduling`;

const SIZES: readonly Refusal[] = [
  [
    'a negative request',
    { [`${sizes}.0.requests.cpu`]: '-1' },
    'model-out-of-range services[0].performance.queueing.sizes[0].requests.cpu',
    'zero or more',
  ],
  [
    'a request of zero',
    { [`${sizes}.0.requests.memory`]: '0Mi' },
    'model-out-of-range services[0].performance.queueing.sizes[0].requests.memory',
    'above zero',
  ],
  [
    'CPU as a bare number',
    { [`${sizes}.0.requests.cpu`]: 2 },
    'model-wrong-unit services[0].performance.queueing.sizes[0].requests.cpu',
    '"2"',
  ],
  [
    'a request above its limit',
    { [`${sizes}.1.limits.cpu`]: '250m' },
    'model-conflicting-fields services[0].performance.queueing.sizes[1].requests.cpu',
    '500m is above its limit of 250m',
  ],
  [
    'a limit of zero',
    { [`${cart}.performance.measured.resources.limits`]: { memory: '0' } },
    'model-out-of-range services[1].performance.measured.resources.limits.memory',
  ],
  [
    'two sizes of the same requests',
    { [`${sizes}.1.requests`]: { cpu: '2000m', memory: '1024Mi' }, [`${sizes}.1.limits`]: undefined },
    'model-duplicate-id services[0].performance.queueing.sizes[1]',
  ],
  [
    'an idle replica larger than its limit',
    { [`${front}.performance.queueing.baseMemory`]: '600Mi' },
    'model-conflicting-fields services[0].performance.queueing.sizes[1].limits.memory',
    '512 MiB',
  ],
  [
    'no work per request',
    { [`${front}.performance.queueing.cpuTime`]: '0s' },
    'model-out-of-range services[0].performance.queueing.cpuTime',
  ],
  [
    'two kinds of performance',
    {
      [`${cart}.performance.fixed`]: { resources: { requests: { cpu: '1', memory: '1Gi' } }, replicas: 1 },
    },
    'model-conflicting-fields services[1].performance',
    'exactly one of measured, queueing, fixed',
  ],
  ['no performance', { [`${cart}.performance`]: {} }, 'model-missing-field services[1].performance'],
  [
    'a fixed rate of zero',
    { [`${search}.performance.fixed.ratePerReplica`]: '0/s' },
    'model-out-of-range services[2].performance.fixed.ratePerReplica',
  ],
  [
    'fixed replicas out of bounds',
    { [`${search}.replicas`]: { max: 2 } },
    'model-conflicting-fields services[2].performance.fixed.replicas',
    '1 to 2',
  ],
  [
    'more least replicas than most',
    { [`${front}.replicas.min`]: 61 },
    'model-conflicting-fields services[0].replicas.min',
  ],
];

const MEASUREMENTS: readonly Refusal[] = [
  [
    'rows that do not ascend',
    { [`${rows}.1.rate`]: '600/min' },
    'model-out-of-range services[1].performance.measured.rows[1].rate',
    'Sort',
  ],
  [
    'a row without response times',
    { [`${rows}.0.latency`]: {} },
    'model-missing-field services[1].performance.measured.rows[0].latency',
  ],
  [
    'percentiles that descend',
    { [`${rows}.0.latency.p50`]: '25ms' },
    'model-slo-impossible services[1].performance.measured.rows[0].latency.p99',
  ],
  [
    'a day that does not exist',
    { [`${cart}.performance.measured.date`]: '2026-02-30' },
    'model-out-of-range services[1].performance.measured.date',
  ],
];

const TRAFFIC: readonly Refusal[] = [
  [
    'a class without a rate',
    { [`${front}.requestClasses.1.meanRate`]: undefined },
    'model-missing-field services[0].requestClasses[1].meanRate',
    'hourlyRate',
  ],
  [
    'a rate of zero',
    { [`${front}.requestClasses.1.meanRate`]: '0/h' },
    'model-out-of-range services[0].requestClasses[1].meanRate',
  ],
  [
    'a week of zeros',
    { [`${front}.requestClasses.1.hourlyRate`]: Array(168).fill(0) },
    'model-out-of-range services[0].requestClasses[1].hourlyRate',
  ],
  [
    'a day for a week',
    { [`${front}.requestClasses.1.hourlyRate`]: Array(24).fill(1) },
    'model-out-of-range services[0].requestClasses[1].hourlyRate',
  ],
  [
    'two classes of one id',
    { [`${front}.requestClasses.1.id`]: 'home' },
    'model-duplicate-id services[0].requestClasses[1].id',
  ],
  [
    'a call of an unknown service',
    { [`${front}.calls.0.service`]: 'card' },
    'model-unknown-reference services[0].calls[0].service',
    '"cart"',
  ],
  [
    'a call stated twice',
    { [`${front}.calls.0.group`]: 0 },
    'model-duplicate-id services[0].calls[1]',
    'perRequest',
  ],
  [
    'calls in a circle',
    { [`${cart}.calls`]: [{ service: 'search' }], [`${search}.calls`]: [{ service: 'frontend' }] },
    'model-conflicting-fields services[2].calls[0].service',
    'frontend → cart → search → frontend',
  ],
  [
    'a circle through a class of requests',
    {
      [`${cart}.calls`]: [{ service: 'search' }],
      [`${front}.calls`]: undefined,
      [`${front}.requestClasses.1.calls`]: [{ service: 'search' }],
      [`${search}.calls`]: [{ service: 'cart' }],
    },
    'model-conflicting-fields services[1].calls[0].service',
    'search → cart → search',
  ],
  [
    'a call of itself',
    { [`${cart}.calls`]: [{ service: 'cart' }] },
    'model-conflicting-fields services[1].calls[0].service',
    'calls itself',
  ],
];

const PROMISES: readonly Refusal[] = [
  [
    'limits that descend',
    { [`${front}.slo.response.p99`]: '30ms' },
    'model-slo-impossible services[0].slo.response.p99',
  ],
  [
    'a limit of zero',
    { [`${front}.slo.response.p50`]: '0s' },
    'model-slo-impossible services[0].slo.response.p50',
  ],
  [
    'an availability of 100 %',
    { [`${front}.slo.availability`]: '100%' },
    'model-slo-impossible services[0].slo.availability',
  ],
];

const SCHEDULING: readonly Refusal[] = [
  [
    'an unknown neighbour',
    { [`${scheduling}.apartFrom`]: ['serch'] },
    'model-unknown-reference services[0].scheduling.apartFrom[0]',
    '"search"',
  ],
  [
    'several on a node apart from each other',
    { [`${search}.scheduling.maxPerNode`]: 3 },
    'model-conflicting-fields services[2].scheduling.maxPerNode',
  ],
  [
    'nodes of an architecture that the image lacks',
    { [`${cart}.scheduling`]: { nodeSelector: { 'kubernetes.io/arch': 'arm64' } } },
    'model-conflicting-fields services[1].scheduling.nodeSelector["kubernetes.io/arch"]',
    'built for amd64',
  ],
  [
    'a label that no pool has',
    { [`${scheduling}.nodeSelector`]: { tier: 'web' } },
    'model-conflicting-fields services[0].scheduling.nodeSelector.tier',
    'general',
  ],
  [
    'taints that are not tolerated',
    { [`${scheduling}.tolerations.0.value`]: 'other' },
    'model-conflicting-fields services[0].scheduling.tolerations',
    'general: dedicated',
  ],
  [
    'pools of another architecture',
    { [`${scheduling}.architectures`]: ['arm64'], 'pools.0.instanceTypes.architectures': ['amd64'] },
    'model-conflicting-fields services[0].scheduling.architectures',
  ],
  [
    'a toleration of nothing',
    { [`${search}.scheduling.tolerations`]: [{ effect: 'NoExecute' }] },
    'model-conflicting-fields services[2].scheduling.tolerations[0]',
    'Exists',
  ],
  [
    'a value for any value',
    { [`${search}.scheduling.tolerations`]: [{ key: 'a', operator: 'Exists', value: 'b' }] },
    'model-conflicting-fields services[2].scheduling.tolerations[0].value',
  ],
  [
    'spot-only pools without spot',
    { 'pools.0.capacityTypes': ['spot'], [`${front}.maxSpotShare`]: '0%' },
    'model-conflicting-fields services[0].maxSpotShare',
    'on-demand',
  ],
  [
    'a skew in words',
    { [`${search}.scheduling.zoneSkew`]: 'any' },
    'model-wrong-type services[2].scheduling.zoneSkew',
    'unlimited',
  ],
  [
    'a skew of zero',
    { [`${search}.scheduling.zoneSkew`]: 0 },
    'model-out-of-range services[2].scheduling.zoneSkew',
  ],
];

const REFERENCES: readonly Refusal[] = [
  [
    'an unknown pool',
    { [`${front}.pools`]: ['genral'] },
    'model-unknown-reference services[0].pools[0]',
    '"general"',
  ],
  [
    'two services of one id',
    { [`${search}.id`]: 'cart', [`${search}.scheduling`]: {}, [`${scheduling}.apartFrom`]: [] },
    'model-duplicate-id services[2].id',
  ],
  [
    'the id of a language model',
    {
      workloads: [
        {
          kind: 'llm',
          id: 'cart',
          model: 'meta-llama/Llama-3.1-8B-Instruct',
          traffic: { profile: 'azure-llm-2023-conversation' },
          slo: { ttft: { p99: '1s' } },
        },
      ],
    },
    'model-duplicate-id services[1].id',
  ],
  [
    'an id that names no Kubernetes Service',
    { [`${search}.id`]: '3scale', [`${search}.scheduling`]: {}, [`${scheduling}.apartFrom`]: [] },
    'model-invalid-id services[2].id',
    '"svc-3scale"',
  ],
  ['nothing to run', { services: [], budgets: [] }, 'model-empty workloads', 'services'],
];

const REFUSALS = [...SIZES, ...MEASUREMENTS, ...TRAFFIC, ...PROMISES, ...SCHEDULING, ...REFERENCES].map(
  ([what, changes, expected, words = '']) => [what, changes, expected, words] as const,
);

describe('a problem of services', () => {
  it.each(REFUSALS)('is refused for %s, once, with the next step', (_what, changes, expected, words) => {
    const { ok, diagnostics } = parseProblem(brokenServices(changes));
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([expected]);
    expect(ok).toBe(false);
    const [{ summary, detail, fix = '' } = { summary: '', detail: '' }] = diagnostics;
    expect(fix).not.toBe('');
    expect(`${summary} ${detail} ${fix}`).toContain(words);
  });

  it.each([
    [
      'limits that hold for nobody',
      { [`${cart}.slo`]: { response: { p99: '1s' } } },
      'model-conflicting-fields services[1].slo.response',
    ],
    [
      'limits on replicas of unknown speed',
      {
        [`${search}.requestClasses`]: [{ id: 'all', meanRate: '1/s' }],
        [`${search}.slo`]: { response: { p99: '1s' } },
      },
      'model-conflicting-fields services[2].slo.response',
    ],
    [
      'callers from outside without a limit',
      { [`${front}.slo.response`]: undefined },
      'model-missing-field services[0].slo.response',
    ],
    [
      'a service that nobody calls',
      { [`${front}.calls`]: [] },
      'model-missing-field services[1].requestClasses',
    ],
    [
      'a budget of a team that owns nothing',
      { 'budgets.0.team': 'storefrnt' },
      'model-unknown-reference budgets[0].team',
    ],
  ])('is taken with a warning for %s', (_what, changes, expected) => {
    const { ok, diagnostics } = parseProblem(brokenServices(changes));
    expect(diagnostics.map(({ severity, code, path }) => `${severity} ${code} ${path}`)).toEqual([
      `warning ${expected}`,
    ]);
    expect(ok).toBe(true);
  });

  it('is told all that is wrong with it at once', () => {
    const { diagnostics } = parseProblem(
      brokenServices({
        'pools.0.instanceTypes.vcpus.min': 32,
        [`${front}.pools`]: ['other'],
        [`${sizes}.0.requests.cpu`]: '0',
        [`${rows}.1.rate`]: '5/s',
        [`${search}.replicas`]: { min: 5 },
        [`${search}.calls`]: [{ service: 'nobody' }],
      }),
    );
    expect(diagnostics.map(({ path }) => path)).toEqual([
      'pools[0].instanceTypes.vcpus',
      'services[0].performance.queueing.sizes[0].requests.cpu',
      'services[0].pools[0]',
      'services[1].performance.measured.rows[1].rate',
      'services[2].calls[0].service',
      'services[2].performance.fixed.replicas',
    ]);
  });

  it('may be apart from itself with one on a node, and choose well-known labels', () => {
    const document = brokenServices({
      [`${search}.scheduling.maxPerNode`]: 1,
      [`${front}.scheduling.nodeSelector`]: {
        'kubernetes.io/arch': 'arm64',
        'topology.kubernetes.io/zone': 'us-east-1a',
      },
    });
    expect(parseProblem(document).diagnostics).toEqual([]);
  });

  it('does not crash on any broken part', () => {
    const paths = [
      front,
      cart,
      sizes,
      rows,
      scheduling,
      `${front}.calls`,
      `${front}.requestClasses`,
      'pools.0.instanceTypes',
    ];
    for (const path of paths) {
      for (const value of [null, 3, 'x', [], [null], {}, [{}], { a: 1 }]) {
        const { ok } = parseProblem(brokenServices({ [path]: value }));
        expect(typeof ok).toBe('boolean');
      }
    }
    expect.assertions(paths.length * 8);
  });
});
