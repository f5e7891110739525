import { isConfidence, OBJECTIVES } from '../model/index.ts';
import type { PlanInputs } from '../model/index.ts';
import { parseDuration } from '../units/index.ts';
import type { StackOverrides } from './resolve-problem.ts';

/** What the command line may say that changes a plan. Each is recorded in the plan, so that it can be made again. */
export interface PlanFlags extends StackOverrides {
  readonly solver?: 'auto' | 'highs' | 'javascript-lp-solver';
  /** Limit of the search in seconds; the plan then says how far it got. */
  readonly timeLimitSeconds?: number;
  /** Most windows that the week is cut into, 1 to 168; default 4. */
  readonly maxWindows?: number;
  /** Target profile of the manifests; default `vanilla`. */
  readonly profile?: string;
  /** Plan (file or folder) that services are planned again from, relative to the working directory. */
  readonly previous?: string;
}

/**
 * The flags as a plan records them, by the names of the command line.
 * @param previousHash hash of the plan that `previous` names; the file itself may be written over
 */
export function recordFlags(flags: PlanFlags, previousHash?: string): PlanInputs['flags'] {
  const { trace, seed, objective, confidence, solver, timeLimitSeconds, maxWindows, profile } = flags;
  return {
    ...(trace === undefined ? {} : { trace }),
    ...(seed === undefined ? {} : { seed: String(seed) }),
    ...(objective === undefined ? {} : { objective }),
    ...(confidence === undefined ? {} : { confidence: String(confidence) }),
    ...(solver === undefined ? {} : { solver }),
    ...(timeLimitSeconds === undefined ? {} : { 'time-limit': `${timeLimitSeconds}s` }),
    ...(maxWindows === undefined ? {} : { 'max-windows': String(maxWindows) }),
    ...(profile === undefined ? {} : { profile }),
    ...(flags.previous === undefined ? {} : { previous: flags.previous }),
    ...(previousHash === undefined ? {} : { 'previous-sha256': previousHash }),
  };
}

/** The flags a plan was made with; unknown ones are left out, and so is the plan before it, which may be gone by now. */
export function recordedFlags(recorded: PlanInputs['flags']): PlanFlags {
  const { trace, seed, solver, profile } = recorded;
  const objective = OBJECTIVES.find((name) => name === recorded['objective']);
  const confidence = Number(recorded['confidence']);
  const timeLimit = parseDuration(recorded['time-limit']);
  const maxWindows = Number(recorded['max-windows']);
  return {
    ...(trace === undefined ? {} : { trace }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(objective === undefined ? {} : { objective }),
    ...(isConfidence(confidence) ? { confidence } : {}),
    ...(solver === 'auto' || solver === 'highs' || solver === 'javascript-lp-solver' ? { solver } : {}),
    ...(timeLimit.ok ? { timeLimitSeconds: timeLimit.value } : {}),
    ...(Number.isInteger(maxWindows) && maxWindows > 0 ? { maxWindows } : {}),
    ...(profile === undefined ? {} : { profile }),
  };
}
