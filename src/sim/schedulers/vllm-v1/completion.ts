import { DECODE, ENDED, JOINING, STALLED, WAITING } from './request-phase.ts';
import type { Cohort, SchedulerState } from './scheduler-state.ts';

/** Completes `steps` equal steps of a cohort: tokens are given out, finished requests leave. Mutates the state. */
export function completeSteps(state: SchedulerState, cohort: Cohort, steps: number): void {
  const { decodes } = cohort;
  state.firstTokens.length = 0;
  state.finished.length = 0;
  cohort.inFlight = 0;
  state.outputTokens += decodes.count * steps;
  decodes.advance(steps);
  for (let id = decodes.takeFinished(); id >= 0; id = decodes.takeFinished()) {
    // The token that an ended sequence computed last counts for nothing.
    if ((state.columns.flags[id]! & ENDED) !== 0) state.outputTokens--;
    leave(state, id, decodes.tokens(id));
  }
  if (state.isLate) endSequences(state, cohort);
  joinSequences(state, cohort);
  if (state.leaving.length > 0) releaseLeaving(state);
}

/** Reports the sequences that have their last token now and leave after one more step. */
function endSequences(state: SchedulerState, { decodes, stalled }: Cohort): void {
  const { flags, phase, computed } = state.columns;
  for (let id = decodes.firstLeavingNext(); id >= 0; id = decodes.nextLeaving(id)) {
    flags[id]! |= ENDED;
    state.finished.push(id);
  }
  for (let i = 0; i < stalled.length; i++) {
    const id = stalled.at(i);
    if (phase[id] !== STALLED || (flags[id]! & ENDED) === 0) continue;
    phase[id] = WAITING;
    leave(state, id, computed[id]!);
  }
}

/** Lets the requests whose prompt is done take their token and generate, unless preempted meanwhile. */
function joinSequences(state: SchedulerState, { index, joining }: Cohort): void {
  const { phase, cohort } = state.columns;
  for (let i = 0; i < joining.length; i++) {
    const id = joining.at(i);
    if (phase[id] === JOINING && cohort[id] === index) join(state, id);
  }
  joining.length = 0;
}

function join(state: SchedulerState, id: number): void {
  const { phase, generated, computed, flags, cohort } = state.columns;
  state.outputTokens++;
  generated[id]!++;
  if (generated[id] === 1) state.firstTokens.push(id);
  const remaining = state.facts.osl[id]! - generated[id]!;
  if (state.options.prefillOnly) {
    state.running.remove(id);
    state.handedOver.add(id);
    state.finished.push(id);
  } else if (remaining > 0 || state.isLate) {
    phase[id] = DECODE;
    state.cohorts[cohort[id]!]!.decodes.add(id, computed[id]!, remaining + (state.isLate ? 1 : 0));
    if (remaining === 0) {
      flags[id]! |= ENDED;
      state.finished.push(id);
    }
  } else {
    leave(state, id, computed[id]!);
  }
}

/** Takes a request out that has all its tokens; `releaseLeaving` takes its blocks. */
function leave(state: SchedulerState, id: number, tokens: number): void {
  state.running.remove(id);
  state.columns.computed[id] = tokens;
  state.leaving.push(id);
  if ((state.columns.flags[id]! & ENDED) === 0) state.finished.push(id);
}

/** Takes the blocks of all requests that left, in order of admission: the order in which the cache forgets them. */
function releaseLeaving({ kv, leaving, columns }: SchedulerState): void {
  const { admission, computed } = columns;
  if (leaving.length > 1) leaving.sortBy(admission);
  for (let i = 0; i < leaving.length; i++) {
    const id = leaving.at(i);
    kv.release(id, kv.blocksOf(computed[id]!), computed[id]!, false);
  }
  leaving.length = 0;
}
