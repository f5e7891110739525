import type { RejectionReason } from '../model/index.ts';
import { formatBytes } from '../units/index.ts';
import { servedLength } from './configuration.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { replicaMemory } from './memory.ts';
import { describeFittingChanges } from './fitting-changes.ts';
import { acceleratorKinds } from './pipeline.ts';
import { arithmeticFor, partPrecisions, supportsKvPrecision } from './precision.ts';
import { shapeProblem } from './shape-problem.ts';

/** Whether a configuration can run, or the reason why not with the deciding figure. */
export type Rejectable =
  { readonly ok: true } | { readonly ok: false; readonly reason: RejectionReason; readonly detail: string };

const accepted: Rejectable = { ok: true };
const rejected = (reason: RejectionReason, detail: string): Rejectable => ({ ok: false, reason, detail });

/**
 * Says whether a configuration can run: the cut divides the model, every accelerator computes the formats, weights and
 * the KV cache of one longest sequence fit. Reasons: `invalid-parallelism`, `unsupported-precision`,
 * `out-of-memory`, `kv-too-small`; the first that applies is given, the last two by how much and with the single changes
 * that would fit. Does not judge speed.
 */
export function checkConfiguration(c: ReplicaConfiguration): Rejectable {
  for (const check of [checkShape, checkPrecision, checkMemory]) {
    const result = check(c);
    if (!result.ok) return result;
  }
  return accepted;
}

function checkShape(c: ReplicaConfiguration): Rejectable {
  const problem = shapeProblem(c);
  return problem === undefined ? accepted : rejected('invalid-parallelism', problem);
}

function checkPrecision(c: ReplicaConfiguration): Rejectable {
  const parts = partPrecisions(c.architecture, c.weightPrecision);
  for (const precision of [parts.attention, parts.dense, parts.experts]) {
    const unable = acceleratorKinds(c).find((item) => arithmeticFor(precision, item) === undefined);
    if (unable !== undefined) {
      return rejected('unsupported-precision', `${unable.name} cannot compute with ${precision} weights`);
    }
  }
  return supportsKvPrecision(c.kvPrecision)
    ? accepted
    : rejected('unsupported-precision', `a KV cache in ${c.kvPrecision} is not supported`);
}

function checkMemory(c: ReplicaConfiguration): Rejectable {
  const memory = replicaMemory(c);
  if (memory.kvCache <= 0) {
    const need = memory.capacity - memory.kvCache;
    return rejected(
      'out-of-memory',
      `needs ${formatBytes(need)} of ${formatBytes(memory.capacity)} before any KV cache, ` +
        `${formatBytes(-memory.kvCache)} short; ${describeFittingChanges(c)}`,
    );
  }
  const length = servedLength(c);
  const room = memory.kvBlocks * memory.blockTokens;
  return room >= length
    ? accepted
    : rejected(
        'kv-too-small',
        `KV cache holds ${room} tokens in ${formatBytes(memory.kvCache)}, one sequence needs ${length}: ` +
          `${formatBytes(((length - room) * memory.kvCache) / Math.max(1, room))} short; ${describeFittingChanges(c)}`,
      );
}
