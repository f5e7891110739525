import { describe, expect, it } from 'vitest';
import { shippedCatalog } from '../catalog/index.ts';
import { shippedCoefficients } from '../perf/index.ts';
import type { CorrectionFactors } from '../perf/index.ts';
import { deploymentGroups, deploymentName } from './deployment-group.ts';
import type { DeploymentGroup } from './deployment-group.ts';
import { fitCorrection } from './fit-correction.ts';
import type { FittedCorrection } from './fit-correction.ts';
import type { Measurement } from './measurement.ts';
import { predictMeasurement } from './predict.ts';
import type { PredictionContext } from './predict.ts';
import { measurement } from './testing/measurements.ts';

const CONTEXT: PredictionContext = { catalog: shippedCatalog(), coefficients: shippedCoefficients() };

/** Operating points of one deployment: few to many requests in flight, short and long prompts. */
const POINTS: readonly Measurement[] = [256, 4096].flatMap((isl) =>
  [1, 4, 16, 64].map((concurrency) => measurement({ id: `${isl}x${concurrency}`, isl, concurrency })),
);

function groupOf(measurements: readonly Measurement[]): DeploymentGroup {
  const [group, ...others] = deploymentGroups(measurements, CONTEXT.catalog);
  if (group === undefined || others.length > 0) throw new Error('not one deployment');
  return group;
}

/** What a deployment would measure whose true factors are these, changed by `noise`. */
function measuredUnder(
  factors: CorrectionFactors,
  noise: (row: number) => number = () => 1,
): readonly Measurement[] {
  const { keys } = groupOf(POINTS);
  const coefficients = { ...CONTEXT.coefficients, corrections: [{ ...keys, factors }] };
  return POINTS.map((point, row) => {
    const prediction = predictMeasurement(point, { ...CONTEXT, coefficients });
    if (!prediction.ok) throw new Error(prediction.reason);
    return {
      ...point,
      ttftMs: prediction.ttftMs * noise(row),
      tpotMs: prediction.tpotMs * noise(row + 1),
    };
  });
}

function fit(measurements: readonly Measurement[], context = CONTEXT): FittedCorrection {
  const fitted = fitCorrection(groupOf(measurements), context);
  if (fitted === undefined) throw new Error('nothing was fitted');
  return fitted;
}

describe('the groups of a measurement file', () => {
  it('are deployments in catalogue names, whatever the rows call them', () => {
    const groups = deploymentGroups(
      [
        measurement(),
        measurement({ model: 'llama-3.1-70b', system: 'H100-SXM' }),
        measurement({ precision: 'bf16', gemmFormat: '' }),
        measurement({ model: 'nobody/knows' }),
      ],
      CONTEXT.catalog,
    );
    expect(groups.map(({ measurements }) => measurements.length).sort()).toEqual([1, 2]);
    expect(groups.map(({ keys }) => deploymentName(keys)).join('\n')).toMatch(/ · h100-sxm · vllm · bf16\n/);
  });
});

describe('a fitted correction', () => {
  const slow = measuredUnder({ prefill: 1.3, decode: 1.2, ingest: 1.5 });

  it('finds the decode factor of a deployment, and lowers the error of rows it has not seen', () => {
    const fitted = fit(slow);
    expect(fitted.factors.decode).toBeCloseTo(1.2, 1);
    expect(fitted.factors.prefill).toBeGreaterThan(1.1);
    expect(fitted.rows).toBe(8);
    expect(fitted.before.tpot.mapePercent).toBeGreaterThan(10);
    expect(fitted.after.tpot.mapePercent).toBeLessThan(3);
    expect(fitted.leaveOneOut?.tpot.mapePercent).toBeLessThan(4);
    expect(fitted.isHelpful).toBe(true);
  });

  it('stays at 1 where the model is right', () => {
    const { factors, after } = fit(measuredUnder({ prefill: 1, decode: 1, ingest: 1 }));
    for (const factor of Object.values(factors)) expect(factor).toBeCloseTo(1, 6);
    expect(after.tpot.mapePercent).toBeCloseTo(0, 6);
  });

  it('shrinks towards 1 the more the fewer rows there are', () => {
    const [one = NaN, eight = NaN] = [1, 8].map((count) => fit(slow.slice(0, count)).factors.decode);
    expect(one).toBeGreaterThan(1.05);
    expect(one).toBeLessThan(1.19);
    expect(one).toBeLessThan(eight);
  });

  it('has no error of unseen rows below three', () => {
    expect(fit(slow.slice(0, 2))).not.toHaveProperty('leaveOneOut');
    expect(fit(slow.slice(0, 3))).toHaveProperty('leaveOneOut');
  });

  it('bears one row that is wrong by a factor of ten', () => {
    const broken = slow.map((row, index) => (index === 5 ? { ...row, tpotMs: row.tpotMs * 10 } : row));
    expect(fit(broken).factors.decode).toBeCloseTo(fit(slow).factors.decode, 1);
  });

  it('takes a shorter step where the whole one overshoots, as latencies jump where batches change', () => {
    const scattered = measuredUnder({ prefill: 0.7, decode: 1.3, ingest: 1 }, (row) => (row % 2 ? 0.5 : 1.5));
    expect(fit(scattered).factors).not.toEqual({ prefill: 1, decode: 1, ingest: 1 });
  });

  it('is no help when rows differ without a pattern', () => {
    const noise = [0.6, 1.6, 1.7, 0.55, 1.8, 0.6, 0.5, 1.7, 0.6];
    const fitted = fit(measuredUnder({ prefill: 1, decode: 1, ingest: 1 }, (row) => noise[row] ?? 1));
    expect(fitted.isHelpful).toBe(false);
  });

  it('replaces an earlier correction of the same deployment instead of building on it', () => {
    const { keys } = groupOf(slow);
    const corrected = {
      ...CONTEXT,
      coefficients: {
        ...CONTEXT.coefficients,
        corrections: [{ ...keys, factors: { prefill: 2, decode: 2, ingest: 2 } }],
      },
    };
    expect(fit(slow, corrected)).toEqual(fit(slow));
  });

  it('is not fitted on rows that cannot be predicted', () => {
    const impossible = measurement({
      pool: { workers: 1, parallelism: { ...slow[0]!.pool.parallelism, tensorParallel: 7 } },
    });
    expect(fitCorrection(groupOf([impossible]), CONTEXT)).toBeUndefined();
    expect(fit([...slow, impossible]).rows).toBe(8);
  });
});
