/** Turns what a vLLM run says of itself into a replica configuration: model, accelerator, cut, formats, limits. */
import { findAccelerator, findModel, shippedCatalog } from '../src/catalog/index.ts';
import { NO_PARALLELISM } from '../src/model/index.ts';
import type { Accelerator, ModelArchitecture, Precision } from '../src/model/index.ts';
import type { ReplicaConfiguration } from '../src/perf/index.ts';
import { gib, gigabytesPerSecond, watts } from '../src/units/index.ts';
import { EXTRA_MODELS } from './replay-models.ts';

/** What a run says of its engine. */
export interface EngineFacts {
  readonly model: string;
  readonly hardware: string;
  readonly tensorParallel: number;
  readonly dataParallel: number;
  readonly expertParallel: boolean;
  readonly maxSequences: number;
  readonly maxBatchedTokens: number;
  /** Tokens; 0: the model's own. */
  readonly maxModelLength: number;
  readonly kvCacheType: string;
  /** Memory (GiB) and bandwidth (GB/s) of the accelerator, for one that the catalogue lacks. */
  readonly memory?: { readonly gib: number; readonly bandwidth: number };
}

/** The configuration, or why there is none. */
export function configurationOf(facts: EngineFacts): ReplicaConfiguration | string {
  const architecture = architectureOf(facts.model);
  if (architecture === undefined) return `the catalogue has no model "${facts.model}"`;
  const accelerator = acceleratorOf(facts);
  if (accelerator === undefined) return `the catalogue has no accelerator "${facts.hardware}"`;
  const ranks = facts.tensorParallel * facts.dataParallel;
  return {
    architecture,
    accelerator,
    acceleratorsPerNode: 8,
    interNodeBandwidth: gigabytesPerSecond(25),
    engine: 'vllm',
    parallelism: {
      ...NO_PARALLELISM,
      tensorParallel: facts.tensorParallel,
      dataParallel: facts.dataParallel,
      expertParallel: facts.expertParallel ? ranks : 1,
    },
    weightPrecision: weightPrecisionOf(facts.model, architecture),
    kvPrecision: facts.kvCacheType.startsWith('fp8') ? 'fp8' : 'bf16',
    batch: { maxBatchedTokens: facts.maxBatchedTokens, maxSequences: facts.maxSequences },
    maxModelLength: Math.min(facts.maxModelLength, architecture.maxContext),
  };
}

/** Endings of checkpoint names that do not change the dimensions. */
const VARIANTS =
  /[-_](instruct|chat|hf|it|base|dynamic|fp8|fp8-dynamic|w8a8|quantized|preview|\d{4}|v\d+(\.\d+)?)$/i;

/** The architecture of a checkpoint; endings that name a tuning or a format are dropped one by one until a name is known. */
export function architectureOf(model: string): ModelArchitecture | undefined {
  for (let name = model; ; name = name.replace(VARIANTS, '')) {
    for (const candidate of [name, name.split('/').at(-1) ?? name]) {
      const found = findModel(shippedCatalog(), candidate);
      if (found.ok) return found.value;
      const short = (candidate.split('/').at(-1) ?? candidate).toLowerCase();
      const extra = EXTRA_MODELS.find((entry) => entry.aliases.includes(short));
      if (extra !== undefined) return extra;
    }
    if (!VARIANTS.test(name)) return undefined;
  }
}

function acceleratorOf(facts: EngineFacts): Accelerator | undefined {
  const catalog = shippedCatalog();
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const known = findAccelerator(catalog, facts.hardware);
  if (known.ok) return known.value;
  const alike = catalog.accelerators.find((entry) =>
    [entry.name, ...entry.aliases].some((name) => plain(name) === plain(facts.hardware)),
  );
  if (alike !== undefined || facts.memory === undefined) return alike;
  return {
    name: facts.hardware.toLowerCase(),
    aliases: [],
    vendor: 'nvidia',
    architecture: 'unknown',
    memory: gib(facts.memory.gib),
    memoryBandwidth: gigabytesPerSecond(facts.memory.bandwidth),
    peakFlops: {},
    power: watts(0),
    link: { kind: 'pcie', bandwidth: gigabytesPerSecond(32) },
    resourceName: 'nvidia.com/gpu',
    provenance: {
      evidence: 'assumed',
      source: 'the run: memory and bandwidth; nearest NVIDIA card otherwise',
    },
  };
}

function weightPrecisionOf(model: string, architecture: ModelArchitecture): Precision {
  if (/nvfp4|fp4/i.test(model)) return architecture.checkpoints.includes('mxfp4') ? 'mxfp4' : 'nvfp4';
  if (/fp8/i.test(model)) return 'fp8';
  if (/int4|w4a16|awq|gptq/i.test(model)) return 'int4';
  const [only, ...others] = architecture.checkpoints;
  return only !== undefined && others.length === 0 ? only : 'bf16';
}
