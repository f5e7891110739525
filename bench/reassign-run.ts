/** One instance of `bench/reassign.ts`: reads it, searches, checks the answer, runs the rival. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readChallengeInstance } from '../src/optimize/reassignment/challenge-format.ts';
import { compileInstance } from '../src/optimize/reassignment/instance.ts';
import type { ReassignmentProblem } from '../src/optimize/reassignment/problem.ts';
import { reassign } from '../src/optimize/reassignment/reassign.ts';
import { AssignmentState } from '../src/optimize/reassignment/state.ts';
import { brokenRules, costOf } from '../src/optimize/reassignment/verify.ts';
import { hillClimb } from './baselines/reassign-hill-climb.ts';
import { PUBLISHED, bestPublished } from './reassign-known.ts';

/** Most seconds that the hill climber takes of a thread. */
const CLIMB_SECONDS = 20;

/** What a run is asked. */
export interface ReassignTask {
  readonly folder: string;
  readonly instance: string;
  /** CPU seconds of the searching thread. */
  readonly limitSeconds: number;
  readonly seed: number;
}

/** What a run found; costs as the challenge counts them. */
export interface ReassignFigure {
  readonly instance: string;
  readonly initialCost: number;
  readonly cost: number;
  /** Least published cost, and (cost − published) / published. */
  readonly published?: number;
  readonly gap?: number;
  /** The challenge's measure: (cost − published) / initial cost. */
  readonly scoreGap?: number;
  /** Own bound of sums, the larger of it and the published one, and (cost − that) / cost. */
  readonly bound: number;
  readonly provenBound: number;
  readonly provenGap: number;
  readonly isFeasible: boolean;
  readonly moves: number;
  readonly cpuSeconds: number;
  readonly trialsPerSecond: number;
  readonly hillClimb: {
    readonly cost: number;
    readonly isFeasible: boolean;
    readonly isLocalOptimum: boolean;
    readonly cpuSeconds: number;
  };
}

/** Runs a task on this thread. */
export function runReassign(task: ReassignTask): ReassignFigure {
  const { instance, limitSeconds, seed } = task;
  const problem = readProblem(task);
  const start = threadSeconds();
  const result = reassign(problem, { seed, limits: { seconds: limitSeconds, now: threadSeconds } });
  const cpuSeconds = threadSeconds() - start;
  const home = problem.processes.map((process) => process.home ?? -1);
  const initialCost = costOf(problem, home).total;
  const cost = costOf(problem, result.assignment).total;
  const published = bestPublished(instance);
  const provenBound = Math.max(result.bound, PUBLISHED[instance]?.provenBound ?? 0);
  return {
    instance,
    initialCost,
    cost,
    ...(published === undefined
      ? {}
      : { published, gap: (cost - published) / published, scoreGap: (cost - published) / initialCost }),
    bound: result.bound,
    provenBound,
    provenGap: cost > 0 ? (cost - provenBound) / cost : 0,
    isFeasible: brokenRules(problem, result.assignment).length === 0,
    moves: result.moves.length,
    cpuSeconds,
    trialsPerSecond: result.trials / cpuSeconds,
    hillClimb: climb(problem, Math.min(limitSeconds, CLIMB_SECONDS)),
  };
}

function climb(problem: ReassignmentProblem, seconds: number): ReassignFigure['hillClimb'] {
  const start = threadSeconds();
  const state = new AssignmentState(compileInstance(problem));
  const isLocalOptimum = hillClimb(state, () => threadSeconds() - start > seconds);
  return {
    cost: costOf(problem, state.machineOf).total,
    isFeasible: brokenRules(problem, state.machineOf).length === 0,
    isLocalOptimum,
    cpuSeconds: threadSeconds() - start,
  };
}

function readProblem({ folder, instance }: ReassignTask): ReassignmentProblem {
  const text = (kind: string): string =>
    gunzipSync(readFileSync(path.join(folder, `${kind}_${instance}.txt.gz`))).toString('utf8');
  return readChallengeInstance({ model: text('model'), assignment: text('assignment') });
}

/** CPU seconds of this thread. */
function threadSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}
