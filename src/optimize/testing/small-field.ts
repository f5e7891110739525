import { shippedCatalog } from '../../catalog/index.ts';
import type {
  ArrivalProfile,
  LatencyLimit,
  LlmWorkload,
  ModelArchitecture,
  Offering,
  ResolvedWorkload,
} from '../../model/index.ts';
import { checkConfiguration, shippedCoefficients } from '../../perf/index.ts';
import { milliseconds, seconds } from '../../units/index.ts';
import { generateShapes } from '../candidates/generator.ts';
import type { Shape } from '../candidates/shape.ts';
import type { BenchSubject } from '../capacity/measure.ts';
import { chatProfile, h100, LLAMA_8B, resolvedProblem } from './resolved.ts';

/** A model of the catalogue by its whole name. For tests only. */
export function modelNamed(name: string): ModelArchitecture {
  const found = shippedCatalog().models.find((item) => item.name === name);
  if (found === undefined) throw new Error(`the catalogue has no ${name}`);
  return found;
}

/** p99 limits on TTFT in seconds and TPOT in milliseconds; those left out are absent. */
export function p99(limits: { readonly ttft?: number; readonly tpot?: number }): readonly LatencyLimit[] {
  const { ttft, tpot } = limits;
  return [
    ...(tpot === undefined
      ? []
      : [{ metric: 'tpot', percentile: 'p99', limit: milliseconds(tpot) } as const]),
    ...(ttft === undefined ? [] : [{ metric: 'ttft', percentile: 'p99', limit: seconds(ttft) } as const]),
  ];
}

/** A chat-like profile changed as told: hit rate of prefixes, lengths. */
export function chat(facts: Partial<Omit<ArrivalProfile, 'name' | 'hourlyRate'>> = {}): ArrivalProfile {
  return { ...chatProfile(5), ...facts };
}

/** One workload on one pool of H100 nodes. */
export interface SmallField {
  readonly workload: ResolvedWorkload;
  readonly offerings: readonly Offering[];
  readonly subject: BenchSubject;
  /** Those that run, whatever their engine says of them, in the order made. */
  readonly shapes: readonly Shape[];
  /** The shape whose cut is named so, such as `bf16-tp2`. */
  shape(cut: string): Shape;
}

/** What a small field says; default Llama-3.1-8B in bf16 on two H100 of one node, p99 limits of 1 s TTFT and 40 ms TPOT. */
export interface FieldFacts {
  readonly architecture?: ModelArchitecture;
  readonly facts?: Partial<LlmWorkload>;
  readonly profile?: ArrivalProfile;
  readonly limits?: readonly LatencyLimit[];
  readonly accelerators?: number;
  readonly subject?: Partial<BenchSubject>;
}

/** A field of few shapes with short longest runs. */
export function smallField(field: FieldFacts = {}): SmallField {
  const { architecture = LLAMA_8B, profile = chat(), limits = p99({ ttft: 1, tpot: 40 }) } = field;
  const { accelerators = 2 } = field;
  const offerings = [h100({ pool: 'h', zone: 'z1', capacityType: 'on-demand', price: 8, accelerators })];
  const slo = { limits, availability: 0.99, tolerates: 'nothing' } as const;
  const { workloads } = resolvedProblem({
    offerings,
    workloads: [{ id: 'chat', profile, facts: { slo, ...field.facts } }],
  });
  const workload: ResolvedWorkload = { ...workloads[0]!, architecture };
  const { shapes } = generateShapes(workload, offerings, { h: accelerators });
  return {
    workload,
    offerings,
    subject: {
      workload: 'chat',
      profile,
      limits,
      seed: 1,
      coefficients: shippedCoefficients(),
      longest: 2000,
      ...field.subject,
    },
    shapes: shapes.filter(({ configuration }) => checkConfiguration(configuration).ok),
    shape(cut) {
      const found = shapes.find(({ id }) => id.endsWith(`-${cut}`));
      if (found === undefined) throw new Error(`no ${cut} among ${shapes.map(({ id }) => id).join(' ')}`);
      return found;
    },
  };
}
