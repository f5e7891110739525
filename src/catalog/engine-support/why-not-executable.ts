import { COMMON_PAIRS } from './common-rows.ts';
import type { EngineFacts } from './engine-facts.ts';
import { inRange, parseVersion, rangeText } from './engine-version.ts';
import { SGLANG_SUPPORT } from './sglang.ts';
import type { EngineSupport } from './support-row.ts';
import { TENSORRT_LLM_SUPPORT } from './tensorrt-llm.ts';
import { VLLM_SUPPORT } from './vllm.ts';

/** The engines whose abilities are known, sorted by name. */
export const ENGINE_SUPPORT: readonly EngineSupport[] = [SGLANG_SUPPORT, TENSORRT_LLM_SUPPORT, VLLM_SUPPORT];

/**
 * Why an engine cannot be started exactly as modelled, one sentence; undefined where its flags express it. Sizes are taken
 * to divide the model (see `checkConfiguration` of the performance model), and kernels for a format to exist on the
 * accelerator. An engine that is not known is *assumed* to run whatever is asked of it: its flags are the user's.
 * Every cut that is executable here can be written by the flag tables of the synthesis, tested there.
 */
export function whyNotExecutable(facts: EngineFacts): string | undefined {
  const support = supportOf(facts.engine);
  if (support === undefined) return undefined;
  const version = parseVersion(facts.version);
  if (version === undefined || !inRange(version, support.versions)) {
    return `What ${facts.engine} ${facts.version} can do is not known; known are versions ${rangeText(support.versions)}.`;
  }
  const row = support.rows.find((item) => inRange(version, item.versions) && item.isAsked(facts));
  return row === undefined ? undefined : `${facts.engine} ${facts.version} ${row.why}.`;
}

/**
 * Why replicas of two pools cannot serve together, prefill handing over to decode, one sentence; undefined where they can.
 * Each side is to be executable by itself. Of engines that are not known only equal engine, version and KV format are asked.
 */
export function whyNotPaired(prefill: EngineFacts, decode: EngineFacts): string | undefined {
  const pairs = supportOf(prefill.engine)?.pairs ?? COMMON_PAIRS;
  const row = pairs.find((item) => item.isAsked(prefill, decode));
  return row === undefined ? undefined : `${prefill.engine} ${prefill.version} ${row.why}.`;
}

function supportOf(engine: string): EngineSupport | undefined {
  return ENGINE_SUPPORT.find((item) => item.engine === engine);
}
