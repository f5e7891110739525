import type { ReceiveSteps } from '../../src/accuracy/harness.ts';
import type { EngineName, Provenance } from '../../src/model/index.ts';
import type { EngineOverheads } from '../../src/perf/engine-overheads.ts';

/** An overhead that is fitted in log space: where it starts, what it may physically be, how strongly it is held there. */
interface Knob {
  readonly name:
    | 'step'
    | 'perLayer'
    | 'perSequence'
    | 'decodeScale'
    | 'prefillScale'
    | 'ingestBase'
    | 'ingestPerToken'
    | 'floorScale'
    | 'linkScale'
    | 'handover';
  /**
   * Prior, the same for all engines: times from the published fit of vLLM 0.15.1 on H100 (BLIS: 126 µs per step, 32 µs per
   * layer, 4.4 µs per request, 15.6 ms ingest) rounded towards the middle of the range; scales near one.
   */
  readonly prior: number;
  readonly low: number;
  readonly high: number;
  /** Weight of the prior against about as many rows. */
  readonly hold: number;
}

export const KNOBS: readonly Knob[] = [
  { name: 'step', prior: 3e-4, low: 2e-5, high: 3e-3, hold: 1 },
  { name: 'perLayer', prior: 2e-5, low: 1e-7, high: 6e-5, hold: 1 },
  { name: 'perSequence', prior: 8e-6, low: 5e-7, high: 1e-4, hold: 1 },
  { name: 'decodeScale', prior: 1, low: 0.6, high: 1.5, hold: 30 },
  { name: 'prefillScale', prior: 1.1, low: 0.6, high: 2, hold: 15 },
  { name: 'ingestBase', prior: 0.01, low: 0.001, high: 0.06, hold: 1 },
  { name: 'ingestPerToken', prior: 5e-6, low: 1e-8, high: 3e-5, hold: 1 },
  { name: 'floorScale', prior: 0.9, low: 0.25, high: 1.5, hold: 10 },
  { name: 'linkScale', prior: 0.9, low: 0.4, high: 1.5, hold: 5 },
  { name: 'handover', prior: 0.05, low: 1e-4, high: 1, hold: 1 },
];

export const ENGINES: readonly EngineName[] = ['vllm', 'sglang', 'tensorrt-llm'];
/** Waits of the harness beyond the engine's own, which come first among the parameters of waits. */
export const WAITS: readonly (keyof ReceiveSteps)[] = ['sglangSmall', 'sglangLarge', 'tensorrtAttentionDp'];

/** Scale of the waits, steps, so that their parameters are of order one; also their prior. */
export const WAIT_SCALE = 10;
const WAIT_HOLD = 4;
/** Weight of what engines share and of what they differ in: differences are held four times as strongly. */
const SHARED_HOLD = 4;
const ENGINE_HOLD = 16;

/** Published constant that is not fitted: BLIS, 46 µs per output token. */
const OUTPUT_LATENCY = 46e-6;

/**
 * All parameters as one vector: deviations of the logarithms that engines share, those of each engine beyond, and waits.
 * The prior is the vector of zeros, and of `WAIT_PRIORS`.
 */
export type Parameters = readonly number[];

/** Parameters of waits: the engines' own in steps, then the harness's. */
const WAIT_PRIORS: readonly number[] = [...ENGINES.map(() => 0.2), ...WAITS.map(() => 1)];

export const SIZE = KNOBS.length * (1 + ENGINES.length) + WAIT_PRIORS.length;

export function priorParameters(): number[] {
  return [...new Array<number>(SIZE - WAIT_PRIORS.length).fill(0), ...WAIT_PRIORS];
}

/** Ridge weights by parameter. */
export function holds(): number[] {
  const knobs = KNOBS.map((knob) => knob.hold);
  return [
    ...knobs.map((hold) => hold * SHARED_HOLD),
    ...ENGINES.flatMap(() => knobs.map((hold) => hold * ENGINE_HOLD)),
    ...WAIT_PRIORS.map(() => WAIT_HOLD),
  ];
}

/** Index of a knob's shared and own parameter, and of a wait. */
export const sharedIndex = (knob: number): number => knob;
export const ownIndex = (engine: number, knob: number): number => KNOBS.length * (1 + engine) + knob;
export const admissionIndex = (engine: number): number => KNOBS.length * (1 + ENGINES.length) + engine;
export const waitIndex = (wait: number): number => admissionIndex(ENGINES.length) + wait;

/** Logarithm of a knob's value for an engine, held inside its range. */
export function logValue(parameters: Parameters, engine: number, knob: number): number {
  const k = KNOBS[knob] as Knob;
  const free =
    Math.log(k.prior) +
    (parameters[sharedIndex(knob)] as number) +
    (parameters[ownIndex(engine, knob)] as number);
  return Math.min(Math.log(k.high), Math.max(Math.log(k.low), free));
}

/** Overheads of every engine; `shift` adds to the logarithm of one knob of all of them. */
export function overheadsAt(
  parameters: Parameters,
  provenance: Provenance,
  shift?: { readonly knob: number; readonly by: number },
): EngineOverheads[] {
  return ENGINES.map((engine, e) => {
    const values = Object.fromEntries(
      KNOBS.map((knob, k) => [
        knob.name,
        Number(
          Math.exp(logValue(parameters, e, k) + (shift?.knob === k ? shift.by : 0)).toPrecision(
            shift === undefined ? 3 : 9,
          ),
        ),
      ]),
    ) as Record<Knob['name'], number>;
    const admissionSteps = stepsOf(parameters, admissionIndex(e));
    return { engine, ...values, admissionSteps, outputLatency: OUTPUT_LATENCY, provenance };
  });
}

export function waitsAt(parameters: Parameters): ReceiveSteps {
  const value = (name: keyof ReceiveSteps): number => stepsOf(parameters, waitIndex(WAITS.indexOf(name)));
  return {
    sglangSmall: value('sglangSmall'),
    sglangLarge: value('sglangLarge'),
    tensorrtAttentionDp: value('tensorrtAttentionDp'),
  };
}

function stepsOf(parameters: Parameters, index: number): number {
  return Number(Math.max(0, (parameters[index] as number) * WAIT_SCALE).toPrecision(3));
}

/**
 * Ingest of vLLM alone: runs of 0.15.1 and 0.19.0 with per-request timestamps give 1.7 ms (`calibrate:vllm-runs`,
 * 2026-11-21). What the closed loops show beyond that is the time of their client, alike for all engines.
 */
const VLLM_INGEST = 1.7e-3;
/** No engine takes a request in less. */
const LEAST_INGEST = 1e-3;

/** Seconds that the client of the measured closed loops adds before a request is taken in. */
export function clientAt(parameters: Parameters): number {
  const knob = KNOBS.findIndex(({ name }) => name === 'ingestBase');
  const ingest = ENGINES.map((_, engine) => Math.exp(logValue(parameters, engine, knob)));
  const vllm = ingest[ENGINES.indexOf('vllm')] as number;
  return Number(
    Math.max(0, Math.min(vllm - VLLM_INGEST, ...ingest.map((t) => t - LEAST_INGEST))).toPrecision(3),
  );
}
