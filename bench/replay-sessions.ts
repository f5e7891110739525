/** Runs of inference-perf's multi-turn shared-prefix load against vLLM: reading, simulating, comparing. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { replicaPerformance } from '../src/perf/index.ts';
import type { EngineOverheads, OperatorCoefficients, ReplicaSteps } from '../src/perf/index.ts';
import { createEngineInstance } from '../src/sim/index.ts';
import { sharedPrefixSessions } from '../src/traffic/index.ts';
import type { SessionRequests } from '../src/traffic/index.ts';
import { configurationOf } from './replay-configuration.ts';
import { mean, percentile } from './replay-figures.ts';

/** Figures of a run in milliseconds, by the names of the data. */
export const SESSION_FIGURES = [
  'e2e_mean',
  'e2e_p90',
  'e2e_p99',
  'ttft_mean',
  'ttft_p90',
  'ttft_p99',
  'itl_mean',
] as const;
export type SessionFigures = Readonly<Record<(typeof SESSION_FIGURES)[number], number>>;

/** One run as the data describe it. */
export interface SessionRun {
  readonly id: string;
  readonly model: string;
  readonly hardware: string;
  readonly tp: number;
  readonly max_num_seqs: number;
  readonly max_num_batched_tokens: number;
  readonly total_kv_blocks: number;
  readonly workload: {
    readonly seed?: number;
    readonly inference_perf: {
      readonly shared_prefix: {
        readonly enable_multi_turn_chat: boolean;
        readonly num_unique_system_prompts: number;
        readonly num_users_per_system_prompt: number;
        readonly system_prompt_len: number;
        readonly question_len: number;
        readonly output_len: number;
      };
      readonly stages: readonly { readonly rate: number; readonly duration: number }[];
    };
  };
  readonly actual: Partial<SessionFigures>;
}

/** Tokens of a KV block in these runs. */
const BLOCK_TOKENS = 16;
const DEFAULT_SEED = 42;

/** The runs of every JSON file of the folder that holds an array of them. */
export function readSessionRuns(folder: string): readonly SessionRun[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const content: unknown = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
      return Array.isArray(content) ? (content as SessionRun[]).filter((run) => 'actual' in run) : [];
    });
}

/** How a run is predicted. */
export interface SessionMode {
  readonly coefficients: OperatorCoefficients;
  readonly overheads: EngineOverheads;
  readonly asyncScheduling: boolean;
}

/** Simulates a run; or why it cannot be simulated. */
export function predictSessions(run: SessionRun, mode: SessionMode): SessionFigures | string {
  const configuration = configurationOf({
    model: run.model,
    hardware: run.hardware,
    tensorParallel: run.tp,
    dataParallel: 1,
    expertParallel: false,
    maxSequences: run.max_num_seqs,
    maxBatchedTokens: run.max_num_batched_tokens,
    maxModelLength: 0,
    kvCacheType: 'auto',
  });
  if (typeof configuration === 'string') return configuration;
  const { steps } = replicaPerformance(configuration, {
    ...mode.coefficients,
    engines: [mode.overheads],
  });
  const requests = requestsOf(run);
  const times = simulateSessions(requests, {
    steps: { ...steps, kvBlocks: run.total_kv_blocks, blockTokens: BLOCK_TOKENS },
    limits: configuration.batch,
    asyncScheduling: mode.asyncScheduling,
  });
  const { osl } = requests.columns;
  const ms = (from: Float64Array, to: Float64Array): Float64Array => to.map((t, i) => (t - from[i]!) * 1e3);
  const ttft = ms(times.sent, times.first);
  const e2e = ms(times.sent, times.finished);
  const itl = ms(times.first, times.finished).map((span, i) => (osl[i]! > 1 ? span / (osl[i]! - 1) : NaN));
  return {
    e2e_mean: mean(e2e),
    e2e_p90: percentile(e2e, 0.9),
    e2e_p99: percentile(e2e, 0.99),
    ttft_mean: mean(ttft),
    ttft_p90: percentile(ttft, 0.9),
    ttft_p99: percentile(ttft, 0.99),
    itl_mean: mean(itl),
  };
}

/**
 * The run's load. Every turn of a user repeats the user's prompt: inference-perf takes prompt i modulo users for request i, and
 * the runs' input lengths are constant, so that conversations do not grow (inference-sim/inference-sim, `inference_perf.go`).
 */
function requestsOf(run: SessionRun): SessionRequests {
  const { shared_prefix: p, stages } = run.workload.inference_perf;
  return sharedPrefixSessions(
    {
      systemPrompts: p.num_unique_system_prompts,
      usersPerSystemPrompt: p.num_users_per_system_prompt,
      systemPromptTokens: p.system_prompt_len,
      questionTokens: p.question_len,
      outputTokens: p.output_len,
      stages,
      context: 'repeated',
      waitsForTurn: p.enable_multi_turn_chat,
    },
    run.workload.seed ?? DEFAULT_SEED,
    BLOCK_TOKENS,
  );
}

/** Seconds since the start by request: sent by the user, first and last token at the user. */
interface SessionTimes {
  readonly sent: Float64Array;
  readonly first: Float64Array;
  readonly finished: Float64Array;
}

/** The engine that serves the sessions. */
interface SessionEngine {
  readonly steps: ReplicaSteps;
  readonly limits: { readonly maxBatchedTokens: number; readonly maxSequences: number };
  readonly asyncScheduling: boolean;
}

/** Runs stage after stage; within one, a user's turn that is due early waits until the user's last one is answered. */
export function simulateSessions(requests: SessionRequests, engine: SessionEngine): SessionTimes {
  const { columns, user, stageStart } = requests;
  const { steps } = engine;
  const n = columns.arrival.length;
  const times = { sent: new Float64Array(n), first: new Float64Array(n), finished: new Float64Array(n) };
  const done: number[] = [];
  const instance = createEngineInstance({
    steps,
    requests: columns,
    limits: engine.limits,
    prefixCache: true,
    asyncScheduling: engine.asyncScheduling,
    listener: {
      firstToken: (id, time) => (times.first[id] = time + steps.outputLatency),
      finished: (id, time) => {
        times.finished[id] = time + steps.outputLatency;
        done.push(id);
      },
    },
  });
  const send = (id: number, time: number): void => {
    times.sent[id] = time;
    instance.submit(id, time + steps.ingest.base + steps.ingest.perInputToken * columns.isl[id]!);
  };
  let start = 0;
  for (let stage = 0; stage + 1 < stageStart.length; stage++) {
    const end = stageStart[stage + 1]!;
    let next = stageStart[stage]!;
    let open = end - next;
    let now = start;
    const busy = new Set<number>();
    const queued = new Map<number, number[]>();
    while (open > 0) {
      const due = next < end ? start + columns.arrival[next]! : Infinity;
      const event = instance.nextEventTime;
      if (due <= event) {
        const id = next++;
        const who = user[id]!;
        if (!busy.has(who)) {
          busy.add(who);
          send(id, due);
        } else queued.set(who, [...(queued.get(who) ?? []), id]);
        continue;
      }
      instance.advanceUntil(event);
      for (const id of done.splice(0)) {
        open--;
        now = Math.max(now, times.finished[id]!);
        const waiting = queued.get(user[id]!)?.shift();
        if (waiting === undefined) busy.delete(user[id]!);
        else send(waiting, times.finished[id]!);
      }
    }
    start = now;
  }
  return times;
}
