import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePlan, sampleParts } from '../../test/support/sample-plan.ts';
import { usd } from '../units/index.ts';
import {
  canonicalJson,
  changedInputs,
  contentHash,
  diffPlans,
  parsePlan,
  serializePlan,
  sloHeadroom,
  staleDiagnostics,
} from './index.ts';

describe('canonical JSON', () => {
  it('gives equal bytes for equal values whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const shuffled = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(shuffled)).toBe(canonicalJson(value));
      }),
    );
  });

  it('is a fixed point: writing what was read changes nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('hides rounding noise below nine significant digits', () => {
    expect(canonicalJson({ x: 0.1 + 0.2 })).toBe('{\n  "x": 0.3\n}\n');
  });

  it('refuses what JSON cannot hold and names the place', () => {
    expect(() => canonicalJson({ a: [1, Number.NaN] })).toThrow('$.a[1]');
    expect(() => canonicalJson({ a: () => 1 })).toThrow('$.a');
  });
});

describe('plan files', () => {
  it('round-trip: parsing and writing again gives the same bytes', () => {
    const text = serializePlan(samplePlan());
    const parsed = parsePlan(text, 'plan.json');
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.ok && serializePlan(parsed.value)).toBe(text);
  });

  it('have the same bytes when parts arrive in another order', () => {
    const parts = sampleParts();
    const reversed = { ...parts, objects: [...parts.objects].reverse() };
    expect(serializePlan(samplePlan(reversed))).toBe(serializePlan(samplePlan()));
  });

  it('are applicable only when policies pass', () => {
    expect(samplePlan().applicable).toBe(true);
    expect(samplePlan({ policy: { verdicts: [], passes: false, rulesEvaluated: 1 } }).applicable).toBe(false);
  });

  it.each([
    ['{', 'engine-file-invalid'],
    ['null', 'plan-invalid'],
    ['{"formatVersion":"2.0"}', 'plan-unsupported-version'],
    ['{"formatVersion":"1.7","stack":"chat"}', 'plan-invalid'],
  ])('that read %s are refused with %s', (text, code) => {
    expect(parsePlan(text, 'plan.json').diagnostics[0]?.code).toBe(code);
  });

  it('are told from other documents in one sentence', () => {
    const { diagnostics } = parsePlan('{"name":"package"}', 'package.json');
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.code).toBe('plan-invalid');
    expect(diagnostics[0]?.summary).toContain('is no plan');
  });

  it('of a later minor version with unknown fields are read', () => {
    const later = { ...samplePlan(), formatVersion: '1.9', addedLater: true };
    expect(parsePlan(canonicalJson(later), 'plan.json').ok).toBe(true);
  });

  it('are refused whichever required part is missing', () => {
    const plan = samplePlan();
    for (const name of Object.keys(plan)) {
      const without = Object.fromEntries(Object.entries(plan).filter(([key]) => key !== name));
      expect(parsePlan(canonicalJson(without), 'plan.json').ok, name).toBe(false);
    }
  });
});

describe('staleness', () => {
  it('names exactly the inputs that changed', () => {
    const planned = samplePlan().inputs;
    const current = {
      ...planned,
      toolVersion: '0.2.0',
      flags: { seed: '7' },
      hashes: { ...planned.hashes, prices: 'b'.repeat(64) },
    };
    expect(changedInputs(planned, current).map((item) => item.input)).toEqual([
      'flag --seed',
      'prices',
      'tool',
    ]);
    expect(changedInputs(planned, planned)).toEqual([]);
    const [stale] = staleDiagnostics(changedInputs(planned, current), 'plan.json');
    expect(stale?.code).toBe('plan-stale');
    expect(stale?.summary).toContain('prices');
  });
});

describe('differences of plans', () => {
  const before = {
    plan: samplePlan(),
    manifests: new Map([['m.yaml', { kind: 'Service', metadata: { name: 'a' } }]]),
  };

  it('are empty for the same plan', () => {
    expect(diffPlans(before, before).isEmpty).toBe(true);
  });

  it('hold the exact cost delta and the pod sets that changed', () => {
    const parts = sampleParts();
    const [first, second] = parts.decision.allocations;
    const after = samplePlan({
      cost: { ...parts.cost, totalPerMonth: usd(60_000) },
      decision: {
        ...parts.decision,
        allocations: [
          { ...first!, replicas: { w0: { 'us-east-1a': 4 } } },
          { ...second!, id: 'chat-l40s-spot' },
        ],
      },
    });
    const diff = diffPlans(before, { ...before, plan: after });
    expect(diff.cost.delta).toBe(usd(60_000) - parts.cost.totalPerMonth);
    expect(diff.allocations.map(({ id, action }) => [id, action])).toEqual([
      ['chat-h100-on-demand', 'changed'],
      ['chat-h100-spot', 'removed'],
      ['chat-l40s-spot', 'added'],
    ]);
    expect(diff.allocations[0]?.after?.maxReplicas).toBe(4);
  });

  it('call an SLO broken when the prediction passes its limit', () => {
    const parts = sampleParts();
    const [decision] = parts.decision.workloads;
    const slow = { ...decision!.operatingPoint.latency.ttft, p99: { value: 1.8, low: 1.7, high: 1.9 } };
    const point = {
      ...decision!.operatingPoint,
      latency: { ...decision!.operatingPoint.latency, ttft: slow },
    };
    const after = samplePlan({
      decision: { ...parts.decision, workloads: [{ ...decision!, operatingPoint: point }] },
    });
    const diff = diffPlans(before, { ...before, plan: after });
    expect(diff.slo.find((change) => change.limit === 'ttft.p99')?.risk).toBe('broken');
    expect(diff.slo.find((change) => change.limit === 'tpot.p99')?.risk).toBe('same');
  });

  it('name objects created, changed and deleted', () => {
    const manifests = new Map([
      ['m.yaml', { kind: 'Service', metadata: { name: 'b' } }],
      ['n.yaml', { kind: 'Deployment', metadata: { name: 'n', namespace: 'llm' } }],
    ]);
    const diff = diffPlans(before, { ...before, manifests });
    expect(diff.objects.map(({ action, subject }) => [action, subject])).toEqual([
      ['update', 'Service b'],
      ['create', 'Deployment llm/n'],
    ]);
    expect(diffPlans({ ...before, manifests }, before).objects.map((item) => item.action)).toEqual([
      'update',
      'delete',
    ]);
  });
});

describe('SLO headroom', () => {
  it('is one minus the predicted value over the limit', () => {
    const byLimit = new Map(sloHeadroom(samplePlan()).map((item) => [item.limit.metric, item.headroom]));
    expect(byLimit.get('ttft')).toBeCloseTo(1 - 0.6 / 1.5, 12);
    expect(byLimit.get('tpot')).toBeCloseTo(0.5, 12);
  });
});

describe('content hashes', () => {
  it('ignore key order and notice every change', () => {
    expect(contentHash({ a: 1, b: 2 })).toBe(contentHash({ b: 2, a: 1 }));
    expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: 2 }));
  });
});
