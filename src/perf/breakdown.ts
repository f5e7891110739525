import { attentionForms, decodeAttentionTime, prefillAttentionTime } from './attention.ts';
import { verifiedTokens } from './configuration.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import { overheadsOf, scaledWork } from './engine-overheads.ts';
import { stageOperators } from './operators.ts';
import { pipelineStages } from './pipeline.ts';
import type { Stage } from './pipeline.ts';
import type { TokenOperator } from './operator-builder.ts';

/** The contents of one engine step of one attention data-parallel rank; fields as in `StepTimeModel.stepTime`. */
export interface StepBatch {
  readonly prefillTokens: number;
  readonly prefillAttended: number;
  readonly decodeSequences: number;
  readonly decodeKvTokens: number;
}

/** Time of one operator in a step, all layers together, and what limits it. */
export interface OperatorShare {
  readonly operator: string;
  readonly seconds: number;
  /** `floor`: launches and overheads outweigh both arithmetic and traffic. */
  readonly bound: 'compute' | 'memory' | 'link' | 'floor';
}

/**
 * Where the time of one step goes, longest first. With speculative decoding this is the verify step as it runs, without
 * drafting and before the division by the tokens it yields. With pipeline stages the rows cover all stages, so that they sum to
 * a token's latency; otherwise they sum to `stepTime` (within the interpolation of its tables).
 */
export function operatorBreakdown(
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
  batch: StepBatch,
): readonly OperatorShare[] {
  const stages = pipelineStages(c);
  const rows = stages.flatMap((stage) => stageBreakdown(stage, coefficients, batch));
  const merged = stages.length === 1 ? rows : mergedByOperator(rows);
  return merged.filter((row) => row.seconds > 0).sort((a, b) => b.seconds - a.seconds);
}

/** One row per operator, bound as where it takes longest. */
function mergedByOperator(rows: readonly OperatorShare[]): OperatorShare[] {
  return [...Map.groupBy(rows, (row) => row.operator)].map(([operator, own]) => {
    const longest = own.reduce((most, row) => (row.seconds > most.seconds ? row : most));
    return { operator, seconds: own.reduce((sum, row) => sum + row.seconds, 0), bound: longest.bound };
  });
}

/** Seconds of one step on one pipeline stage; linear in its layers. */
export function stageSeconds(stage: Stage, coefficients: OperatorCoefficients, batch: StepBatch): number {
  return stageBreakdown(stage, coefficients, batch).reduce((sum, row) => sum + row.seconds, 0);
}

/** The rows of one pipeline stage, in no order. */
function stageBreakdown(
  stage: Stage,
  coefficients: OperatorCoefficients,
  batch: StepBatch,
): readonly OperatorShare[] {
  const { configuration: c, share: ofLayers } = stage;
  const verified = batch.decodeSequences * verifiedTokens(c.speculative);
  const prompt = batch.prefillTokens / c.parallelism.contextParallel;
  const tokens = prompt + verified;
  if (tokens === 0) return [];
  const last = batch.prefillTokens > 0 ? 1 : 0;
  const sampled = verified + last;
  const overheads = overheadsOf(c, coefficients);
  const { prefillScale, decodeScale } = overheads;
  const operators = stageOperators(stage, coefficients);
  const mixed = (work: (tokens: number) => number): number => scaledWork(overheads, work, tokens, prompt);
  const rows = [
    ...operators.layers.map((operator) => share(operator, tokens, (work) => mixed(work) * ofLayers)),
    ...operators.hops.map((operator) => share(operator, tokens, mixed)),
    ...operators.head.map((operator) => share(operator, sampled, (work) => decodeScale * work(sampled))),
    ...(batch.prefillTokens > 0
      ? operators.contextGather.map((operator) =>
          share(operator, batch.prefillTokens, (work) => prefillScale * work(batch.prefillTokens) * ofLayers),
        )
      : []),
    ...(verified > 0
      ? operators.contextCombine.map((operator) =>
          share(operator, verified, (work) => decodeScale * work(verified) * ofLayers),
        )
      : []),
    ...attentionShares(c, coefficients, batch).map((row) => ({ ...row, seconds: row.seconds * ofLayers })),
    {
      operator: 'engine-overhead',
      seconds:
        overheads.step +
        overheads.perLayer * stage.layers +
        overheads.perSequence * (batch.decodeSequences + last),
      bound: 'floor' as const,
    },
  ];
  return rows;
}

/** @param scaled time of one run as the engine makes it, from the operator's own time by tokens */
function share(
  operator: TokenOperator,
  tokens: number,
  scaled: (work: (tokens: number) => number) => number,
): OperatorShare {
  const time = operator.time(tokens);
  const compute = operator.computeBound(tokens);
  const memory = operator.memoryBound(tokens);
  const bound = operator.isLink
    ? 'link'
    : Math.max(compute, memory) < time / 4
      ? 'floor'
      : compute > memory
        ? 'compute'
        : 'memory';
  return { operator: operator.name, seconds: scaled(operator.time) * operator.count, bound };
}

function attentionShares(
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
  batch: StepBatch,
): OperatorShare[] {
  const forms = attentionForms(c, coefficients);
  const { prefillScale, decodeScale } = overheadsOf(c, coefficients);
  const rows: OperatorShare[] = [];
  if (batch.prefillTokens > 0) {
    const time = prefillAttentionTime(forms, batch.prefillTokens, batch.prefillAttended);
    const isFloor = forms.idealPerPair * batch.prefillAttended < time / 4;
    rows.push({
      operator: 'prefill-attention',
      seconds: time * prefillScale,
      bound: isFloor ? 'floor' : 'compute',
    });
  }
  if (batch.decodeSequences > 0) {
    const time = decodeAttentionTime(forms, batch.decodeSequences, batch.decodeKvTokens);
    const isFloor = forms.idealPerCachedToken * batch.decodeKvTokens < time / 4;
    rows.push({
      operator: 'decode-attention',
      seconds: time * decodeScale,
      bound: isFloor ? 'floor' : 'memory',
    });
  }
  return rows;
}

/** Shares of a step, 0..1, in which the matrix units or the memory would work if they ran at full rate. */
export interface WorkShares {
  readonly computeShare: number;
  readonly memoryShare: number;
}

/** A stage's part of a step. */
export interface StageWork extends WorkShares {
  /** Seconds of the stage; 0 for an empty step. */
  readonly seconds: number;
}

/** How well a step uses the accelerators of a stage: ideal times of its operators at peak and at full bandwidth over its time. */
export function stageWork(stage: Stage, coefficients: OperatorCoefficients, batch: StepBatch): StageWork {
  const { configuration: c } = stage;
  const verified = batch.decodeSequences * verifiedTokens(c.speculative);
  const prompt = batch.prefillTokens / c.parallelism.contextParallel;
  const tokens = prompt + verified;
  const seconds = stageSeconds(stage, coefficients, batch);
  if (seconds === 0) return { seconds, computeShare: 0, memoryShare: 0 };
  const operators = stageOperators(stage, coefficients);
  const forms = attentionForms(c, coefficients);
  let compute = forms.idealPerPair * batch.prefillAttended * stage.share;
  let memory = forms.idealPerCachedToken * batch.decodeKvTokens * stage.share;
  const add = (operator: TokenOperator, m: number, share: number): void => {
    if (operator.isLink || m <= 0) return;
    compute += operator.count * operator.computeBound(m) * share;
    memory += operator.count * operator.memoryBound(m) * share;
  };
  for (const operator of operators.layers) add(operator, tokens, stage.share);
  for (const operator of operators.head) add(operator, verified, 1);
  return {
    seconds,
    computeShare: Math.min(1, compute / seconds),
    memoryShare: Math.min(1, memory / seconds),
  };
}
