import { addChunk } from './admission.ts';
import { preempt, victimOf } from './preemption.ts';
import { DECODE, PREFILL, STALLED, WAITING } from './request-phase.ts';
import type { Cohort, SchedulerState } from './scheduler-state.ts';

/**
 * Gives the running requests of a cohort their tokens of the step: decodes one each, prompts in progress their next
 * chunk; gives the budget left. Requests are taken one by one, in order of admission, only where blocks or budget
 * run short. Mutates the state.
 */
export function scheduleRunning(state: SchedulerState, cohort: Cohort): number {
  if (cohort.stalled.length > 0) resumeStalled(state, cohort);
  const left = state.partial.length === 0 ? grow(state, cohort) : growWithPrompts(state, cohort);
  const budget = left >= 0 ? left : walk(state, cohort);
  state.batch.addDecodes(cohort.decodes.count, cohort.decodes.kvTokens);
  return budget;
}

/** Blocks for all decodes; gives the budget left, or −1 when blocks run short. */
function grow({ kv, options }: SchedulerState, { decodes }: Cohort): number {
  const blocks = decodes.blocksForNextStep();
  if (blocks > kv.free) return -1;
  if (blocks > 0) kv.take(blocks);
  return options.maxBatchedTokens - decodes.count;
}

/** Blocks for all decodes and the next chunk of every prompt in progress; −1 when blocks or budget run short. */
function growWithPrompts(state: SchedulerState, cohort: Cohort): number {
  const { kv, partial, columns } = state;
  const budget = state.options.maxBatchedTokens - cohort.decodes.count;
  let left = budget;
  let blocks = cohort.decodes.blocksForNextStep();
  for (let i = 0; i < partial.length; i++) {
    const computed = columns.computed[partial.at(i)]!;
    const rest = Math.min(state.known(partial.at(i)) - computed, state.chunkLimit);
    // Without a threshold the prompt is the last of the running: decodes come before it, whatever it wants. With one,
    // prompts may stand before decodes that another pipeline stage runs into the budget of.
    if (rest > left && state.chunkLimit < Infinity) return -1;
    const tokens = Math.min(rest, left);
    blocks += kv.blocksOf(computed + tokens) - kv.blocksOf(computed);
    left -= tokens;
  }
  if (blocks > kv.free) return -1;
  kv.take(blocks);
  left = budget;
  for (let i = 0; i < partial.length; i++) {
    const id = partial.at(i);
    const tokens = Math.min(state.known(id) - columns.computed[id]!, state.chunkLimit, left);
    if (tokens === 0) continue;
    addChunk(state, cohort, id, tokens);
    left -= tokens;
  }
  partial.keepWhere(columns.phase, PREFILL);
  return left;
}

/** Goes through the running requests one by one, preempting where blocks run short; gives the budget left. */
function walk(state: SchedulerState, cohort: Cohort): number {
  const { kv, work, running } = state;
  const { phase } = state.columns;
  let left = state.options.maxBatchedTokens;
  for (let id = running.head; id >= 0 && left > 0; id = running.after(id)) {
    const tokens = Math.min(wants(state, cohort, id), left);
    if (tokens === 0) continue;
    const held = state.held(id);
    const blocks = kv.blocksOf(held + tokens) - kv.blocksOf(held);
    while (blocks > kv.free && phase[id] !== WAITING) {
      const victim = victimOf(state);
      const given = work.drop(victim);
      left += given;
      preempt(state, victim, given);
    }
    if (phase[id] === WAITING) break;
    if (blocks > 0) kv.take(blocks);
    work.add(id, tokens);
    left -= tokens;
  }
  if (work.countIn(phase, DECODE) < cohort.decodes.count) stallOthers(state, cohort);
  for (let i = 0; i < work.length; i++) {
    const isChunk = work.tokens(i) > 0 && phase[work.id(i)] === PREFILL;
    if (isChunk) addChunk(state, cohort, work.id(i), work.tokens(i));
  }
  work.clear();
  state.partial.keepWhere(phase, PREFILL);
  return left;
}

/** Tokens that a running request would take of an unlimited budget in a step of a cohort. */
function wants(state: SchedulerState, cohort: Cohort, id: number): number {
  const { phase, cohort: cohortOf, computed } = state.columns;
  if (phase[id] === DECODE) return cohortOf[id] === cohort.index ? 1 : 0;
  return phase[id] === PREFILL ? Math.min(state.known(id) - computed[id]!, state.chunkLimit) : 0;
}

/** Takes the decodes of a cohort that the walk gave no token out of its set for this step. */
function stallOthers({ columns, running, work }: SchedulerState, cohort: Cohort): void {
  const { phase, cohort: cohortOf, computed, remaining } = columns;
  for (let id = running.head; id >= 0; id = running.after(id)) {
    if (phase[id] !== DECODE || cohortOf[id] !== cohort.index || work.has(id)) continue;
    computed[id] = cohort.decodes.tokens(id);
    remaining[id] = cohort.decodes.remaining(id);
    cohort.decodes.remove(id);
    phase[id] = STALLED;
    cohort.stalled.push(id);
  }
}

/** Lets stalled decodes take part again. */
function resumeStalled({ columns }: SchedulerState, { index, decodes, stalled }: Cohort): void {
  const { phase, cohort: cohortOf, computed, remaining } = columns;
  for (let i = 0; i < stalled.length; i++) {
    const id = stalled.at(i);
    if (phase[id] !== STALLED || cohortOf[id] !== index) continue;
    phase[id] = DECODE;
    decodes.add(id, computed[id]!, remaining[id]!);
  }
  stalled.length = 0;
}
