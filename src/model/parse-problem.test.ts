import { describe, expect, it } from 'vitest';
import { brokenDocument, validDocument } from '../../test/fixtures/problem-documents.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import { parseProblem } from './index.ts';
import type { Problem } from './index.ts';

function problemOf(document: unknown): Problem {
  const outcome = parseProblem(document);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics, undefined, 1));
  return outcome.value;
}

function diagnosticsOf(changes: Readonly<Record<string, unknown>>): readonly Diagnostic[] {
  return parseProblem(brokenDocument(changes)).diagnostics;
}

describe('a valid problem', () => {
  it('becomes values in base units, with lists sorted by id', () => {
    const problem = problemOf(validDocument());
    expect(problem.pools.map(({ id }) => id)).toEqual(['h100', 'l40s']);
    expect(problem.workloads.map(({ id }) => id)).toEqual(['batch', 'chat']);
    expect(problem.policies.map(({ id }) => id)).toEqual(['costs', 'ours']);
    expect(problem.pools[1]).toMatchObject({
      capacityTypes: ['on-demand', 'spot'],
      prices: { spot: 4_500_000 },
      nodeStartup: 360,
      interNodeBandwidth: 12.5e9,
      interruptionProbability: 0.12,
    });
    expect(problem.budgets[0]?.limit).toBe(90_000_000_000);
    expect(problem.workloads[1]?.traffic).toEqual({
      source: 'profile',
      profile: 'azure-llm-2023-conversation',
      scaling: { meanRate: 12 },
    });
  });

  it('has the documented defaults where it says nothing', () => {
    const problem = problemOf(validDocument());
    expect(problem).toMatchObject({ seed: 1, objective: 'cost' });
    expect(problem.pools[0]).toMatchObject({ capacityTypes: ['on-demand'], maxNodes: Infinity, prices: {} });
    expect(problem.workloads[1]).toMatchObject({
      precisions: ['bf16'],
      engines: ['vllm'],
      maxSpotShare: 1,
      maxModelLength: 0,
      namespace: 'demo',
      slo: { availability: 0.99, tolerates: 'correlation-group' },
    });
    expect(problem.workloads[0]).toMatchObject({ pools: [], team: '', namespace: 'offline' });
    expect(problem.policies[1]?.rules[0]).toMatchObject({ message: '', remediation: '', reference: '' });
  });

  it('keeps precisions in order of preference and limits by metric and percentile', () => {
    const problem = problemOf(validDocument());
    expect(problem.workloads[0]?.precisions).toEqual(['fp8', 'bf16']);
    expect(problem.workloads[1]?.slo.limits).toEqual([
      { metric: 'tpot', percentile: 'p99', limit: 0.06 },
      { metric: 'ttft', percentile: 'p50', limit: 0.4 },
      { metric: 'ttft', percentile: 'p99', limit: 1.5 },
    ]);
  });

  it('remembers where each object was written, not where sorting put it', () => {
    const problem = problemOf(validDocument());
    expect(problem.workloads.map(({ path }) => path)).toEqual(['workloads[1]', 'workloads[0]']);
    const mapped = parseProblem(validDocument(), { pathOf: (path) => `at ${path}` });
    expect(mapped.ok && mapped.value.pools[0]?.path).toBe('at pools[0]');
  });
});

describe('a trace', () => {
  it('keeps its columns, null for lengths without arrivals', () => {
    const trace = { file: 'x.csv', columns: { arrival: null, isl: 'prompt' } };
    const document = brokenDocument({ 'workloads.0.traffic': { trace, meanRate: '1/s' } });
    expect(problemOf(document).workloads[1]?.traffic).toEqual({
      source: 'trace',
      format: 'auto',
      scaling: { meanRate: 1 },
      ...trace,
    });
  });
});

describe('generated traffic', () => {
  it('with fixed lengths and a mean rate becomes a flat profile of constant lengths', () => {
    const traffic = problemOf(validDocument()).workloads[0]?.traffic;
    if (traffic?.source !== 'inline') throw new Error('expected an inline profile');
    expect(traffic.profile.hourlyRate).toHaveLength(168);
    expect(new Set(traffic.profile.hourlyRate)).toEqual(new Set([2]));
    expect(traffic.profile.lengths).toEqual({ inputQuantiles: [1000, 1000], outputQuantiles: [[200, 200]] });
    expect(traffic.profile.arrivals).toEqual({ family: 'gamma', cv: 1.5 });
  });

  it('keeps hourly rates and quantiles as written', () => {
    const hourlyRate = Array.from({ length: 168 }, (_, hour) => (hour === 9 ? 5 : 1));
    const lengths = {
      inputQuantiles: [10, 20, 90],
      outputQuantiles: [
        [1, 2],
        [3, 3],
      ],
    };
    const document = brokenDocument({
      'workloads.1.traffic': { generate: { hourlyRate, lengths, family: 'weibull' } },
    });
    const traffic = problemOf(document).workloads[0]?.traffic;
    expect(traffic).toMatchObject({
      profile: { hourlyRate, lengths, arrivals: { family: 'weibull', cv: 1 } },
      scaling: {},
    });
  });
});

describe('the report', () => {
  const changes = {
    'pools.0.region': undefined,
    'pools.1.id': 'h100',
    'workloads.0.slo.ttft.p99': '300ms',
    'workloads.0.slo.tpot.p99': 60,
    'workloads.1.pools': ['nowhere'],
    'waivers.0.expires': '2027-13-01',
  };

  it('holds problems of shape and of sense together, in the order of the document', () => {
    expect(diagnosticsOf(changes).map(({ path }) => path)).toEqual([
      'pools[0].region',
      'pools[1].id',
      'waivers[0].expires',
      'workloads[0].pools[0]',
      'workloads[0].slo.tpot.p99',
      'workloads[0].slo.ttft.p99',
      'workloads[1].pools[0]',
    ]);
  });

  it('does not blame an SLO for lacking limits when its limits were broken', () => {
    const found = diagnosticsOf({ 'workloads.0.slo': { ttft: { p99: 60 } } });
    expect(found.map(({ code }) => code)).toEqual(['model-wrong-unit']);
  });

  it('gives lines, of the nearest enclosing place for fields that are absent', () => {
    const places: Record<string, number> = { '': 1, 'pools[0]': 4, 'pools[1].id': 9 };
    const { diagnostics } = parseProblem(
      brokenDocument({ 'pools.0.region': undefined, 'pools.1.id': 'h100', 'workloads.0.pools': ['h100'] }),
      {
        locate: (path) => (places[path] === undefined ? undefined : { file: 'x.yaml', line: places[path] }),
        pathOf: (path) => `<${path}>`,
      },
    );
    expect(diagnostics.map(({ path, source }) => [path, source?.line])).toEqual([
      ['<pools[0].region>', 4],
      ['<pools[1].id>', 9],
    ]);
  });
});
