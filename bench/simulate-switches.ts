import type { RequestColumns } from '../src/model/index.ts';
import type { EngineSettings } from '../src/sim/index.ts';

/** Tokens of one prefix block (*assumed*: four KV blocks). */
const BLOCK_TOKENS = 64;

/** Settings of the scheduler and what the requests must tell for them to matter. */
export interface Switches {
  readonly settings: Pick<EngineSettings, 'asyncScheduling' | 'policy' | 'longPrefillThreshold'>;
  /** Adds the columns that the settings need; the trace has none of its own. */
  complete(requests: RequestColumns): RequestColumns;
}

/** `default`: as vLLM comes, no prefix to find. `all`: every feature of the scheduler at work at once. */
export function switchesOf(choice: string): Switches {
  if (choice !== 'all') return { settings: {}, complete: (requests) => requests };
  return {
    settings: { asyncScheduling: true, policy: 'priority', longPrefillThreshold: 512 },
    complete: withIdentity,
  };
}

/** Three priorities in turn, and block ids: all prompts share their first block, everything else is a request's own. */
function withIdentity(requests: RequestColumns): RequestColumns {
  const { isl, osl } = requests;
  const offsets = new Int32Array(isl.length + 1);
  for (let id = 0; id < isl.length; id++) {
    offsets[id + 1] = offsets[id]! + Math.ceil((isl[id]! + osl[id]!) / BLOCK_TOKENS);
  }
  const ids = Int32Array.from({ length: offsets[isl.length]! }, (_, at) => at);
  for (let id = 0; id < isl.length; id++) ids[offsets[id]!] = 0;
  return {
    ...requests,
    priority: isl.map((_, id) => id % 3),
    prefixBlocks: { blockTokens: BLOCK_TOKENS, offsets, ids },
  };
}
