import type { EngineName, Parallelism } from '../model/index.ts';

/** One pool of equal workers of a measured deployment. */
export interface MeasuredPool {
  /** Workers (engine replicas) in the pool, ≥ 1. */
  readonly workers: number;
  readonly parallelism: Parallelism;
}

/** One measured operating point of a served model: a fixed number of requests in flight, mean latencies. */
export interface Measurement {
  readonly id: string;
  /** 1-based line in the file it was read from; 0 where it came from elsewhere. */
  readonly line: number;
  /** Who measured it, as written (`inferencex-csv-2026-03-25`); empty where unknown. */
  readonly source: string;
  /** Model name as written; resolved against the catalogue by name and alias. */
  readonly model: string;
  /** Accelerator as written: a catalogue name or alias such as `h100_sxm`. */
  readonly system: string;
  readonly engine: EngineName;
  /** Engine version as written; empty where unknown. */
  readonly engineVersion: string;
  /** Weight format by the benchmark's own words: fp8, fp4, bf16, int4, default. */
  readonly precision: string;
  /** Kernel formats of the products and of the experts as written (`fp8_block`, `nvfp4`…); empty where unknown. */
  readonly gemmFormat: string;
  readonly expertFormat: string;
  readonly mode: 'agg' | 'disagg';
  /** Nominal input and output lengths in tokens. */
  readonly isl: number;
  readonly osl: number;
  /** Lengths are uniform between these multiples of the nominal ones; [1, 1] for fixed lengths. */
  readonly lengthSpread: readonly [low: number, high: number];
  /** Requests in flight over the whole deployment, ≥ 1. */
  readonly concurrency: number;
  /** GPUs of the whole deployment, ≥ 1. */
  readonly gpus: number;
  /** The aggregated pool, or the decode pool of a disaggregated deployment. */
  readonly pool: MeasuredPool;
  /** The prefill pool of a disaggregated deployment. */
  readonly prefill?: MeasuredPool;
  /** Verdict of the file on its own row (`ok`, `repaired`, `suspect`, `incomplete`); empty where it gives none. */
  readonly quality: string;
  /** ISO date of the run as written; absent where unknown. */
  readonly measured?: string;
  /** Measured milliseconds. */
  readonly ttftMs: number;
  readonly tpotMs: number;
}

/** An 80 % interval: a tenth of the truth is expected below `low`, a tenth above `high`. */
export interface LatencyInterval {
  readonly low: number;
  readonly high: number;
}

/** What the model says of a measurement, milliseconds; or why it cannot say anything. */
export type MeasurementPrediction =
  | {
      readonly ok: true;
      readonly ttftMs: number;
      readonly tpotMs: number;
      readonly ttftInterval: LatencyInterval;
      readonly tpotInterval: LatencyInterval;
    }
  | { readonly ok: false; readonly reason: string };
