import type { PrefixBlocks, RequestColumns } from '../../model/index.ts';
import { randomStream } from '../../random/index.ts';

/** A stretch of a load test at one request rate. */
export interface LoadStage {
  /** Requests per second, > 0. */
  readonly rate: number;
  /** Seconds, > 0. */
  readonly duration: number;
}

/**
 * Users that talk to a service in turns: groups of users share a system prompt, every user asks questions of one length and
 * gets answers of one length.
 */
export interface SharedPrefixSessions {
  readonly systemPrompts: number;
  readonly usersPerSystemPrompt: number;
  /** Tokens. */
  readonly systemPromptTokens: number;
  readonly questionTokens: number;
  readonly outputTokens: number;
  /** One after the other; a stage starts when the one before it is answered. */
  readonly stages: readonly LoadStage[];
  /**
   * What a turn's prompt holds: `repeated`, system prompt and the user's question, the same in every turn; `growing`, also all
   * earlier questions and answers of the stage's conversation.
   */
  readonly context: 'repeated' | 'growing';
  /** Whether a turn is sent only when the user's previous turn is answered. */
  readonly waitsForTurn: boolean;
}

/** The requests of a load test with their users. */
export interface SessionRequests {
  /**
   * `arrival` is when a request is due, counted from the start of its stage: it is sent then or, where turns wait, when the
   * user's previous one is answered. `cachedTokens` is what a cache that never evicts would hold; `prefixBlocks` names blocks.
   */
  readonly columns: RequestColumns & { readonly prefixBlocks: PrefixBlocks };
  /** Index of the user by request. */
  readonly user: Int32Array;
  /** First request of each stage, and the number of requests at the end: one entry more than stages. */
  readonly stageStart: readonly number[];
}

/**
 * Generates the requests of a load test as inference-perf does with its `shared_prefix` data (kubernetes-sigs/inference-perf,
 * `shared_prefix_datagen.py` and `load_timer.py`, read 2026-11): ⌊rate × duration⌋ requests per stage, request i goes to user i modulo
 * users and asks that user's question; the gaps are exponential and stretched so that the stage lasts exactly its duration.
 * Stream `arrivals` of the seed. `blockTokens` is the block size of `prefixBlocks`, tokens.
 * Throws RangeError for a workload without users, stages or tokens.
 */
export function sharedPrefixSessions(
  workload: SharedPrefixSessions,
  seed: number,
  blockTokens: number,
): SessionRequests {
  const users = workload.systemPrompts * workload.usersPerSystemPrompt;
  const promptTokens = workload.systemPromptTokens + workload.questionTokens;
  const isValid = (value: number): boolean => Number.isInteger(value) && value >= 1;
  if (!isValid(users) || !isValid(promptTokens) || !isValid(workload.outputTokens) || !isValid(blockTokens)) {
    throw new RangeError('sessions need users, prompt tokens, output tokens and a block size');
  }
  const counts = workload.stages.map(({ rate, duration }) => Math.floor(rate * duration));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total >= 1)) throw new RangeError('the stages hold no request');
  const stageStart = counts.reduce<number[]>((starts, count) => [...starts, starts.at(-1)! + count], [0]);
  return {
    columns: fillColumns(workload, { seed, blockTokens, users, stageStart }),
    user: userColumn(stageStart, users),
    stageStart,
  };
}

function userColumn(stageStart: readonly number[], users: number): Int32Array {
  const column = new Int32Array(stageStart.at(-1)!);
  forEachRequest(stageStart, (id, index) => (column[id] = index % users));
  return column;
}

function fillColumns(
  workload: SharedPrefixSessions,
  plan: {
    readonly seed: number;
    readonly blockTokens: number;
    readonly users: number;
    readonly stageStart: readonly number[];
  },
): SessionRequests['columns'] {
  const { users, stageStart, blockTokens } = plan;
  const total = stageStart.at(-1)!;
  const first = workload.systemPromptTokens + workload.questionTokens;
  const more = workload.context === 'growing' ? workload.questionTokens + workload.outputTokens : 0;
  const isl = new Int32Array(total);
  const cachedTokens = new Int32Array(total);
  /** Longest prompt and answer that the caches hold of each user, tokens; of a growing one those of the present stage. */
  const known = new Int32Array(users);
  const greeted = new Uint8Array(workload.systemPrompts);
  forEachRequest(stageStart, (id, index) => {
    const user = index % users;
    const turn = Math.floor(index / users);
    const group = user % workload.systemPrompts;
    if (turn === 0 && workload.context === 'growing') known[user] = 0;
    isl[id] = first + turn * more;
    const shared = greeted[group] === 1 ? workload.systemPromptTokens : 0;
    cachedTokens[id] = Math.min(isl[id], Math.max(shared, known[user]!));
    known[user] = isl[id] + (more > 0 ? workload.outputTokens : 0);
    greeted[group] = 1;
  });
  return {
    arrival: arrivals(workload.stages, stageStart, plan.seed),
    isl,
    osl: new Int32Array(total).fill(workload.outputTokens),
    cachedTokens,
    prefixBlocks: prefixBlocks(workload, { isl, users, stageStart, blockTokens }),
  };
}

function arrivals(stages: readonly LoadStage[], stageStart: readonly number[], seed: number): Float64Array {
  const stream = randomStream(seed, 'arrivals');
  const arrival = new Float64Array(stageStart.at(-1)!);
  stages.forEach(({ duration }, stage) => {
    let time = 0;
    const [start, end] = [stageStart[stage]!, stageStart[stage + 1]!];
    for (let id = start; id < end; id++) arrival[id] = time += stream.exponential();
    for (let id = start; id < end; id++) arrival[id]! *= duration / time;
  });
  return arrival;
}

/**
 * Names of full prompt blocks: those within the system prompt belong to its group, the others to the user and, where contexts
 * grow, to the stage's conversation. A block's place is part of its name, as contexts only ever get longer.
 */
function prefixBlocks(
  workload: SharedPrefixSessions,
  of: {
    readonly isl: Int32Array;
    readonly users: number;
    readonly stageStart: readonly number[];
    readonly blockTokens: number;
  },
): PrefixBlocks {
  const { isl, users, stageStart, blockTokens } = of;
  const shared = Math.floor(workload.systemPromptTokens / blockTokens);
  const offsets = new Int32Array(isl.length + 1);
  for (let id = 0; id < isl.length; id++) offsets[id + 1] = offsets[id]! + Math.floor(isl[id]! / blockTokens);
  const ids = new Int32Array(offsets[isl.length]!);
  const names = new Map<string, number>();
  let stage = -1;
  forEachRequest(stageStart, (id, index) => {
    if (index === 0) stage++;
    const user = index % users;
    const own = workload.context === 'growing' ? `${stage}/${user}` : `${user}`;
    for (let place = 0; place < offsets[id + 1]! - offsets[id]!; place++) {
      const name = place < shared ? `g${user % workload.systemPrompts}:${place}` : `u${own}:${place}`;
      let known = names.get(name);
      if (known === undefined) names.set(name, (known = names.size));
      ids[offsets[id]! + place] = known;
    }
  });
  return { blockTokens, offsets, ids };
}

/** Calls back for every request with its id and its index within its stage. */
function forEachRequest(stageStart: readonly number[], visit: (id: number, index: number) => void): void {
  for (let stage = 0; stage + 1 < stageStart.length; stage++) {
    for (let id = stageStart[stage]!; id < stageStart[stage + 1]!; id++) visit(id, id - stageStart[stage]!);
  }
}
