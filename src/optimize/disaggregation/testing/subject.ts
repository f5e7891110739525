import type { ArrivalProfile, LatencyLimit, Offering } from '../../../model/index.ts';
import { shippedCoefficients } from '../../../perf/index.ts';
import { gib, gigabytesPerSecond, milliseconds, seconds } from '../../../units/index.ts';
import type { BenchSubject } from '../../capacity/measure.ts';
import { generateShapes } from '../../candidates/generator.ts';
import type { Shape } from '../../candidates/shape.ts';
import { chatProfile, h100, resolvedProblem } from '../../testing/resolved.ts';

/** Long prompts of a chat at `rate`: 500 to 3,000 tokens in, 50 to 350 out. For tests only. */
export function longPrompts(rate: number): ArrivalProfile {
  const lengths = { inputQuantiles: [500, 1500, 2500, 3000], outputQuantiles: [[50, 150, 250, 350]] };
  return { ...chatProfile(rate), lengths };
}

/** p99 limits: 1 s TTFT and so many milliseconds TPOT. */
export function limitsOf(tpot: number): readonly LatencyLimit[] {
  return [
    { metric: 'tpot', percentile: 'p99', limit: milliseconds(tpot) },
    { metric: 'ttft', percentile: 'p99', limit: seconds(1) },
  ];
}

/** A subject of Llama-8B with short longest runs. */
export function subjectOf(profile: ArrivalProfile, facts: Partial<BenchSubject> = {}): BenchSubject {
  return {
    workload: 'chat',
    profile,
    limits: limitsOf(40),
    seed: 1,
    coefficients: shippedCoefficients(),
    longest: 4000,
    ...facts,
  };
}

/** The plain tensor-parallel shapes of Llama-8B in the sizes named, on pool `h` (H100), or on `h200` with its memory. */
export function shapesOn(pool: 'h' | 'h200', sizes: readonly number[]): readonly Shape[] {
  const base = h100({ pool, zone: 'z1', capacityType: 'on-demand', price: 8, accelerators: 8 });
  const offering = pool === 'h' ? base : asH200(base);
  const problem = resolvedProblem({
    offerings: [offering],
    workloads: [{ id: 'chat', profile: chatProfile(1) }],
  });
  const [workload] = problem.workloads;
  if (workload === undefined) throw new Error('unreachable');
  const { shapes } = generateShapes(workload, [offering]);
  return sizes.map((size) => shapes.find(({ id }) => id.endsWith(`-tp${size}`))!);
}

/** H200 (NVIDIA data sheet, 2024): the compute of an H100 with 141 GB at 4.8 TB/s. */
function asH200(offering: Offering): Offering {
  const { accelerator } = offering;
  if (accelerator === undefined) throw new Error('unreachable');
  const facts = { name: 'h200-sxm', memory: gib(131), memoryBandwidth: gigabytesPerSecond(4800) };
  return { ...offering, accelerator: { ...accelerator, ...facts } };
}
