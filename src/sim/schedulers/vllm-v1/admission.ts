import { DECODE, JOINING, PREFILL, TRANSFERRED } from './request-phase.ts';
import type { Cohort, SchedulerState } from './scheduler-state.ts';

/** Admits waiting requests to the step of a cohort while budget, sequences and KV blocks allow. Mutates the state. */
export function admitWaiting(state: SchedulerState, cohort: Cohort, budget: number): void {
  const { kv, waiting, columns, options } = state;
  let left = budget;
  while (left > 0 && waiting.length > 0 && state.running.length < state.maxSequences) {
    const id = waiting.head;
    if ((columns.flags[id]! & TRANSFERRED) !== 0) {
      if (!admitTransferred(state, cohort, id)) return;
      left--;
      continue;
    }
    const known = state.known(id);
    const hit = kv.lookup(id, known - 1);
    const tokens = Math.min(known - hit, state.chunkLimit, left);
    if (!options.chunkedPrefill && tokens < known - hit) return;
    const blocks = kv.blocksOf(hit + tokens);
    if (!kv.fits(options.reserveFullPrompt ? kv.blocksOf(known) : blocks)) return;
    kv.admit(id, blocks);
    start(state, hit, known);
    state.queuedTokens -= hit;
    columns.computed[id] = hit;
    addChunk(state, cohort, id, tokens);
    if (columns.phase[id] === PREFILL) state.partial.push(id);
    left -= tokens;
  }
}

/** Puts `tokens` prompt tokens of a running request into the step; its blocks are already taken. Mutates the state. */
export function addChunk(state: SchedulerState, cohort: Cohort, id: number, tokens: number): void {
  const { phase, computed, cohort: cohortOf } = state.columns;
  const before = computed[id]!;
  const after = before + tokens;
  state.batch.addChunk(before, tokens);
  state.queuedTokens -= tokens;
  computed[id] = after;
  cohortOf[id] = cohort.index;
  state.kv.computed(id, after);
  if (after === state.known(id)) {
    phase[id] = JOINING;
    cohort.joining.push(id);
  } else {
    phase[id] = PREFILL;
  }
}

/** Admits a request whose prompt is in place: it generates in this very step. False when it finds no blocks. */
function admitTransferred(state: SchedulerState, cohort: Cohort, id: number): boolean {
  const { kv, columns, facts } = state;
  const prompt = facts.isl[id]!;
  const hit = kv.lookup(id, prompt);
  const blocks = kv.blocksOf(prompt + 1);
  if (!kv.fits(blocks)) return false;
  kv.admit(id, blocks);
  kv.computed(id, prompt);
  start(state, hit, prompt);
  columns.flags[id] = 0;
  columns.phase[id] = DECODE;
  columns.cohort[id] = cohort.index;
  cohort.decodes.add(id, prompt, facts.osl[id]! - 1 + (state.isLate ? 1 : 0));
  state.batch.addDecodes(1, prompt + 1);
  return true;
}

/** Moves the head of the queue, of whose `known` tokens `hit` were found cached, to the running requests. */
function start(state: SchedulerState, hit: number, known: number): void {
  const id = state.waiting.head;
  state.waiting.removeHead();
  state.running.pushBack(id);
  state.columns.admission[id] = state.admitted++;
  state.hitTokens += hit;
  state.promptTokens += known;
}
