import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { DiagnosticCode, Outcome } from '../diagnostics/index.ts';
import { parallelismName } from '../model/index.ts';
import type { RejectionReason } from '../model/index.ts';
import { checkConfiguration, fittingChanges, replicaMemory } from '../perf/index.ts';
import type { FittingChange, ReplicaConfiguration } from '../perf/index.ts';
import { formatBytes } from '../units/index.ts';

/** Shortest served length tried when the length is free, tokens (*assumed*: below it a replica serves nobody). */
const SHORTEST = 256;

/**
 * The configuration if it can run. Where the served length was not stated and the KV cache holds less than the model's
 * limit, the length is cut to what it holds.
 * Errors: `perf-invalid-parallelism`, `perf-unsupported-precision`, and `perf-out-of-memory` (exit code 4) with the
 * bytes that are missing and the changes that would fit.
 */
export function fitReplica(c: ReplicaConfiguration, isLengthStated: boolean): Outcome<ReplicaConfiguration> {
  const check = checkConfiguration(c);
  if (check.ok) return success(c);
  if (check.reason === 'kv-too-small' && !isLengthStated) {
    const shorter = longestThatFits(c);
    if (shorter !== undefined) return success(shorter);
  }
  const name = `${c.architecture.name} in ${c.weightPrecision} on ${parallelismName(c.parallelism)} of ${c.accelerator.name}`;
  const isMemory = check.reason === 'out-of-memory' || check.reason === 'kv-too-small';
  return failure(
    diagnostic(CODES[check.reason] ?? 'perf-invalid-parallelism', {
      summary: `${name} ${isMemory ? 'does not fit' : 'cannot run'}: ${check.detail.split('; ')[0] ?? ''}.`,
      detail: isMemory ? memoryDetail(c) : '',
      path: PLACES[check.reason] ?? '',
      fix: isMemory ? memoryFix(c) : NEXT_STEPS[check.reason],
    }),
  );
}

const CODES: Readonly<Partial<Record<RejectionReason, DiagnosticCode>>> = {
  'invalid-parallelism': 'perf-invalid-parallelism',
  'unsupported-precision': 'perf-unsupported-precision',
  'out-of-memory': 'perf-out-of-memory',
  'kv-too-small': 'perf-out-of-memory',
};

const PLACES: Readonly<Partial<Record<RejectionReason, string>>> = {
  'invalid-parallelism': '--tp, --pp, --dp, --ep, --cp, --ff, --stages',
  'unsupported-precision': '--weights, --kv',
};

const NEXT_STEPS: Readonly<Partial<Record<RejectionReason, string>>> = {
  'invalid-parallelism':
    'Choose sizes that divide the model; `plimsoll catalog list --kind model` shows its heads and layers.',
  'unsupported-precision': 'Choose another format with --weights or --kv, or another accelerator.',
};

/** Shorter sequences take fewer blocks but spread fixed state over fewer tokens: cut until the room holds one. */
function longestThatFits(c: ReplicaConfiguration): ReplicaConfiguration | undefined {
  let shorter = c;
  for (;;) {
    const { kvBlocks, blockTokens } = replicaMemory(shorter);
    const room = kvBlocks * blockTokens;
    if (room < SHORTEST) return undefined;
    const length = Math.min(room, shorter.maxModelLength - 1);
    shorter = { ...shorter, maxModelLength: length };
    if (checkConfiguration(shorter).ok) return shorter;
  }
}

function memoryDetail(c: ReplicaConfiguration): string {
  const { capacity, weights, activations, reserve } = replicaMemory(c);
  return `One accelerator has ${formatBytes(capacity)}: weights ${formatBytes(weights)}, activations ${formatBytes(activations)}, reserve ${formatBytes(reserve)}.`;
}

/** The flags of the single changes after which it fits. */
function memoryFix(c: ReplicaConfiguration): string {
  const flags = fittingChanges(c).map(flagOf);
  return flags.length === 0
    ? 'No single change fits: use more accelerators, a smaller format and a shorter --max-model-length together.'
    : `It fits with ${flags.join(', or ')}.`;
}

function widerFlags({
  parallelism: { tensorParallel: tp, feedForwardParallel: ff = tp },
}: ReplicaConfiguration): string {
  return `--tp ${tp}${ff === tp ? '' : ` --ff ${ff}`}`;
}

function flagOf({ kind, configuration: c }: FittingChange): string {
  switch (kind) {
    case 'tensor-parallel':
      return widerFlags(c);
    case 'pipeline-parallel':
      return `--pp ${c.parallelism.pipelineParallel}`;
    case 'weights':
      return `--weights ${c.weightPrecision}`;
    case 'kv-cache':
      return `--kv ${c.kvPrecision}`;
    case 'max-length':
      return `--max-model-length ${c.maxModelLength}`;
    case 'token-budget':
      return `--max-batched-tokens ${c.batch.maxBatchedTokens}`;
  }
}
