import { DECODE, ENDED, PREFILL, STALLED, WAITING } from './request-phase.ts';
import type { SchedulerState } from './scheduler-state.ts';

/** The request that loses its blocks when they run short: the last of the running, or the worst by priority. O(running) at most. */
export function victimOf(state: SchedulerState): number {
  const { running, options } = state;
  if (options.policy !== 'priority') return running.tail;
  let worst = running.head;
  for (let id = worst; id >= 0; id = running.after(id)) if (state.isBefore(worst, id)) worst = id;
  return worst;
}

/**
 * Takes all blocks from a running request and puts it back into the queue; its tokens in flight are lost. One that has
 * all its tokens is let go instead. Mutates the state.
 * @param given tokens it was given in the step under construction
 */
export function preempt(state: SchedulerState, id: number, given: number): void {
  const { kv, columns, facts, running, waiting } = state;
  const phase = columns.phase[id];
  const tokens = state.held(id);
  let held = tokens + given;
  if (phase === DECODE || phase === STALLED) columns.generated[id] = tokens - facts.isl[id]! + 1;
  if (phase === DECODE) {
    const { decodes, inFlight } = state.cohorts[columns.cohort[id]!]!;
    held += inFlight;
    decodes.remove(id);
  } else if (phase === PREFILL) {
    state.queuedTokens -= state.known(id) - tokens;
  }
  const hasEnded = (columns.flags[id]! & ENDED) !== 0;
  kv.release(id, kv.blocksOf(held), tokens, !hasEnded);
  columns.phase[id] = WAITING;
  running.remove(id);
  state.hasPreempted = true;
  state.preemptions++;
  if (hasEnded) return;
  state.queuedTokens += state.known(id);
  waiting.putBack(id);
}
