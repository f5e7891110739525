import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenDocument, validDocument } from '../../test/fixtures/problem-documents.ts';
import { normalizeDocument, OBJECTIVE_MEANINGS, OBJECTIVES, parseProblem } from './index.ts';
import type { LlmWorkload, Problem, ProblemDocument } from './index.ts';

function problemOf(changes: Readonly<Record<string, unknown>>): Problem {
  const outcome = parseProblem(brokenDocument(changes));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics, undefined, 1));
  return outcome.value;
}

function chatOf(changes: Readonly<Record<string, unknown>>): LlmWorkload | undefined {
  return problemOf(changes).workloads.find(({ id }) => id === 'chat');
}

function found(changes: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return parseProblem(brokenDocument(changes)).diagnostics.map(({ code, path }) => [code, path ?? '']);
}

const LIMITS = {
  costPerMillionTokens: '2 USD/Mtoken',
  throughputPerAccelerator: '400 tokens/s',
  latency: '20s',
  energyPerOutputToken: '3 J/token',
};

describe('aims', () => {
  it('are least cost, no limit and trust in predictions where nothing is said', () => {
    expect(chatOf({})).toMatchObject({ objective: 'cost', limits: {}, serving: 'aggregated' });
    expect(chatOf({})).not.toHaveProperty('confidence');
    expect(chatOf({})).not.toHaveProperty('kvPrecisions');
  });

  it('of the problem hold for every workload, in base units', () => {
    const problem = problemOf({ objective: 'energy', limits: LIMITS, confidence: '90%' });
    for (const aims of [problem, ...problem.workloads]) {
      expect(aims).toMatchObject({
        objective: 'energy',
        limits: {
          costPerMillionTokens: 2_000_000,
          throughputPerAccelerator: 400,
          latency: 20,
          energyPerOutputToken: 3,
        },
        confidence: 0.9,
      });
    }
  });

  it('of a workload replace those of the problem, limits one by one', () => {
    const chat = chatOf({
      objective: 'energy',
      limits: LIMITS,
      confidence: '90%',
      'workloads.0.objective': 'latency',
      'workloads.0.limits': { latency: '9s' },
      'workloads.0.confidence': '95%',
      'workloads.0.serving': 'any',
      'workloads.0.kvPrecisions': ['fp8'],
    });
    expect(chat).toMatchObject({
      objective: 'latency',
      limits: { latency: 9, energyPerOutputToken: 3 },
      confidence: 0.95,
      serving: 'any',
      kvPrecisions: ['fp8'],
    });
  });

  it('that are absent stay absent in the normal form, so that plans do not change', () => {
    const normal = normalizeDocument(validDocument());
    for (const field of ['objective', 'limits', 'confidence']) expect(normal).not.toHaveProperty(field);
    for (const field of ['objective', 'limits', 'confidence', 'serving', 'kvPrecisions'])
      expect(normal.workloads[0]).not.toHaveProperty(field);
  });

  it('have one normal form whatever the spacing and exponents', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (amount) => {
        const written = normalizeDocument(
          brokenDocument({
            limits: {
              costPerMillionTokens: `${amount}e-2  USD/Mtoken`,
              throughputPerAccelerator: ` ${amount}tokens/s`,
              energyPerOutputToken: `${amount}.0 J/token`,
            },
          }) as ProblemDocument,
        );
        expect(written.limits).toEqual({
          costPerMillionTokens: `${amount / 100} USD/Mtoken`,
          throughputPerAccelerator: `${amount} tokens/s`,
          energyPerOutputToken: `${amount} J/token`,
        });
      }),
    );
  });

  it('have a meaning for every objective', () => {
    expect(Object.keys(OBJECTIVE_MEANINGS)).toEqual([...OBJECTIVES]);
  });
});

describe('aims that cannot be', () => {
  it.each(['50%', '100%', '0%'])('a confidence of %s is out of range', (confidence) => {
    expect(found({ confidence })).toEqual([['model-out-of-range', 'confidence']]);
    expect(found({ 'workloads.0.confidence': confidence })).toEqual([
      ['model-out-of-range', 'workloads[0].confidence'],
    ]);
  });

  it('a confidence without its unit is told so', () => {
    expect(found({ confidence: 0.9 })).toEqual([['model-wrong-unit', 'confidence']]);
  });

  it('an unknown objective brings the closest one', () => {
    const { diagnostics } = parseProblem(brokenDocument({ objective: 'costs' }));
    expect(diagnostics.map(({ code, fix }) => [code, fix])).toEqual([
      ['model-unknown-value', 'Did you mean "cost"?'],
    ]);
    expect(found({ 'workloads.0.serving': 'split' })).toEqual([
      ['model-unknown-value', 'workloads[0].serving'],
    ]);
  });

  it.each(Object.keys(LIMITS))('a limit of zero on %s is out of range', (name) => {
    const zero = LIMITS[name as keyof typeof LIMITS].replace(/\d+/, '0');
    expect(found({ limits: { [name]: zero } })).toEqual([['model-out-of-range', `limits.${name}`]]);
  });

  it('a limit with the unit of another one is refused', () => {
    expect(found({ limits: { energyPerOutputToken: '3 s' } })).toEqual([
      ['model-wrong-unit', 'limits.energyPerOutputToken'],
    ]);
  });

  it('a latency limit below the limit on the first token contradicts it', () => {
    expect(found({ 'workloads.0.limits': { latency: '1s' } })).toEqual([
      ['model-slo-impossible', 'workloads[0].limits.latency'],
    ]);
    expect(found({ limits: { latency: '1s' } })).toEqual([['model-slo-impossible', 'limits.latency']]);
  });

  it('a latency limit that the SLO already keeps is warned of', () => {
    expect(found({ 'workloads.1.limits': { latency: '40s' } })).toEqual([
      ['model-conflicting-fields', 'workloads[1].limits.latency'],
    ]);
    expect(found({ 'workloads.1.limits': { latency: '20s' } })).toEqual([]);
  });

  it('are told together with other problems of the document', () => {
    expect(found({ confidence: '40%', limits: { latency: '0s' }, 'workloads.0.id': 'Chat' })).toEqual([
      ['model-out-of-range', 'confidence'],
      ['model-out-of-range', 'limits.latency'],
      ['model-invalid-id', 'workloads[0].id'],
    ]);
  });
});
