import type { EngineName } from '../../model/index.ts';

/** How benchmarks write the engines that the performance model knows. */
const ENGINES: Readonly<Record<string, EngineName>> = {
  vllm: 'vllm',
  sglang: 'sglang',
  trtllm: 'tensorrt-llm',
  'trt-llm': 'tensorrt-llm',
  tensorrt_llm: 'tensorrt-llm',
  'tensorrt-llm': 'tensorrt-llm',
};

/** The engine meant by a benchmark's word, ignoring case; undefined when it is none of them. */
export function engineOf(name: string): EngineName | undefined {
  const key = name.trim().toLowerCase();
  return Object.hasOwn(ENGINES, key) ? ENGINES[key] : undefined;
}

/** All spellings, for suggestions. */
export const ENGINE_SPELLINGS: readonly string[] = Object.keys(ENGINES);
