import { Errors, Flags } from '@oclif/core';
import type { Interfaces } from '@oclif/core';
import type { DeploymentOptions, RoleOptions, StageOptions } from '../engine/index.ts';
import type { Parallelism } from '../model/index.ts';
import { parseBandwidth, parsePercent, parseRate } from '../units/index.ts';
import type { BytesPerSecond, Parsed } from '../units/index.ts';

/** Number formats of weights and KV cache. */
export const PRECISIONS = ['bf16', 'fp8', 'fp8-block', 'int8', 'int4', 'nvfp4', 'mxfp4'] as const;

/** A flag's `parse` from a parser of quantities: wrong text is wrong usage, told what was expected. */
export function reading<T>(parse: (input: string) => Parsed<T>): (input: string) => Promise<T> {
  return (input) => {
    const parsed = parse(input);
    return parsed.ok
      ? Promise.resolve(parsed.value)
      : Promise.reject(new Errors.CLIError(`Expected ${parsed.expected}, not "${input}"`));
  };
}

/** A request rate above zero; a bare number is per second. */
export const rateFlag = Flags.custom<number>({ parse: reading(readRate) });

function readRate(input: string): Parsed<number> {
  const bare = /^\d+(\.\d+)?$/.test(input) ? `${input}/s` : input;
  const parsed = parseRate(bare);
  return parsed.ok && parsed.value > 0
    ? parsed
    : { ok: false, expected: 'a request rate above 0 such as "4", "4/s" or "240/min"' };
}

/** A share such as `30%`. */
export const percentFlag = Flags.custom<number>({ parse: reading(parsePercent) });

/** A number above zero. */
export const positiveFlag = Flags.custom<number>({ parse: reading(readPositive) });

function readPositive(input: string): Parsed<number> {
  const value = Number(input);
  return Number.isFinite(value) && value > 0 && input.trim() !== ''
    ? { ok: true, value }
    : { ok: false, expected: 'a number above 0' };
}

const probabilityFlag = Flags.custom<number>({ parse: reading(readProbability) });

function readProbability(input: string): Parsed<number> {
  const value = Number(input);
  return value >= 0 && value <= 1 && input.trim() !== ''
    ? { ok: true, value }
    : { ok: false, expected: 'a probability from 0 to 1 such as "0.7"' };
}

/** Keys of `--prefill` and `--decode` and what they set. */
const SIZES: Readonly<Record<string, keyof Parallelism>> = {
  tp: 'tensorParallel',
  pp: 'pipelineParallel',
  dp: 'dataParallel',
  ep: 'expertParallel',
  cp: 'contextParallel',
  ff: 'feedForwardParallel',
};
const ROLE_KEYS: Readonly<Record<string, 'replicas' | 'maxBatchedTokens' | 'maxSequences'>> = {
  replicas: 'replicas',
  tokens: 'maxBatchedTokens',
  sequences: 'maxSequences',
};

const roleFlag = Flags.custom<RoleOptions>({ parse: reading(readRole) });

function readRole(input: string): Parsed<RoleOptions> {
  const pairs = input.split(',').map((pair) => pair.split('='));
  const isUnderstood = pairs.every(
    ([key = '', value = '', ...rest]) =>
      rest.length === 0 &&
      (Object.hasOwn(SIZES, key) || Object.hasOwn(ROLE_KEYS, key)) &&
      /^[1-9]\d{0,6}$/.test(value),
  );
  if (!isUnderstood) {
    return {
      ok: false,
      expected: 'sizes such as "tp=4,replicas=2" (tp, pp, dp, ep, cp, ff, replicas, tokens, sequences)',
    };
  }
  const parallelism: Partial<Record<keyof Parallelism, number>> = {};
  const own: { -readonly [Key in keyof RoleOptions]: RoleOptions[Key] } = {};
  for (const [key = '', value] of pairs) {
    const size = SIZES[key];
    const limit = ROLE_KEYS[key];
    if (size !== undefined) parallelism[size] = Number(value);
    if (limit !== undefined) own[limit] = Number(value);
  }
  return { ok: true, value: { ...own, parallelism } };
}

const stagesFlag = Flags.custom<readonly StageOptions[]>({ parse: reading(readStages) });

function readStages(input: string): Parsed<readonly StageOptions[]> {
  const stages = input.split(',').map((stage) => {
    const [accelerator = '', layers = '', ...rest] = stage.trim().split(':');
    return { accelerator, layers: rest.length === 0 && /^[1-9]\d{0,3}$/.test(layers) ? Number(layers) : 0 };
  });
  return stages.length > 1 && stages.every(({ accelerator, layers }) => accelerator !== '' && layers > 0)
    ? { ok: true, value: stages }
    : { ok: false, expected: 'two or more stages such as "h100-sxm:50,a100-80gb-sxm:30"' };
}

const size = (what: string) => Flags.integer({ description: `${what}; default 1.`, min: 1, helpValue: 'N' });

/** Flags that describe one configuration: model, accelerator, cut, engine, formats, limits. */
export const CONFIGURATION_FLAGS = {
  model: Flags.string({
    description: 'Model, by its name in the catalogue or Hugging Face id.',
    helpValue: 'NAME',
  }),
  accelerator: Flags.string({ description: 'Accelerator, by its name in the catalogue.', helpValue: 'NAME' }),
  'instance-type': Flags.string({
    description:
      'Instance type that holds the accelerators: tells their kind, number per node, network and price.',
    helpValue: 'NAME',
  }),
  tp: size('Tensor parallel size'),
  pp: size('Pipeline stages'),
  stages: stagesFlag({
    description:
      'Pipeline stages that differ, in order: accelerator and layers of each; in place of --accelerator and --pp.',
    helpValue: 'NAME:LAYERS,...',
    exclusive: ['accelerator', 'pp'],
  }),
  dp: size('Attention data-parallel ranks'),
  ep: size('Expert parallel size'),
  cp: size('Context parallel size'),
  ff: Flags.integer({
    description:
      'Ranks that cut a dense feed-forward: tp, or tp x dp for attention data parallel inside; default tp.',
    min: 1,
    helpValue: 'N',
  }),
  engine: Flags.string({
    description: 'Serving engine: vllm, sglang, tensorrt-llm; default vllm.',
    helpValue: 'NAME',
  }),
  'engine-version': Flags.string({
    description: 'Version of the engine; default the one whose step times were measured.',
    helpValue: 'VERSION',
  }),
  weights: Flags.option({ options: PRECISIONS })({
    description: 'Format of the weights; default the first published one that the accelerator computes.',
  }),
  kv: Flags.option({ options: PRECISIONS })({ description: 'Format of the KV cache; default bf16.' }),
  'max-batched-tokens': Flags.integer({
    description: 'Tokens of one step; default 8192.',
    min: 1,
    helpValue: 'TOKENS',
  }),
  'max-sequences': Flags.integer({
    description: 'Sequences in flight; default 256.',
    min: 1,
    helpValue: 'N',
  }),
  'max-model-length': Flags.integer({
    description: "Longest sequence served; default the model's limit, or what the KV cache holds.",
    min: 1,
    helpValue: 'TOKENS',
  }),
  'accelerators-per-node': Flags.integer({
    description:
      'Accelerators that fast links reach (a node, or a rack); default by instance type, else the most known.',
    min: 1,
    helpValue: 'N',
  }),
  'inter-node-bandwidth': Flags.custom<BytesPerSecond>({ parse: reading(parseBandwidth) })({
    description: 'Network per accelerator and direction; default by instance type, else 400Gbit/s.',
    helpValue: 'BANDWIDTH',
  }),
  'draft-tokens': Flags.integer({
    description: 'Speculative decoding: tokens drafted per step; default none.',
    min: 1,
    helpValue: 'N',
    dependsOn: ['acceptance'],
  }),
  acceptance: probabilityFlag({
    description: 'Probability that a drafted token is accepted, 0 to 1.',
    helpValue: 'SHARE',
    dependsOn: ['draft-tokens'],
  }),
  prefill: roleFlag({
    description: 'Disaggregated serving: sizes of the prefill replicas, beside those of the other flags.',
    helpValue: 'tp=4,replicas=2',
  }),
  decode: roleFlag({ description: 'Sizes of the decode replicas.', helpValue: 'tp=8,replicas=1' }),
  calibration: Flags.string({
    description:
      'File that `plimsoll calibrate` has written: corrections or operator tables; may be repeated.',
    helpValue: 'FILE',
    multiple: true,
  }),
  stack: Flags.string({
    description: 'Stack whose catalogue records and calibration files count too.',
    helpValue: 'FILE',
  }),
  replicas: Flags.integer({
    description: 'Replicas that serve all phases; default 1.',
    min: 1,
    helpValue: 'N',
  }),
};

/** What the configuration flags hold once parsed. */
type ConfigurationFlags = Interfaces.InferredFlags<typeof CONFIGURATION_FLAGS>;

/** What the configuration flags say, without those that were not given; `model` as stated or empty. */
export function deploymentOptions(flags: ConfigurationFlags): DeploymentOptions {
  const { acceptance, 'draft-tokens': draftTokens } = flags;
  return present({
    model: flags.model ?? '',
    accelerator: flags.accelerator,
    instanceType: flags['instance-type'],
    parallelism: present({
      tensorParallel: flags.tp,
      pipelineParallel: flags.pp,
      dataParallel: flags.dp,
      expertParallel: flags.ep,
      contextParallel: flags.cp,
      feedForwardParallel: flags.ff,
    }),
    stages: flags.stages,
    engine: flags.engine,
    engineVersion: flags['engine-version'],
    weightPrecision: flags.weights,
    kvPrecision: flags.kv,
    maxBatchedTokens: flags['max-batched-tokens'],
    maxSequences: flags['max-sequences'],
    maxModelLength: flags['max-model-length'],
    acceleratorsPerNode: flags['accelerators-per-node'],
    interNodeBandwidth: flags['inter-node-bandwidth'],
    speculative:
      draftTokens === undefined || acceptance === undefined ? undefined : { draftTokens, acceptance },
    replicas: flags.replicas,
    calibration: flags.calibration,
    stack: flags.stack,
    prefill: flags.prefill,
    decode: flags.decode,
  });
}

/** An object without its undefined entries. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Present<T>;
}

/** The type of `present`: entries that may be undefined are optional. */
export type Present<T> = {
  readonly [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & {
  readonly [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};
