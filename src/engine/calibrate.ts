import path from 'node:path';
import {
  calibrationDocument,
  deploymentGroups,
  deploymentName,
  fitCorrection,
  isScored,
  measuredPeriod,
} from '../accuracy/index.ts';
import type { CalibrationDocument, FittedCorrection } from '../accuracy/index.ts';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { coefficientsHash } from './calibration-files.ts';
import { prepareMeasurements } from './measurement-files.ts';
import type { MeasurementOptions, PreparedMeasurements } from './measurement-files.ts';
import { breathe, progress } from './messages.ts';
import type { EngineHost } from './messages.ts';
import { writeOutputFile } from './write-output-file.ts';

/** How a deployment is calibrated. */
export interface CalibrateOptions extends Omit<MeasurementOptions, 'calibrations'> {
  /** Calibration file to write, relative to the working directory; nothing is written without it. */
  readonly output?: string;
}

/** Corrections fitted to a measurement file. */
export interface Calibration {
  readonly file: string;
  /** Rows the file holds, and rows that a correction rests on. */
  readonly rows: { readonly total: number; readonly used: number };
  readonly fitted: readonly FittedCorrection[];
  readonly document: CalibrationDocument;
  /** The calibration file written. */
  readonly output?: string;
}

/** Fewest rows on which a correction is more than a hint. */
const ENOUGH_ROWS = 3;

/**
 * Fits a correction for every deployment of a measurement file and writes those that help as a calibration file.
 * Errors: those of `prepareMeasurements`, `accuracy-nothing-scored`, `plan-write-failed`. Warnings: `accuracy-few-rows`,
 * `accuracy-no-gain`.
 */
export async function calibrateDeployments(
  options: CalibrateOptions,
  host: EngineHost,
): Promise<Outcome<Calibration>> {
  const prepared = await prepareMeasurements({ ...options, calibrations: [] }, host);
  if (!prepared.ok) return prepared;
  const fitted = await fitAll(prepared.value, host);
  const { shown, sha256, file } = prepared.value;
  const diagnostics = [...prepared.diagnostics, ...fitted.flatMap((item) => fitDiagnostics(item, shown))];
  if (fitted.length === 0) {
    return failure(
      ...diagnostics,
      diagnostic('accuracy-nothing-scored', {
        summary: `${shown} holds no row that can be predicted and compared.`,
        source: { file: shown },
        fix: 'See the reasons with `plimsoll accuracy --measurements` on the same file.',
      }),
    );
  }
  const measured = measuredPeriod(file.measurements);
  const document = calibrationDocument(fitted, {
    measurements: path.basename(shown),
    sha256,
    layout: file.layout,
    ...(measured === undefined ? {} : { measured }),
    coefficients: coefficientsHash(prepared.value.context.coefficients),
  });
  const value = {
    file: shown,
    rows: { total: file.rows.length, used: fitted.reduce((sum, item) => sum + item.rows, 0) },
    fitted,
    document,
  };
  const written =
    options.output === undefined
      ? success(undefined)
      : await writeOutputFile(options.output, `${JSON.stringify(document, undefined, 2)}\n`, host);
  if (!written.ok) return failure(...diagnostics, ...written.diagnostics);
  return success(
    { ...value, ...(written.value === undefined ? {} : { output: written.value }) },
    diagnostics,
  );
}

async function fitAll(
  { file, context }: PreparedMeasurements,
  host: EngineHost,
): Promise<readonly FittedCorrection[]> {
  const groups = deploymentGroups(file.measurements.filter(isScored), context.catalog);
  const fitted: FittedCorrection[] = [];
  for (const [index, group] of groups.entries()) {
    const share = index / groups.length;
    progress(host, 'calibrate', deploymentName(group.keys), [index, groups.length, share]);
    await breathe();
    fitted.push(...[fitCorrection(group, context) ?? []].flat());
  }
  return fitted;
}

function fitDiagnostics(fitted: FittedCorrection, file: string): readonly Diagnostic[] {
  const name = deploymentName(fitted.keys);
  const few =
    fitted.rows >= ENOUGH_ROWS
      ? []
      : [
          diagnostic('accuracy-few-rows', {
            summary: `${name} has ${fitted.rows === 1 ? 'one row' : `${fitted.rows} rows`}: its factors stay close to 1, and their error on other rows is unknown.`,
            source: { file },
            fix: 'Measure three operating points or more: few, medium and many requests in flight.',
          }),
        ];
  const useless = fitted.isHelpful
    ? []
    : [
        diagnostic('accuracy-no-gain', {
          summary: `A correction of ${name} does not lower the error of rows it has not seen; it was left out.`,
          source: { file },
          fix: 'Measure more operating points, or look for rows of another deployment among these.',
        }),
      ];
  return [...few, ...useless];
}
