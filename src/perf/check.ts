import type { RejectionReason } from '../model/index.ts';
import { formatBytes } from '../units/index.ts';
import { servedLength } from './configuration.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { replicaMemory } from './memory.ts';
import { arithmeticFor, partPrecisions, supportsKvPrecision } from './precision.ts';

/** Whether a configuration can run, or the reason why not with the deciding figure. */
export type Rejectable =
  { readonly ok: true } | { readonly ok: false; readonly reason: RejectionReason; readonly detail: string };

const accepted: Rejectable = { ok: true };
const rejected = (reason: RejectionReason, detail: string): Rejectable => ({ ok: false, reason, detail });

/**
 * Says whether a configuration can run: the cut divides the model, the accelerator computes the formats, weights and
 * the KV cache of one longest sequence fit. Reasons: `invalid-parallelism`, `unsupported-precision`,
 * `out-of-memory`, `kv-too-small`; the first that applies is given. Does not judge speed.
 */
export function checkConfiguration(c: ReplicaConfiguration): Rejectable {
  for (const check of [checkShape, checkPrecision, checkMemory]) {
    const result = check(c);
    if (!result.ok) return result;
  }
  return accepted;
}

function checkShape(c: ReplicaConfiguration): Rejectable {
  const a = c.architecture;
  const p = c.parallelism;
  const { tensorParallel: tp, pipelineParallel: pp, dataParallel: dp, expertParallel: ep } = p;
  const sizes = Object.entries(p) as [string, number][];
  const broken = sizes.find(([, size]) => !Number.isInteger(size) || size < 1);
  const problem =
    broken !== undefined
      ? `${broken[0]} is ${broken[1]}, which is no whole number above zero`
      : p.contextParallel > 1
        ? 'context parallelism is not modelled'
        : a.heads % tp !== 0
          ? `${a.heads} heads do not divide by tensor parallelism ${tp}`
          : a.mla === undefined && a.kvHeads % tp !== 0 && tp % a.kvHeads !== 0
            ? `${a.kvHeads} KV heads and tensor parallelism ${tp} do not divide each other`
            : pp > a.layers
              ? `${a.layers} layers are fewer than ${pp} pipeline stages`
              : ep > 1
                ? expertProblem(c, tp * dp)
                : undefined;
  return problem === undefined ? accepted : rejected('invalid-parallelism', problem);
}

function expertProblem(c: ReplicaConfiguration, ranks: number): string | undefined {
  const ep = c.parallelism.expertParallel;
  const experts = c.architecture.moe?.experts;
  if (experts === undefined) return 'expert parallelism needs a model with routed experts';
  if (ranks % ep !== 0) return `expert parallelism ${ep} does not divide the ${ranks} ranks of a stage`;
  if (experts % ep !== 0) return `${experts} experts do not divide by expert parallelism ${ep}`;
  return undefined;
}

function checkPrecision(c: ReplicaConfiguration): Rejectable {
  const parts = partPrecisions(c.architecture, c.weightPrecision);
  for (const precision of [parts.attention, parts.dense, parts.experts]) {
    if (arithmeticFor(precision, c.accelerator) === undefined) {
      return rejected(
        'unsupported-precision',
        `${c.accelerator.name} cannot compute with ${precision} weights`,
      );
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
        `${formatBytes(-memory.kvCache)} short`,
    );
  }
  const length = servedLength(c);
  const room = memory.kvBlocks * memory.blockTokens;
  return room >= length
    ? accepted
    : rejected(
        'kv-too-small',
        `KV cache holds ${room} tokens in ${formatBytes(memory.kvCache)}, one sequence needs ${length}`,
      );
}
