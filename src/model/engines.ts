import type { EngineName } from './workload.ts';

/**
 * The version planned for each known engine: the one whose step times were measured (operator tables of vLLM 0.19.0,
 * SGLang 0.5.14 and TensorRT-LLM 1.3.0rc20, 2026) and whose flags the command-line tables know.
 */
export const ENGINE_VERSIONS: Readonly<Record<string, string>> = {
  vllm: '0.19.0',
  sglang: '0.5.14',
  'tensorrt-llm': '1.3.0rc20',
};

/** The version planned for an engine; `latest` for one that is not known, so that its flags must be given by the user. */
export function engineVersion(engine: EngineName): string {
  return Object.hasOwn(ENGINE_VERSIONS, engine) ? (ENGINE_VERSIONS[engine] ?? 'latest') : 'latest';
}
