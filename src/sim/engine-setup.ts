import type { RequestColumns } from '../model/index.ts';
import type { ClockParts, EngineClock, EngineObserver } from './clocks/engine-clock.ts';
import { LockstepClock } from './clocks/lockstep-clock.ts';
import { PipelineClock } from './clocks/pipeline-clock.ts';
import { RankGroupClock } from './clocks/rank-group-clock.ts';
import { SingleClock } from './clocks/single-clock.ts';
import type { EngineSettings } from './engine-options.ts';
import type { RequestSource } from './request-source.ts';
import { makeScheduler } from './schedulers/make-scheduler.ts';
import type { RequestFacts, Scheduler } from './schedulers/scheduler.ts';
import { ringSize } from './schedulers/vllm-v1/decode-set.ts';
import type { StepTimeModel } from './step-time-model.ts';
import type { SimulationWorkspace } from './workspace.ts';

/** One replica about to be built: its settings, its speed, the requests it may see, and memory reserved for them. */
export interface EngineSetup {
  readonly settings: EngineSettings;
  readonly steps: StepTimeModel;
  readonly requests: Omit<RequestColumns, 'arrival'>;
  readonly workspace: SimulationWorkspace;
  readonly prefillOnly: boolean;
}

/** Refuses settings that no engine takes. Throws RangeError. */
export function checkSettings({ limits, chunkedPrefill, longPrefillThreshold = 0 }: EngineSettings): void {
  if (!(limits.maxBatchedTokens >= 1 && limits.maxSequences >= 1)) {
    throw new RangeError('maxBatchedTokens and maxSequences must be at least 1');
  }
  if (!(longPrefillThreshold >= 0)) throw new RangeError('longPrefillThreshold must not be negative');
  if (chunkedPrefill === false && longPrefillThreshold > 0) {
    throw new RangeError('longPrefillThreshold needs chunkedPrefill');
  }
}

/** Whether the replica can serve request `id`: it has tokens, and fits the KV cache and the model length. */
export function canServe(setup: EngineSetup, id: number): boolean {
  const { settings, steps, requests, prefillOnly } = setup;
  const isl = requests.isl[id]!;
  const osl = requests.osl[id]!;
  if (!(isl >= 1 && osl >= 1)) return false;
  const longest = Math.min(
    settings.maxModelLength ?? Infinity,
    // Without chunked prefill every prompt, a recomputed one included, must fit one step.
    settings.chunkedPrefill === false ? settings.limits.maxBatchedTokens : Infinity,
  );
  const generated = prefillOnly ? 0 : osl - (settings.asyncScheduling === true ? 0 : 1);
  return isl + osl <= longest && isl + generated <= steps.kvBlocks * steps.blockTokens;
}

/** Builds the schedulers and the clock of a replica; the source's requests must be such as it can serve. */
export function makeClock(setup: EngineSetup, source: RequestSource, observer: EngineObserver): EngineClock {
  const { settings, steps, workspace } = setup;
  const facts = requestFacts(setup);
  const ring = ringSize(setup.requests.osl.reduce((most, osl) => Math.max(most, osl), 1) + 1);
  const isAsync = settings.asyncScheduling === true && steps.pipelineDepth === 1;
  const parts: ClockParts = { source, steps, observer, jump: settings.jump ?? true, isAsync };
  const scheduler = (): Scheduler => rankScheduler(setup, facts, ring);
  const assignment = settings.rankAssignment ?? 'least-loaded';
  const single = (own: ClockParts): EngineClock =>
    steps.pipelineDepth > 1 ? new PipelineClock(scheduler(), own) : new SingleClock(scheduler(), own);
  if (steps.dataParallel === 1) return single(parts);
  const stepping = settings.rankStepping ?? steps.rankStepping ?? 'independent';
  if (stepping === 'independent' || steps.pipelineDepth > 1) {
    return new RankGroupClock(parts, workspace.ready, assignment, single);
  }
  return new LockstepClock(Array.from({ length: steps.dataParallel }, scheduler), parts, assignment);
}

function requestFacts({ settings, steps, requests, workspace }: EngineSetup): RequestFacts {
  const { isl, osl, cachedTokens, prefixBlocks, priority } = requests;
  const isNamed = settings.prefixCache && prefixBlocks !== undefined;
  const { hitTokens } = workspace;
  for (let id = 0; id < isl.length; id++) {
    const reusable = settings.prefixCache && !isNamed ? Math.min(cachedTokens[id]!, isl[id]! - 1) : 0;
    hitTokens[id] = reusable - (reusable % steps.blockTokens);
  }
  return {
    isl,
    osl,
    hitTokens,
    ...(isNamed ? { names: workspace.namesOf(prefixBlocks, { isl, osl }, steps.blockTokens) } : {}),
    ...(priority === undefined ? {} : { priority }),
  };
}

function rankScheduler(setup: EngineSetup, facts: RequestFacts, ring: number): Scheduler {
  const { settings, steps, workspace, prefillOnly } = setup;
  return makeScheduler(
    settings.scheduler ?? 'vllm-v1',
    facts,
    {
      maxBatchedTokens: settings.limits.maxBatchedTokens,
      maxSequences: settings.limits.maxSequences,
      kvBlocks: steps.kvBlocks,
      blockTokens: steps.blockTokens,
      cohorts: steps.pipelineDepth,
      reserveFullPrompt: settings.reserveFullPrompt ?? true,
      policy: settings.policy ?? 'fcfs',
      chunkedPrefill: settings.chunkedPrefill ?? true,
      longPrefillThreshold: settings.longPrefillThreshold ?? 0,
      lateFinish: settings.asyncScheduling === true && steps.pipelineDepth === 1,
      prefillOnly,
    },
    { workspace, ring },
  );
}
