import { operatorBreakdown } from '../perf/index.ts';
import type { StepBatch } from '../perf/index.ts';
import type { EstimatedLoad, EstimatedMemory, EstimatedPool, EstimatedStep } from '../report/index.ts';
import type { PoolUse } from '../sim/index.ts';
import type { DeployedPool } from './deployment.ts';
import { certaintiesOf, ttftShareOf } from './certainties.ts';
import type { EstimateParts } from './estimate-report.ts';
import { POWER_CERTAINTY, STARTUP_CERTAINTY, figureWithin } from './figure.ts';

/** Share by which activations and reserves may be off (*assumed*: their formulae are). */
const OVERHEAD_ERROR = 0.3;

/** What the simulation and the model say of one pool, the `index`-th of the deployment. */
export function estimatedPool(pool: DeployedPool, parts: EstimateParts, index: number): EstimatedPool {
  const { load, run, coefficients } = parts;
  const use = run.pools[index]!;
  const { configuration, performance, facts } = pool;
  const perRank = use.meanBatch / configuration.parallelism.dataParallel;
  const certainty = certaintiesOf([pool], coefficients, ttftShareOf(run.evidence.latency));
  const steps = stepBatches(pool, load, perRank).map(({ kind, batch }): EstimatedStep => {
    const rows = operatorBreakdown(configuration, coefficients, batch);
    const total = rows.reduce((sum, row) => sum + row.seconds, 0);
    return {
      kind,
      prefillTokens: batch.prefillTokens,
      decodeSequences: batch.decodeSequences,
      decodeKvTokens: batch.decodeKvTokens,
      time: figureWithin(total, kind === 'prefill' ? certainty.ttft : certainty.tpot),
      operators: rows.map((row) => ({ ...row, share: total > 0 ? row.seconds / total : 0 })),
    };
  });
  return {
    configuration: facts,
    memory: memoryOf(pool, load, use),
    busyShare: use.busyShare,
    meanBatch: use.meanBatch,
    power: figureWithin(performance.power({ busyShare: use.busyShare, meanBatch: perRank }), POWER_CERTAINTY),
    startup: figureWithin(performance.startup, STARTUP_CERTAINTY),
    steps,
  };
}

/** KV tokens are what activations and reserve leave: their error is that of the tokens. */
function memoryOf(
  { configuration, performance }: DeployedPool,
  load: EstimatedLoad,
  use: PoolUse,
): EstimatedMemory {
  const { memory } = performance;
  const tokens = memory.kvBlocks * memory.blockTokens * configuration.parallelism.dataParallel;
  const uncertain = (memory.activations + memory.reserve) * OVERHEAD_ERROR;
  const share = memory.kvCache > 0 ? uncertain / memory.kvCache : 0;
  const within = (value: number): EstimatedMemory['kvTokens'] => ({
    value,
    low: Math.max(0, Math.floor(value * (1 - share))),
    high: Math.floor(value * (1 + share)),
    evidence: 'assumed',
  });
  const perSequence = Math.ceil((load.isl + load.osl) / memory.blockTokens) * memory.blockTokens;
  return {
    ...memory,
    kvTokens: within(tokens),
    sequences: within(Math.floor(tokens / perSequence)),
    peakKvShare: use.peakKvShare,
  };
}

/** The step of one prompt alone, or its first chunk, and the decode step of the mean batch half way through its output. */
function stepBatches(
  { configuration, facts }: DeployedPool,
  load: EstimatedLoad,
  perRank: number,
): readonly { readonly kind: 'prefill' | 'decode'; readonly batch: StepBatch }[] {
  const cached = Math.floor(load.isl * load.prefixHitRate);
  const prefillTokens = Math.max(1, Math.min(load.isl - cached, configuration.batch.maxBatchedTokens));
  const decodeSequences = Math.max(1, Math.round(perRank));
  const prefill = {
    prefillTokens,
    prefillAttended: prefillTokens * (cached + prefillTokens / 2),
    decodeSequences: 0,
    decodeKvTokens: 0,
  };
  const decode = {
    prefillTokens: 0,
    prefillAttended: 0,
    decodeSequences,
    decodeKvTokens: decodeSequences * Math.round(load.isl + load.osl / 2),
  };
  return [
    ...(facts.role === 'prefill' ? [] : [{ kind: 'decode' as const, batch: decode }]),
    ...(facts.role === 'decode' ? [] : [{ kind: 'prefill' as const, batch: prefill }]),
  ];
}
