import type { BatchLimits, RequestColumns } from '../../src/model/index.ts';
import type { StepTimeModel } from '../../src/sim/index.ts';

/** A request inside the reference engine. */
interface Live {
  readonly id: number;
  readonly isl: number;
  readonly osl: number;
  readonly hit: number;
  computed: number;
  generated: number;
  blocks: number;
  isDecoding: boolean;
}

/** Times by request and the preemptions of a reference run. */
export interface ReferenceRun {
  readonly firstToken: number[];
  readonly lastToken: number[];
  readonly preemptions: number;
}

/**
 * vLLM v1 scheduling as its description reads: objects, arrays and a walk over all running requests in every step.
 * Slow and plain on purpose: the simulator is compared with it.
 */
export function referenceEngine(
  steps: StepTimeModel,
  requests: RequestColumns,
  limits: BatchLimits & { readonly prefixCache: boolean; readonly reserveFullPrompt: boolean },
): ReferenceRun {
  const size = steps.blockTokens;
  const firstToken: number[] = [];
  const lastToken: number[] = [];
  const waiting: Live[] = [];
  let running: Live[] = [];
  let free = steps.kvBlocks;
  let preemptions = 0;
  let time = 0;
  const coming = [...requests.isl.keys()].map((id) => {
    const isl = requests.isl[id]!;
    const hit = limits.prefixCache
      ? Math.floor(Math.min(requests.cachedTokens[id]!, isl - 1) / size) * size
      : 0;
    const ready = requests.arrival[id]! + steps.ingest.base + steps.ingest.perInputToken * isl;
    const state = { computed: 0, generated: 0, blocks: 0, isDecoding: false };
    return { ready, live: { id, isl, osl: requests.osl[id]!, hit, ...state } };
  });
  coming.sort((a, b) => a.ready - b.ready || a.live.id - b.live.id);

  for (;;) {
    while (coming.length > 0 && coming[0]!.ready <= time) waiting.push(coming.shift()!.live);
    const work: { live: Live; tokens: number }[] = [];
    let budget = limits.maxBatchedTokens;
    let preempted = false;
    for (let i = 0; i < running.length && budget > 0; i++) {
      const live = running[i]!;
      const tokens = Math.min(live.isl + live.generated - live.computed, budget);
      const need = Math.ceil((live.computed + tokens) / size) - live.blocks;
      while (need > free && running.includes(live)) {
        const victim = running.pop()!;
        free += victim.blocks;
        victim.blocks = victim.computed = 0;
        victim.isDecoding = false;
        waiting.unshift(victim);
        preempted = true;
        preemptions++;
      }
      if (!running.includes(live)) break;
      free -= need;
      live.blocks += need;
      budget -= tokens;
      work.push({ live, tokens });
    }
    while (!preempted && budget > 0 && waiting.length > 0 && running.length < limits.maxSequences) {
      const live = waiting[0]!;
      const context = live.isl + live.generated;
      const tokens = Math.min(context - live.hit, budget);
      const need = Math.ceil((live.hit + tokens) / size);
      if ((limits.reserveFullPrompt ? Math.ceil(context / size) : need) > free) break;
      waiting.shift();
      running.push(live);
      live.computed = live.hit;
      live.blocks = need;
      free -= need;
      budget -= tokens;
      work.push({ live, tokens });
    }
    if (work.length === 0) {
      if (coming.length === 0) break;
      time = Math.max(time, coming[0]!.ready);
      continue;
    }
    let prefill = 0;
    let attended = 0;
    let sequences = 0;
    let kvTokens = 0;
    for (const { live, tokens } of work) {
      if (live.isDecoding) {
        sequences++;
        kvTokens += live.computed + 1;
      } else {
        prefill += tokens;
        attended += tokens * (live.computed + tokens / 2);
      }
    }
    time += steps.stepTime(prefill, attended, sequences, kvTokens);
    for (const { live, tokens } of work) {
      live.computed += tokens;
      if (live.computed < live.isl + live.generated) continue;
      live.generated++;
      live.isDecoding = true;
      if (live.generated === 1) firstToken[live.id] = time;
      if (live.generated === live.osl) {
        lastToken[live.id] = time;
        free += live.blocks;
        running = running.filter((other) => other !== live);
      }
    }
  }
  return { firstToken, lastToken, preemptions };
}
