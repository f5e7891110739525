import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatorBreakdown } from './breakdown.ts';
import { allGatherTime, allReduceTime, reduceScatterTime } from './collectives.ts';
import { chooseCoefficients } from './coefficients.ts';
import { minimumStepTime, replicaPerformance } from './replica-performance.ts';
import { shippedCoefficients } from './shipped.ts';
import {
  A100,
  B200,
  configuration,
  DEEPSEEK_R1,
  GPT_OSS_120B,
  H100,
  LLAMA_70B,
} from './testing/configurations.ts';
import { TokenTable } from './token-table.ts';

const coefficients = shippedCoefficients();
const stepsOf = (...options: Parameters<typeof configuration>) =>
  replicaPerformance(configuration(...options), coefficients).steps;

const CONFIGURATIONS = [
  ['Llama 70B fp8 tp4 on H100', configuration()],
  [
    'Llama 70B bf16 tp4 pp2 on A100',
    configuration({ accelerator: A100, weightPrecision: 'bf16' }, { tensorParallel: 4, pipelineParallel: 2 }),
  ],
  [
    'gpt-oss with window layers on H100',
    configuration({ architecture: GPT_OSS_120B, weightPrecision: 'mxfp4' }, { tensorParallel: 2 }),
  ],
  [
    'DeepSeek-R1 tp8 ep8 on B200',
    configuration(
      { architecture: DEEPSEEK_R1, accelerator: B200, weightPrecision: 'fp8-block' },
      { tensorParallel: 8, expertParallel: 8 },
    ),
  ],
  [
    'DeepSeek-R1 dp8 ep8 under SGLang on B200',
    configuration(
      { architecture: DEEPSEEK_R1, accelerator: B200, weightPrecision: 'fp8-block', engine: 'sglang' },
      { tensorParallel: 1, dataParallel: 8, expertParallel: 8 },
    ),
  ],
  ['Llama 70B fp8 tp4 cp2 on H100', configuration({}, { tensorParallel: 4, contextParallel: 2 })],
] as const;

describe.each(CONFIGURATIONS)('step times of %s', (_, c) => {
  const { steps } = replicaPerformance(c, coefficients);
  const sequences = fc.integer({ min: 1, max: 512 });
  const context = fc.integer({ min: 0, max: 20_000 });

  it('sums a run of decode steps in closed form as stepping does, to rounding', () => {
    fc.assert(
      fc.property(sequences, context, fc.integer({ min: 0, max: 400 }), (batch, perSequence, count) => {
        const cached = batch * perSequence + (perSequence % batch);
        let stepped = 0;
        for (let i = 0; i < count; i++) stepped += steps.stepTime(0, 0, batch, cached + i * batch);
        expect(Math.abs(steps.decodeRun(batch, cached, count) - stepped)).toBeLessThanOrEqual(
          1e-9 * (stepped + 1e-9),
        );
      }),
    );
  });

  it('more sequences, more cached tokens or more prompt tokens are never faster', () => {
    fc.assert(
      fc.property(sequences, context, fc.integer({ min: 0, max: 8000 }), (batch, perSequence, prompt) => {
        const at = (p: number, s: number, kv: number): number => steps.stepTime(p, (p * p) / 2, s, kv);
        const base = at(prompt, batch, batch * perSequence);
        expect(at(prompt, batch + 1, batch * perSequence)).toBeGreaterThanOrEqual(base);
        expect(at(prompt, batch, batch * perSequence + 100)).toBeGreaterThanOrEqual(base);
        expect(at(prompt + 64, batch, batch * perSequence)).toBeGreaterThanOrEqual(base);
      }),
    );
  });

  it('no decode step is faster than the minimum, and an empty step takes no time', () => {
    const least = minimumStepTime(c, coefficients);
    fc.assert(
      fc.property(sequences, context, (batch, perSequence) => {
        const step = steps.stepTime(0, 0, batch, batch * (perSequence + 1));
        expect(step * steps.pipelineDepth).toBeGreaterThanOrEqual(least);
      }),
    );
    expect(steps.stepTime(0, 0, 0, 0)).toBe(0);
  });

  it('breaks a step down into operators that sum to its latency within 0.5 %', () => {
    const batch = {
      prefillTokens: 700,
      prefillAttended: 245_000,
      decodeSequences: 40,
      decodeKvTokens: 60_000,
    };
    const total = operatorBreakdown(c, coefficients, batch).reduce((sum, row) => sum + row.seconds, 0);
    const step = steps.stepTime(700, 245_000, 40, 60_000) * steps.pipelineDepth;
    expect(Math.abs(total / step - 1)).toBeLessThan(0.005);
  });
});

describe('speculative decoding', () => {
  const speculative = { draftTokens: 3, acceptance: 0.7, draftCost: 0.05 };
  const plain = stepsOf();
  const drafted = stepsOf({ speculative });

  it('sums a run of decode steps in closed form as stepping does', () => {
    let stepped = 0;
    for (let i = 0; i < 100; i++) stepped += drafted.stepTime(0, 0, 16, 16_000 + 16 * i);
    expect(Math.abs(drafted.decodeRun(16, 16_000, 100) / stepped - 1)).toBeLessThan(1e-9);
  });

  it('shortens the time per token of a small batch towards the expected tokens and no further', () => {
    // (1 − 0.7⁴) / (1 − 0.7) = 2.533 tokens per verify step
    const gain = plain.stepTime(0, 0, 1, 1000) / drafted.stepTime(0, 0, 1, 1000);
    expect(gain).toBeGreaterThan(1.8);
    expect(gain).toBeLessThan(2.533);
  });

  it('gains nothing with a draft that is never right', () => {
    const wrong = stepsOf({ speculative: { ...speculative, acceptance: 0 } });
    expect(wrong.stepTime(0, 0, 8, 8000)).toBeGreaterThan(plain.stepTime(0, 0, 8, 8000));
  });

  it('loses its gain once the verified tokens pass the ridge of the products (250 to 300 tokens on H100)', () => {
    const gain = (batch: number): number =>
      plain.stepTime(0, 0, batch, batch * 1000) / drafted.stepTime(0, 0, batch, batch * 1000);
    expect(gain(256)).toBeLessThan(gain(8));
  });

  it('charges prompt tokens of a mixed step in full', () => {
    const prompt = plain.stepTime(2048, 2 ** 21, 16, 16_000) - plain.stepTime(0, 0, 16, 16_000);
    const mixed = drafted.stepTime(2048, 2 ** 21, 16, 16_000) - drafted.stepTime(0, 0, 16, 16_000);
    expect(Math.abs(mixed / prompt - 1)).toBeLessThan(0.1);
  });
});

describe('context parallelism', () => {
  const one = stepsOf({ maxModelLength: 65_536 });
  const two = stepsOf({ maxModelLength: 65_536 }, { tensorParallel: 4, contextParallel: 2 });

  it('prefills a long prompt faster, though less than twice', () => {
    const time = (steps: typeof one): number => steps.stepTime(32_768, 32_768 ** 2 / 2, 0, 0);
    expect(time(two)).toBeLessThan(time(one));
    expect(time(two)).toBeGreaterThan(time(one) / 2);
  });

  it('reads a cut cache in decode, so that long contexts cost less and short ones a little more', () => {
    const slope = (steps: typeof one): number =>
      steps.stepTime(0, 0, 8, 800_000) - steps.stepTime(0, 0, 8, 400_000);
    expect(slope(two)).toBeCloseTo(slope(one) / 2, 9);
    expect(two.stepTime(0, 0, 8, 800)).toBeGreaterThan(one.stepTime(0, 0, 8, 800));
  });

  it('holds about twice the tokens in its caches', () => {
    expect(two.kvBlocks / one.kvBlocks).toBeGreaterThan(1.9);
  });
});

describe('link domains', () => {
  it('lets the 72 accelerators of a GB200 rack talk over NVLink, nodes of other accelerators over the network', () => {
    const laws = chooseCoefficients(B200, coefficients).laws;
    const message = { ranks: 16, bytes: 2 ** 24 };
    const nodes = configuration({ accelerator: B200, acceleratorsPerNode: 4 });
    const rack = { ...nodes, accelerator: { ...B200, name: 'gb200' } };
    expect(allReduceTime(laws, rack, message)).toBeLessThan(allReduceTime(laws, nodes, message) / 2);
  });

  it('never gathers, scatters or reduces faster over more ranks', () => {
    const { laws } = chooseCoefficients(H100, coefficients);
    const c = configuration();
    for (const time of [allReduceTime, allGatherTime, reduceScatterTime]) {
      const sizes = [2, 4, 8, 16, 32].map((ranks) => time(laws, c, { ranks, bytes: 4096 }));
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    }
  });
});

describe('limits', () => {
  it('one rank communicates with nobody', () => {
    const { laws } = chooseCoefficients(H100, coefficients);
    expect(allReduceTime(laws, configuration({}, {}), { ranks: 1, bytes: 1e6 })).toBe(0);
    const rows = operatorBreakdown(configuration({ maxModelLength: 1024 }, {}), coefficients, {
      prefillTokens: 0,
      prefillAttended: 0,
      decodeSequences: 8,
      decodeKvTokens: 8000,
    });
    expect(rows.some((row) => row.bound === 'link')).toBe(false);
  });

  it('more bandwidth or more peak is never slower', () => {
    const faster = (factor: number) => ({
      ...H100,
      memoryBandwidth: (H100.memoryBandwidth * factor) as typeof H100.memoryBandwidth,
      peakFlops: { bf16: (989e12 * factor) as never, fp8: (1978e12 * factor) as never },
    });
    for (const [p, s] of [
      [0, 1],
      [0, 128],
      [4000, 0],
      [2000, 64],
    ] as const) {
      const time = (factor: number): number =>
        stepsOf({ accelerator: faster(factor) }).stepTime(p, (p * p) / 2, s, s * 1000);
      expect(time(2)).toBeLessThan(time(1));
      expect(time(1)).toBeLessThan(time(0.5));
    }
  });

  it('a thin link makes tensor parallelism across nodes slower than inside one', () => {
    const time = (acceleratorsPerNode: number): number =>
      stepsOf({ acceleratorsPerNode }, { tensorParallel: 8 }).stepTime(0, 0, 32, 32_000);
    expect(time(4)).toBeGreaterThan(time(8));
  });

  it('pipeline stages shorten the step towards a half without passing it', () => {
    const one = stepsOf().stepTime(0, 0, 64, 64_000);
    const two = stepsOf({}, { tensorParallel: 4, pipelineParallel: 2 });
    expect(two.pipelineDepth).toBe(2);
    const half = two.stepTime(0, 0, 64, 64_000);
    expect(half).toBeGreaterThan(one / 2);
    expect(half).toBeLessThan(one * 0.62);
  });

  it('window layers stop costing more once every sequence fills the window', () => {
    const steps = stepsOf({ architecture: GPT_OSS_120B, weightPrecision: 'mxfp4' }, {});
    const slope = (kv: number): number => steps.stepTime(0, 0, 10, kv + 1000) - steps.stepTime(0, 0, 10, kv);
    expect(slope(10_000)).toBeCloseTo(slope(100_000), 12);
    expect(slope(100)).toBeGreaterThan(1.5 * slope(10_000));
  });
});

describe('every shipped accelerator', () => {
  it.each(coefficients.accelerators.map((entry) => [entry.accelerator, entry] as const))(
    'gives finite growing step times on %s for dense, windowed and latent attention, measured or not',
    (name, entry) => {
      const accelerator = { ...H100, name, vendor: entry.vendor, architecture: entry.architecture };
      for (const architecture of [LLAMA_70B, GPT_OSS_120B, DEEPSEEK_R1]) {
        const steps = stepsOf({ accelerator, architecture, weightPrecision: 'bf16' }, { tensorParallel: 8 });
        const short = steps.stepTime(512, 131_072, 4, 4000);
        expect(short).toBeGreaterThan(0);
        expect(steps.stepTime(2048, 2 ** 21, 16, 64_000)).toBeGreaterThan(short);
      }
    },
  );
});

describe('published step times', () => {
  it('decodes one sequence of Llama 70B fp8 on 4 H100 between the time to stream its weights and twice that', () => {
    // 70.6 GB + 2.1 GB of bf16 tables over four cards at 3.35 TB/s: 5.4 ms
    const streaming = 72.7e9 / 4 / 3.35e12;
    const step = stepsOf().stepTime(0, 0, 1, 1000);
    expect(step).toBeGreaterThan(streaming);
    expect(step).toBeLessThan(3 * streaming);
  });

  it('prefills Llama 70B bf16 on 8 H100 above 45 % of peak, overheads and all (BLIS), and below the 77 % of a lone product of 8,192 rows (AIConfigurator tables, 2026-08), beside its collectives', () => {
    const c = configuration({ weightPrecision: 'bf16' }, { tensorParallel: 8 });
    const rows = operatorBreakdown(c, coefficients, {
      prefillTokens: 8192,
      prefillAttended: 8192 ** 2 / 2,
      decodeSequences: 0,
      decodeKvTokens: 0,
    });
    const seconds = rows.filter((row) => row.bound !== 'link').reduce((sum, row) => sum + row.seconds, 0);
    const flops = 2 * 8192 * 68.5e9 + 4 * 80 * 64 * 128 * (8192 ** 2 / 2);
    const share = flops / (8 * 989e12) / seconds;
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.77);
  });
});

describe('TokenTable', () => {
  it('is exact at whole numbers up to 64 and within 0.1 % of a smooth roofline between knots', () => {
    const roofline = (m: number): number => 3e-6 + Math.hypot(4e-5, m * 3e-7);
    const table = new TokenTable(roofline);
    for (let m = 1; m <= 64; m++) expect(table.at(m)).toBe(roofline(m));
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2 ** 20, noNaN: true }), (m) => {
        expect(Math.abs(table.at(m) / roofline(m) - 1)).toBeLessThan(1e-3);
      }),
    );
    expect(table.at(0.5)).toBe(roofline(1));
  });
});
