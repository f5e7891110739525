import type { BatchLimits, EngineName, Parallelism, Precision, Role } from '../../model/index.ts';

/** One pool of equal replicas as reports describe it. */
export interface ConfigurationFacts {
  /** Name of the pool; unique within a report. */
  readonly pool: string;
  readonly role: Role;
  readonly replicas: number;
  readonly model: string;
  readonly accelerator: string;
  /** Accelerators of one replica. */
  readonly accelerators: number;
  readonly acceleratorsPerNode: number;
  readonly parallelism: Parallelism;
  readonly engine: EngineName;
  readonly engineVersion: string;
  readonly weightPrecision: Precision;
  readonly kvPrecision: Precision;
  readonly batch: BatchLimits;
  /** Tokens. */
  readonly maxModelLength: number;
  /** Pipeline stages in order where they differ in accelerator or layers; `accelerator` is that of the first. */
  readonly stages?: readonly { readonly accelerator: string; readonly layers: number }[];
  readonly speculative?: { readonly draftTokens: number; readonly acceptance: number };
}
