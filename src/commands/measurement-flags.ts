import { Flags } from '@oclif/core';
import type { DeploymentColumn, DeploymentFacts } from '../accuracy/index.ts';

/** Flags that say which measurements to read and what their file does not say of the deployment. */
export const MEASUREMENT_FLAGS = {
  measurements: Flags.string({
    char: 'm',
    required: true,
    description:
      'Measurements: CSV, or JSON of vllm bench serve, GuideLLM, aiperf or genai-perf; - for standard input.',
    helpValue: 'FILE',
  }),
  stack: Flags.string({
    description: 'Stack whose catalogue records and calibration files count too.',
    helpValue: 'FILE',
  }),
  model: Flags.string({ description: 'Model, where the file does not say it.', helpGroup: 'DEPLOYMENT' }),
  system: Flags.string({
    description: 'Accelerator, where the file does not say it, such as h100-sxm.',
    helpGroup: 'DEPLOYMENT',
  }),
  engine: Flags.string({
    description: 'Engine, where the file does not say it: vllm, sglang, tensorrt-llm.',
    helpGroup: 'DEPLOYMENT',
  }),
  precision: Flags.string({
    description: 'Weight format, where the file does not say it: bf16, fp8, fp4, int4. Default: bf16.',
    helpGroup: 'DEPLOYMENT',
  }),
  tp: sizeFlag('Tensor parallel ranks'),
  pp: sizeFlag('Pipeline stages', 'Default: 1.'),
  dp: sizeFlag('Attention data parallel ranks', 'Default: 1.'),
  ep: sizeFlag('Expert parallel ranks', 'Default: 1.'),
  gpus: sizeFlag('GPUs of the whole deployment', 'Default: those of one replica.'),
  isl: sizeFlag('Input tokens of a request'),
  osl: sizeFlag('Output tokens of a request'),
  concurrency: sizeFlag('Requests in flight'),
};

function sizeFlag(what: string, byDefault = '') {
  return Flags.integer({
    min: 1,
    description: `${what}, where the file does not say it. ${byDefault}`.trimEnd(),
    helpGroup: 'DEPLOYMENT',
  });
}

/** The column that each flag fills. */
const COLUMNS = {
  model: 'model',
  system: 'system',
  engine: 'backend',
  precision: 'precision',
  tp: 'tp',
  pp: 'pp',
  dp: 'attn_dp',
  ep: 'moe_ep',
  gpus: 'gpus',
  isl: 'isl',
  osl: 'osl',
  concurrency: 'concurrency',
} as const satisfies Readonly<Record<string, DeploymentColumn>>;

/** Values of the deployment flags, absent where not given. */
type DeploymentFlags = Readonly<Partial<Record<keyof typeof COLUMNS, string | number | undefined>>>;

/** What the deployment flags say, by column. */
export function deploymentFacts(flags: DeploymentFlags): DeploymentFacts {
  const given = Object.entries(COLUMNS).flatMap(([flag, column]): [DeploymentColumn, string][] => {
    const value = flags[flag as keyof typeof COLUMNS];
    return value === undefined ? [] : [[column, String(value)]];
  });
  return Object.fromEntries(given);
}
