import type { EngineTable } from './flag-table.ts';
import { SGLANG } from './sglang.ts';
import { TENSORRT_LLM } from './tensorrt-llm.ts';
import { VLLM } from './vllm.ts';

/** The engines whose command lines are known, sorted by name. */
export const ENGINE_TABLES: readonly EngineTable[] = [SGLANG, TENSORRT_LLM, VLLM];
