import { describe, expect, it } from 'vitest';
import { brokenDocument } from '../../test/fixtures/problem-documents.ts';
import { parseProblem } from './index.ts';

type Changes = Readonly<Record<string, unknown>>;
/** What is wrong, the change that makes it so, and the code and path of the one diagnostic expected. */
type Refusal = readonly [what: string, changes: Changes, expected: string];

function found(changes: Changes): string[] {
  return parseProblem(brokenDocument(changes)).diagnostics.map(({ code, path }) => `${code} ${path}`);
}

const chat = 'workloads.0';
const batch = 'workloads.1';

const HINTS: readonly (readonly [claim: string, changes: Changes, expected: string, fix: string])[] = [
  ['an unknown field', { [`${chat}.modle`]: 'x' }, 'model-unknown-field workloads[0].modle', '"model"'],
  [
    'a missing field',
    { [`${chat}.model`]: undefined },
    'model-missing-field workloads[0].model',
    'Add model',
  ],
  [
    'an unknown value',
    { 'pools.0.capacityTypes': ['spto'] },
    'model-unknown-value pools[0].capacityTypes[0]',
    '"spot"',
  ],
  ['a bare number', { [`${chat}.slo.tpot.p99`]: 60 }, 'model-wrong-unit workloads[0].slo.tpot.p99', '"60ms"'],
  ['a bare share of one', { confidence: 0.9 }, 'model-wrong-unit confidence', '"90%"'],
  ['a bare amount', { 'budgets.0.limit': 900 }, 'model-wrong-unit budgets[0].limit', '"900 USD/hour"'],
  ['an id', { 'workloads.1.id': 'Batch Jobs!' }, 'model-invalid-id workloads[1].id', '"batch-jobs"'],
  [
    'a service id that starts with a digit',
    { 'workloads.1.id': '70b-chat' },
    'model-invalid-id workloads[1].id',
    '"llm-70b-chat"',
  ],
  ['another version', { apiVersion: 'v2' }, 'model-unsupported-version apiVersion', 'plimsoll.dev/v1alpha1'],
  [
    'two sources of traffic',
    { [`${chat}.traffic.trace`]: { file: 'x' } },
    'model-conflicting-fields workloads[0].traffic',
    'exactly one of profile, trace, generate',
  ],
  [
    'no source of traffic',
    { [`${chat}.traffic`]: { meanRate: '1/s' } },
    'model-missing-field workloads[0].traffic',
    'exactly one of profile, trace, generate',
  ],
  [
    'negative money',
    { 'budgets.0.limit': '-5 USD/month' },
    'model-out-of-range budgets[0].limit',
    'zero or more',
  ],
  [
    'an unknown pool',
    { [`${chat}.pools`]: ['h10'] },
    'model-unknown-reference workloads[0].pools[0]',
    '"h100"',
  ],
];

const SHAPES: readonly Refusal[] = [
  ['another dimension', { [`${chat}.slo.tpot.p99`]: '60 GB' }, 'model-wrong-unit workloads[0].slo.tpot.p99'],
  [
    'a share without its sign',
    { [`${batch}.maxSpotShare`]: '0.5' },
    'model-wrong-unit workloads[1].maxSpotShare',
  ],
  [
    'a share above 100 %',
    { [`${batch}.maxSpotShare`]: '120%' },
    'model-out-of-range workloads[1].maxSpotShare',
  ],
  ['an overflow', { [`${chat}.slo.tpot.p99`]: '1e999s' }, 'model-out-of-range workloads[0].slo.tpot.p99'],
  ['a text for a number', { seed: '1' }, 'model-wrong-type seed'],
  ['a fraction of a node', { 'pools.1.maxNodes': 1.5 }, 'model-wrong-type pools[1].maxNodes'],
  ['no nodes', { 'pools.1.maxNodes': 0 }, 'model-out-of-range pools[1].maxNodes'],
  [
    'a peak below the mean',
    { [`${chat}.traffic.peakToMean`]: 0.5 },
    'model-out-of-range workloads[0].traffic.peakToMean',
  ],
  [
    'a peak at hour 24',
    { [`${chat}.traffic.peakHour`]: 24 },
    'model-out-of-range workloads[0].traffic.peakHour',
  ],
  [
    'a burstiness of zero',
    { [`${batch}.traffic.burstiness`]: 0 },
    'model-out-of-range workloads[1].traffic.burstiness',
  ],
  [
    'not a number',
    { [`${chat}.traffic.peakToMean`]: NaN },
    'model-wrong-type workloads[0].traffic.peakToMean',
  ],
  ['an id of 41 characters', { [`${chat}.id`]: 'a'.repeat(41) }, 'model-invalid-id workloads[0].id'],
  ['an id that ends in a hyphen', { [`${chat}.id`]: 'chat-' }, 'model-invalid-id workloads[0].id'],
  [
    'rates of a day and a half',
    { [`${batch}.traffic.generate.hourlyRate`]: Array(36).fill(1) },
    'model-out-of-range workloads[1].traffic.generate.hourlyRate',
  ],
  [
    'an isl without osl',
    { [`${batch}.traffic.generate.lengths`]: { isl: 5 } },
    'model-missing-field workloads[1].traffic.generate.lengths',
  ],
  ['a date in words', { 'waivers.0.expires': 'end of year' }, 'model-wrong-type waivers[0].expires'],
  ['a list for an object', { [`${chat}.slo`]: [] }, 'model-wrong-type workloads[0].slo'],
  ['a repeated zone', { 'pools.1.zones': ['a', 'a'] }, 'model-duplicate-id pools[1].zones[1]'],
  ['a pool without zones', { 'pools.1.zones': [] }, 'model-empty pools[1].zones'],
  ['no workload', { workloads: [] }, 'model-empty workloads'],
  ['an empty name', { [`${chat}.model`]: '' }, 'model-missing-field workloads[0].model'],
  ['another kind of workload', { [`${chat}.kind`]: 'agent' }, 'model-unknown-value workloads[0].kind'],
];

const CONTRADICTIONS: readonly Refusal[] = [
  [
    'columns of a layout that has its own',
    { [`${chat}.traffic`]: { trace: { file: 'x', format: 'burstgpt', columns: { isl: 'in' } } } },
    'model-conflicting-fields workloads[0].traffic.trace.columns',
  ],
  [
    'two pools of one id',
    { 'pools.1.id': 'h100', [`${chat}.pools`]: undefined },
    'model-duplicate-id pools[1].id',
  ],
  [
    'two rules of one id',
    {
      'policies.0.rules.1': {
        id: 'two-zones',
        title: 't',
        level: 'advisory',
        target: 'plan',
        condition: 'true',
      },
    },
    'model-duplicate-id policies[0].rules[1].id',
  ],
  [
    'an SLO without limits',
    { [`${chat}.slo`]: { availability: '99%' } },
    'model-missing-field workloads[0].slo',
  ],
  [
    'a p99 below the p50',
    { [`${chat}.slo.ttft.p99`]: '300ms' },
    'model-slo-impossible workloads[0].slo.ttft.p99',
  ],
  [
    'an end before the first token',
    { [`${chat}.slo.e2e`]: { p99: '1s' } },
    'model-slo-impossible workloads[0].slo.e2e.p99',
  ],
  ['a limit of zero', { [`${chat}.slo.tpot.p99`]: '0ms' }, 'model-slo-impossible workloads[0].slo.tpot.p99'],
  [
    'full availability',
    { [`${chat}.slo.availability`]: '100%' },
    'model-slo-impossible workloads[0].slo.availability',
  ],
  [
    'a day that does not exist',
    { 'waivers.0.expires': '2027-02-29' },
    'model-out-of-range waivers[0].expires',
  ],
  ['a policy without rules', { 'policies.0.rules': [] }, 'model-missing-field policies[0]'],
  [
    'generated traffic without a rate',
    { [`${batch}.traffic.meanRate`]: undefined },
    'model-missing-field workloads[1].traffic.meanRate',
  ],
  [
    'a rate of zero',
    { [`${chat}.traffic.meanRate`]: '0/s' },
    'model-out-of-range workloads[0].traffic.meanRate',
  ],
  [
    'a week of zeros',
    { [`${batch}.traffic.generate.hourlyRate`]: Array(168).fill(0) },
    'model-out-of-range workloads[1].traffic.generate.hourlyRate',
  ],
  [
    'requests longer than the model length',
    { [`${batch}.maxModelLength`]: 1199 },
    'model-out-of-range workloads[1].maxModelLength',
  ],
  ['a budget of zero', { 'budgets.0.limit': '0 USD/month' }, 'model-out-of-range budgets[0].limit'],
  [
    'quantiles that descend',
    {
      [`${batch}.traffic.generate.lengths`]: {
        inputQuantiles: [1, 2],
        outputQuantiles: [
          [1, 2],
          [9, 8],
        ],
      },
    },
    'model-out-of-range workloads[1].traffic.generate.lengths.outputQuantiles[1][1]',
  ],
];

describe('a broken problem', () => {
  it.each(HINTS)('with %s gets a fix that names the next step', (_what, changes, expected, fix) => {
    const diagnostics = parseProblem(brokenDocument(changes)).diagnostics;
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([expected]);
    expect(diagnostics[0]?.fix).toContain(fix);
  });

  it.each(SHAPES)('is refused for %s', (_what, changes, expected) => {
    expect(found(changes)).toEqual([expected]);
    expect(parseProblem(brokenDocument(changes)).ok).toBe(false);
  });

  it.each(CONTRADICTIONS)('is refused for %s', (_what, changes, expected) => {
    expect(found(changes)).toEqual([expected]);
    expect(parseProblem(brokenDocument(changes)).ok).toBe(false);
  });

  it.each([[3], [null], ['text'], [[]]])('that is no object at all (%j) gets one diagnostic', (document) => {
    const outcome = parseProblem(document);
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map(({ code, path }) => [code, path])).toEqual([['model-wrong-type', '']]);
  });

  it('may contain itself', () => {
    const document = brokenDocument({}) as Record<string, unknown>;
    document['catalog'] = document;
    expect(parseProblem(document).ok).toBe(false);
  });
});

describe('words that only waste space', () => {
  it('are warnings beside a value', () => {
    const outcome = parseProblem(
      brokenDocument({
        'pools.0.prices': { spot: '20 USD/hour' },
        'budgets.0.team': 'asistants',
        [`${chat}.checkpoints`]: { int4: 'x/y' },
      }),
    );
    expect(outcome.ok).toBe(true);
    expect(outcome.diagnostics.map(({ severity, path }) => [severity, path])).toEqual([
      ['warning', 'budgets[0].team'],
      ['warning', 'pools[0].prices.spot'],
      ['warning', 'workloads[0].checkpoints.int4'],
    ]);
    expect(outcome.diagnostics[0]?.fix).toContain('assistants');
  });
});
