import { attentionForms, decodeAttentionTime, prefillAttentionTime } from './attention.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import type { OperatorCoefficients } from './coefficients.ts';
import { overheadsOf } from './engine-overheads.ts';
import { tokenOperators } from './operators.ts';
import type { TokenOperator } from './operators.ts';

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
 * Where the time of one step goes, longest first. With pipeline stages the rows cover all stages, so that they sum to
 * a token's latency; otherwise they sum to `stepTime` (within the interpolation of its tables).
 */
export function operatorBreakdown(
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
  batch: StepBatch,
): readonly OperatorShare[] {
  const tokens = batch.prefillTokens + batch.decodeSequences;
  if (tokens === 0) return [];
  const sampled = batch.decodeSequences + (batch.prefillTokens > 0 ? 1 : 0);
  const overheads = overheadsOf(c, coefficients);
  const { prefillScale, decodeScale } = overheads;
  const scale = batch.prefillTokens > 0 ? Math.max(prefillScale, decodeScale) : decodeScale;
  const operators = tokenOperators(c, coefficients);
  const stages = c.parallelism.pipelineParallel;
  const rows = [
    ...[...operators.layers, ...operators.hops].map((operator) => share(operator, tokens, scale)),
    ...operators.head.map((operator) => share(operator, sampled, scale)),
    ...attentionShares(c, coefficients, batch),
    {
      operator: 'engine-overhead',
      seconds:
        overheads.step * stages +
        overheads.perLayer * c.architecture.layers +
        overheads.perSequence * sampled * stages,
      bound: 'floor' as const,
    },
  ];
  return rows.filter((row) => row.seconds > 0).sort((a, b) => b.seconds - a.seconds);
}

function share(operator: TokenOperator, tokens: number, scale: number): OperatorShare {
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
  return { operator: operator.name, seconds: time * operator.count * scale, bound };
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
