import type { BatchLimits, RequestColumns } from '../../src/model/index.ts';
import type { StepTimeModel } from '../../src/sim/index.ts';
import type { ReferenceRun } from './reference-engine.ts';

/** A request inside the reference pipeline. */
interface Live {
  readonly id: number;
  readonly isl: number;
  readonly osl: number;
  scheduled: number;
  generated: number;
  /** The batch it generates in; undefined while its prompt is computed. */
  cohort: number | undefined;
}

interface Flight {
  readonly cohort: number;
  readonly leaves: number;
  readonly decodes: readonly Live[];
  /** Prompts whose last chunk is in this batch. */
  readonly done: readonly Live[];
}

interface Chunk {
  readonly live: Live;
  readonly before: number;
  readonly tokens: number;
}

/**
 * A pipeline as its description reads: one batch per stage at most, every batch in one stage at a time, first come first
 * served, memory without end. Slow and plain on purpose: the simulator's clock is compared with it. No preemptions, no prefix cache.
 */
export function referencePipeline(
  steps: StepTimeModel,
  requests: RequestColumns,
  limits: BatchLimits,
): Pick<ReferenceRun, 'firstToken' | 'lastToken'> {
  const depth = steps.pipelineDepth;
  const run = { firstToken: [] as number[], lastToken: [] as number[] };
  const coming = [...requests.isl.keys()].sort(
    (a, b) => requests.arrival[a]! - requests.arrival[b]! || a - b,
  );
  const waiting: Live[] = [];
  let running: Live[] = [];
  let flights: Flight[] = [];
  // When the batch before left each stage.
  let left = Array.from({ length: depth }, () => 0);
  let first = 0;
  let time = 0;

  const land = (): void => {
    for (const { decodes, done, leaves } of flights.filter((flight) => flight.leaves <= time)) {
      for (const live of [...decodes, ...done]) {
        live.generated++;
        if (live.generated === 1) run.firstToken[live.id] = leaves;
        if (live.generated === live.osl) run.lastToken[live.id] = leaves;
      }
    }
    flights = flights.filter((flight) => flight.leaves > time);
    running = running.filter((live) => live.generated < live.osl);
  };
  const chunksFor = (budget: number): Chunk[] => {
    const chunks: Chunk[] = [];
    let room = budget;
    const take = (live: Live): void => {
      const tokens = Math.min(live.isl - live.scheduled, room);
      chunks.push({ live, before: live.scheduled, tokens });
      live.scheduled += tokens;
      room -= tokens;
    };
    for (const live of running) if (live.scheduled < live.isl && room > 0) take(live);
    while (waiting.length > 0 && room > 0 && running.length < limits.maxSequences) {
      const live = waiting.shift()!;
      running.push(live);
      take(live);
    }
    return chunks;
  };
  const launch = (cohort: number): boolean => {
    const decodes = running.filter((live) => live.cohort === cohort);
    const chunks = chunksFor(limits.maxBatchedTokens - decodes.length);
    if (decodes.length + chunks.length === 0) return false;
    const done = chunks.filter(({ live }) => live.scheduled === live.isl).map(({ live }) => live);
    for (const live of done) live.cohort = cohort;
    let at = time;
    left = stageTimes(steps, decodes, chunks).map(
      (seconds, stage) => (at = Math.max(at, left[stage]!) + seconds),
    );
    flights.push({ cohort, leaves: at, decodes, done });
    return true;
  };

  for (;;) {
    land();
    while (coming.length > 0 && requests.arrival[coming[0]!]! <= time) {
      const id = coming.shift()!;
      const isl = requests.isl[id]!;
      waiting.push({ id, isl, osl: requests.osl[id]!, scheduled: 0, generated: 0, cohort: undefined });
    }
    if (left[0]! <= time) {
      const turns = Array.from({ length: depth }, (_, turn) => (first + turn) % depth);
      const idle = turns.filter((cohort) => flights.every((flight) => flight.cohort !== cohort));
      const started = idle.find(launch);
      if (started !== undefined) {
        first = (started + 1) % depth;
        continue;
      }
    }
    const next = [
      ...flights.map((flight) => flight.leaves),
      ...(left[0]! > time && flights.length < depth ? [left[0]!] : []),
      ...coming.slice(0, 1).map((id) => requests.arrival[id]!),
    ];
    if (next.length === 0) return run;
    time = Math.min(...next);
  }
}

function stageTimes(steps: StepTimeModel, decodes: readonly Live[], chunks: readonly Chunk[]): number[] {
  const batch = {
    prefillTokens: chunks.reduce((sum, { tokens }) => sum + tokens, 0),
    prefillAttended: chunks.reduce((sum, { before, tokens }) => sum + tokens * (before + tokens / 2), 0),
    decodeSequences: decodes.length,
    decodeKvTokens: decodes.reduce((sum, live) => sum + live.isl + live.generated, 0),
  };
  const times = new Float64Array(steps.pipelineDepth);
  if (steps.stageTimes !== undefined) steps.stageTimes(batch, times);
  else {
    const { prefillTokens, prefillAttended, decodeSequences, decodeKvTokens } = batch;
    times.fill(steps.stepTime(prefillTokens, prefillAttended, decodeSequences, decodeKvTokens));
  }
  return [...times];
}
