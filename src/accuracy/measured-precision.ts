import type { ModelArchitecture, Precision } from '../model/index.ts';
import type { Measurement } from './measurement.ts';

/** Weight format by the benchmark's word; `default` is the checkpoint's own, which is bf16 where it occurs. */
const PRECISIONS: Readonly<Record<string, Precision>> = {
  fp4: 'nvfp4',
  nvfp4: 'nvfp4',
  mxfp4: 'mxfp4',
  fp8: 'fp8',
  'fp8-block': 'fp8-block',
  fp8_block: 'fp8-block',
  int8: 'int8',
  int4: 'int4',
};

/**
 * The weight format that a measured deployment ran: models published in MXFP4 alone run in it whatever the benchmark calls
 * it, fp8 of a model published with block scales or run by block-wise kernels is `fp8-block`, and an unknown word means
 * bf16.
 */
export function measuredPrecision(
  m: Pick<Measurement, 'precision' | 'gemmFormat' | 'expertFormat'>,
  architecture: Pick<ModelArchitecture, 'checkpoints'>,
): Precision {
  if (architecture.checkpoints.length === 1 && architecture.checkpoints[0] === 'mxfp4') return 'mxfp4';
  const format = m.expertFormat === '' ? m.gemmFormat : m.expertFormat;
  const isBlock = format === 'fp8_block' || architecture.checkpoints.includes('fp8-block');
  if (m.precision === 'fp8' && isBlock) return 'fp8-block';
  return PRECISIONS[m.precision] ?? 'bf16';
}
