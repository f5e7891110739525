import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplicaConfiguration } from '../configuration.ts';
import { overheadsOf } from '../engine-overheads.ts';
import { shippedCoefficients } from '../shipped.ts';
import { configuration } from '../testing/configurations.ts';
import { AttentionGrid } from './attention-grid.ts';
import { ExpertGrid } from './expert-grid.ts';
import { PiecewiseLinear } from './piecewise-linear.ts';
import { compileProfileSteps } from './profile-steps.ts';
import { readLayerProfile } from './read-layer-profile.ts';

const c: ReplicaConfiguration = configuration();

/** A profile in round numbers: per layer 100 µs + 1 µs per token; attention 10 µs + 1 ns per cached token and 2 µs per prompt token. */
const DENSE = [
  'layer,tokens,time_us',
  'qkv_proj,1,101',
  'qkv_proj,1000,1100',
  'embedding,1,5',
  'embedding,1000,5',
];
const HEAD = ['layer,sequences,time_us', 'lm_head,1,700', 'lm_head,101,800'];
const KV = [0, 500, 1000, 4000];
const ATTENTION = [
  'prefill_chunk,kv_prefill,n_decode,kv_decode,time_us',
  ...[1, 16, 64].flatMap((n) => KV.map((kv) => `0,0,${n},${kv},${10 + 0.001 * n * kv}`)),
  ...[16, 1024].flatMap((chunk) => [
    `${chunk},0,0,0,${10 + 2 * chunk}`,
    ...[1, 64].flatMap((n) => KV.map((kv) => `${chunk},0,${n},${kv},${10 + 2 * chunk + 0.001 * n * kv}`)),
  ]),
];
const files = { dense: DENSE.join('\n'), perSequence: HEAD.join('\n'), attention: ATTENTION.join('\n') };

function profile(): Parameters<typeof compileProfileSteps>[1] {
  const read = readLayerProfile(files);
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
}

const none = { ...overheadsOf(c, shippedCoefficients()), step: 0, perLayer: 0, perSequence: 0 };
const steps = compileProfileSteps(c, profile(), { overheads: none, allReduce: () => 0, expertRanks: 1 });

describe('piecewise linear functions', () => {
  const points = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 1, max: 500 })),
    {
      selector: ([x]) => x,
      minLength: 1,
      maxLength: 12,
    },
  );

  it('never fall, whatever the measured points', () => {
    fc.assert(
      fc.property(points, fc.nat(4000), fc.nat(4000), (measured, x, more) => {
        const f = new PiecewiseLinear(measured);
        expect(f.at(x + more)).toBeGreaterThanOrEqual(f.at(x) - 1e-9);
      }),
    );
  });

  it('sum in closed form what stepping adds up', () => {
    fc.assert(
      fc.property(
        points,
        fc.double({ min: 0, max: 2500, noNaN: true }),
        fc.nat(300),
        (measured, x, count) => {
          const f = new PiecewiseLinear(measured);
          let stepped = 0;
          for (let i = 0; i < count; i++) stepped += f.at(x + i);
          expect(Math.abs(f.sum(x, count) - stepped)).toBeLessThanOrEqual(1e-9 * (1 + stepped));
        },
      ),
    );
  });

  it('pass through points that rise and go on with the last slope', () => {
    const f = new PiecewiseLinear([
      [10, 1],
      [0, 0],
      [20, 4],
    ]);
    expect([f.at(-5), f.at(5), f.at(10), f.at(20), f.at(30)]).toEqual([0, 0.5, 1, 4, 7]);
  });
});

describe('grids', () => {
  it('are exact at measured values and linear between them on every axis', () => {
    const samples = [0, 16].flatMap((prefillChunk) =>
      [0, 512].flatMap((kvPrefill) =>
        [1, 8].flatMap((decodes) =>
          [100, 200].map((kvDecode) => ({
            prefillChunk,
            kvPrefill,
            decodes,
            kvDecode,
            seconds: 1 + prefillChunk + kvPrefill / 100 + decodes * 3 + kvDecode / 10,
          })),
        ),
      ),
    );
    const grid = new AttentionGrid(samples);
    expect(grid.at(16, 512, 8, 200)).toBeCloseTo(1 + 16 + 5.12 + 24 + 20, 9);
    expect(grid.at(4, 128, 3, 150)).toBeCloseTo(1 + 4 + 1.28 + 9 + 15, 9);
    expect(grid.at(0, 0, 16, 300)).toBeCloseTo(1 + 48 + 30, 9);
  });

  it('of experts grow with tokens and with the experts touched', () => {
    const grid = new ExpertGrid(
      [1, 64].flatMap((tokens) =>
        [8, 128].map((activatedExperts) => ({
          tokens,
          activatedExperts,
          seconds: tokens + activatedExperts,
        })),
      ),
    );
    expect(grid.at(1, 8)).toBe(9);
    expect(grid.at(32.5, 68)).toBeCloseTo(100.5, 9);
  });
});

describe('steps from a layer profile', () => {
  it('add up layers, head and attention as often as they run', () => {
    // 80 layers of 100 µs + 1 µs × 16 tokens, embedding once, head of 16 sequences, attention of 16 × 500 tokens.
    const expected = 80 * 116 + 5 + 715 + 80 * (10 + 0.001 * 16 * 500);
    expect(steps.stepTime(0, 0, 16, 16 * 500) * 1e6).toBeCloseTo(expected, 6);
  });

  it('take several short prompts for as many chunks', () => {
    const one = steps.stepTime(512, (512 * 512) / 2, 0, 0);
    const four = steps.stepTime(512, (4 * 128 * 128) / 2, 0, 0);
    // The chunk part is linear here, so four chunks cost what one costs.
    expect(four * 1e6).toBeCloseTo(one * 1e6, 6);
  });

  it('jump a run of decode steps to the sum of its steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.nat(6000),
        fc.integer({ min: 1, max: 200 }),
        (sequences, mean, count) => {
          let stepped = 0;
          for (let i = 0; i < count; i++) stepped += steps.stepTime(0, 0, sequences, sequences * (mean + i));
          expect(steps.decodeRun(sequences, sequences * mean, count) / stepped).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it('pay two all-reduces per layer and one for the embedding, and the overheads', () => {
    const two = { ...c, parallelism: { ...c.parallelism, tensorParallel: 2 } };
    const overheads = { ...none, step: 1e-3, perLayer: 1e-5, perSequence: 1e-6 };
    const reduced = compileProfileSteps(two, profile(), {
      overheads,
      allReduce: (bytes) => 1e-5 + bytes * 1e-12,
      expertRanks: 1,
    });
    const extra = reduced.stepTime(0, 0, 16, 8000) - steps.stepTime(0, 0, 16, 8000);
    expect(extra).toBeCloseTo(161 * (1e-5 + 16 * 8192 * 2e-12) + 1e-3 + 80e-5 + 16e-6, 8);
  });

  it('refuse pipeline stages', () => {
    const staged = { ...c, parallelism: { ...c.parallelism, pipelineParallel: 2 } };
    expect(() =>
      compileProfileSteps(staged, profile(), { overheads: none, allReduce: () => 0, expertRanks: 1 }),
    ).toThrow(RangeError);
  });
});

describe('reading a layer profile', () => {
  it('counts rows without valid numbers and uses the others', () => {
    const read = readLayerProfile({ ...files, dense: `${files.dense}\nqkv_proj,2000,\nqkv_proj,-1,5` });
    expect(read.ok).toBe(true);
    expect(read.diagnostics.map((d) => d.code)).toEqual(['perf-profile-rows']);
    expect(read.diagnostics[0]?.summary).toContain('2 of');
  });

  it('names the missing columns and refuses an empty table', () => {
    const read = readLayerProfile({
      ...files,
      attention: 'a,b\n1,2',
      perSequence: 'layer,sequences,time_us',
    });
    expect(read.ok).toBe(false);
    expect(read.diagnostics.map((d) => [d.code, d.path])).toEqual([
      ['perf-profile-columns', 'per_sequence.csv'],
      ['perf-profile-columns', 'attention.csv'],
    ]);
  });

  it('keeps attention kernels apart by name and the experts without expert parallelism', () => {
    const named = [
      `layer,${ATTENTION[0]}`,
      ...ATTENTION.slice(1).flatMap((row) => [`attention,${row}`, `indexer,${row}`]),
    ];
    const read = readLayerProfile({
      ...files,
      attention: named.join('\n'),
      experts: 'ep,tokens,activated_experts,time_us\n1,1,8,50\n2,1,8,500',
    });
    expect(read.ok && [...read.value.attention.keys()]).toEqual(['attention', 'indexer']);
    expect(read.ok && read.value.experts?.at(1, 8)).toBeCloseTo(5e-5, 12);
  });
});
