import type { Precision } from '../../model/index.ts';
import type { OperatorCoefficients } from '../coefficients.ts';
import { chooseCoefficients } from '../coefficients.ts';
import type { ReplicaConfiguration } from '../configuration.ts';
import type { DecodeAttentionLaw, PrefillAttentionLaw } from '../laws.ts';
import { rankShare } from '../sharding.ts';
import { attentionFactors } from './attention-factors.ts';
import type { AttentionFactors } from './attention-factors.ts';
import { measuredCorrection, measuredOperator } from './measured-correction.ts';
import type { Correction, OperatorShape } from './measured-correction.ts';
import { operatorLaw } from './operator-law.ts';

/** The correction of what was not measured. */
export const UNCORRECTED: Correction = () => 1;
const UNCORRECTED_ATTENTION: AttentionFactors = { fixed: 1, growing: 1 };

/**
 * Factor by size on the law of one operator of a configuration; `UNCORRECTED` where no table covers its accelerator, kind
 * and format. Measured times are compared with the laws of single calls, before the engine's `floorScale`: tables hold
 * single calls too.
 */
export function tokenCorrection(
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
  operator: OperatorShape,
): Correction {
  const measured = measuredOperator(coefficients.tables, c.accelerator, operator);
  if (measured === undefined) return UNCORRECTED;
  const { laws } = chooseCoefficients(c.accelerator, coefficients, c.engine);
  const law = operatorLaw(operator.kind, operator.precision, { accelerator: c.accelerator, laws });
  return law === undefined ? UNCORRECTED : measuredCorrection(measured, operator.shape, law);
}

/** A law of prefill attention over whole contexts, brought closest to the tables of the configuration's accelerator. */
export function correctedPrefill<Law extends PrefillAttentionLaw>(
  law: Law,
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
): Law {
  const { fixed, growing } = attentionCorrection(c, coefficients, 'prefill');
  return { ...law, floor: law.floor * fixed, compute: law.compute / growing };
}

/** A law of decode attention over whole contexts, brought closest to the tables of the configuration's accelerator. */
export function correctedDecode<Law extends DecodeAttentionLaw>(
  law: Law,
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
): Law {
  const { fixed, growing } = attentionCorrection(c, coefficients, 'decode');
  return {
    ...law,
    floor: law.floor * fixed,
    perSequence: law.perSequence * fixed,
    memory: law.memory / growing,
    compute: law.compute / growing,
  };
}

/** Factors on the attention law of a configuration in one phase; ones where no table covers it. */
function attentionCorrection(
  c: ReplicaConfiguration,
  coefficients: OperatorCoefficients,
  phase: 'prefill' | 'decode',
): AttentionFactors {
  if (coefficients.tables === undefined) return UNCORRECTED_ATTENTION;
  const isLatent = c.architecture.mla !== undefined;
  const kind = isLatent ? (`mla-${phase}` as const) : (`${phase}-attention` as const);
  const precision: Precision = c.kvPrecision === 'bf16' ? 'bf16' : 'fp8';
  const measured = measuredOperator(coefficients.tables, c.accelerator, { kind, precision });
  if (measured === undefined) return UNCORRECTED_ATTENTION;
  const { laws } = chooseCoefficients(c.accelerator, coefficients);
  const law = operatorLaw(kind, precision, { accelerator: c.accelerator, laws });
  if (law === undefined) return UNCORRECTED_ATTENTION;
  const { heads, kvHeads } = rankShare(c);
  const head = isLatent ? [heads] : [heads, kvHeads, c.architecture.headDim];
  const cached = phase === 'prefill' ? [0] : [];
  return attentionFactors(measured, (batch) => [...head, batch, ...cached], law);
}
