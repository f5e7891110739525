import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { CorrectionFactors, DeploymentCorrection } from '../perf/index.ts';
import type { CorrectionErrors, FittedCorrection } from './fit-correction.ts';
import type { Measurement } from './measurement.ts';
import type { MeasurementLayout } from './readers/raw-row.ts';

/** What tells a calibration file from other JSON. */
export const CALIBRATION_FORMAT = 'plimsoll-calibration';
/** Version of the format; raised when a field is removed or re-defined. Programs refuse versions they do not know. */
const CALIBRATION_VERSION = 1;

/** Where a calibration comes from. */
export interface CalibrationProvenance {
  /** Name of the measurement file, without its folder. */
  readonly measurements: string;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
  readonly layout: MeasurementLayout;
  /** Days of the first and the last run, as the file says; absent where it does not. */
  readonly measured?: { readonly from: string; readonly to: string };
  /** SHA-256 of the coefficients that the factors correct; factors for others are off. */
  readonly coefficients: string;
}

/** One correction with what supports it. */
export interface CalibrationEntry extends DeploymentCorrection {
  readonly rows: number;
  readonly errors: {
    readonly before: CorrectionErrors;
    readonly after: CorrectionErrors;
    readonly leaveOneOut?: CorrectionErrors;
  };
}

/** A calibration file: corrections for deployments, fitted by `plimsoll calibrate`. */
export interface CalibrationDocument {
  readonly format: typeof CALIBRATION_FORMAT;
  readonly version: typeof CALIBRATION_VERSION;
  readonly provenance: CalibrationProvenance;
  readonly corrections: readonly CalibrationEntry[];
}

/** The document of fitted corrections; those that do not help on unseen rows are left out. */
export function calibrationDocument(
  fitted: readonly FittedCorrection[],
  provenance: CalibrationProvenance,
): CalibrationDocument {
  return {
    format: CALIBRATION_FORMAT,
    version: CALIBRATION_VERSION,
    provenance,
    corrections: fitted
      .filter((item) => item.isHelpful)
      .map(({ keys, factors, rows, before, after, leaveOneOut }) => ({
        ...keys,
        factors,
        rows,
        errors: { before, after, ...(leaveOneOut === undefined ? {} : { leaveOneOut }) },
      })),
  };
}

/** Days of the first and the last run; undefined when no row says its day. */
export function measuredPeriod(measurements: readonly Measurement[]): CalibrationProvenance['measured'] {
  const days = measurements.flatMap(({ measured }) => measured ?? []).sort();
  const [from] = days;
  const to = days.at(-1);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Factors beyond these come from broken measurements, or from another deployment. */
const LEAST_FACTOR = 0.1;
const LARGEST_FACTOR = 10;

const FACTOR = { type: 'number', minimum: LEAST_FACTOR, maximum: LARGEST_FACTOR };
const NAME = { type: 'string', minLength: 1 };

/** What a program that applies corrections relies on; the errors are for people. */
const SCHEMA = {
  type: 'object',
  required: ['provenance', 'corrections'],
  properties: {
    provenance: { type: 'object', required: ['coefficients'], properties: { coefficients: NAME } },
    corrections: {
      type: 'array',
      items: {
        type: 'object',
        required: ['model', 'accelerator', 'engine', 'weightPrecision', 'factors'],
        properties: {
          model: NAME,
          accelerator: NAME,
          engine: NAME,
          weightPrecision: {
            enum: ['bf16', 'fp8', 'fp8-block', 'int8', 'int4', 'nvfp4', 'mxfp4'],
          },
          factors: {
            type: 'object',
            required: ['prefill', 'decode', 'ingest'] satisfies (keyof CorrectionFactors)[],
            properties: { prefill: FACTOR, decode: FACTOR, ingest: FACTOR },
          },
        },
      },
    },
  },
};

let validator: ValidateFunction<CalibrationDocument> | undefined;

/** Whether a JSON value says that it is a calibration file. */
export function isCalibration(value: unknown): boolean {
  return (value as { readonly format?: unknown } | null)?.format === CALIBRATION_FORMAT;
}

/**
 * Reads the JSON value of a calibration file.
 * @param file name shown in diagnostics
 * Errors: `accuracy-calibration-version`, `accuracy-calibration-invalid` (each violation of the format, ten at most).
 */
export function parseCalibration(value: unknown, file: string): Outcome<CalibrationDocument> {
  const version = (value as { readonly version?: unknown } | null)?.version;
  if (!isCalibration(value)) {
    return failure(
      diagnostic('accuracy-calibration-invalid', {
        summary: `${file} is no calibration file: its format is not "${CALIBRATION_FORMAT}".`,
        path: 'format',
        source: { file },
        fix: 'Name a file that `plimsoll calibrate` has written.',
      }),
    );
  }
  if (version !== CALIBRATION_VERSION) {
    return failure(
      diagnostic('accuracy-calibration-version', {
        summary: `${file} has calibration version ${JSON.stringify(version)}; this program reads version ${CALIBRATION_VERSION}.`,
        path: 'version',
        source: { file },
        fix: 'Run `plimsoll calibrate` again with this version.',
      }),
    );
  }
  validator ??= new Ajv({ allErrors: true, strict: false }).compile<CalibrationDocument>(SCHEMA);
  if (validator(value)) return success(value);
  return failure(
    ...(validator.errors ?? []).slice(0, 10).map((error) =>
      diagnostic('accuracy-calibration-invalid', {
        summary: `${file}${error.instancePath === '' ? '' : ` at ${error.instancePath}`} ${error.message ?? 'is invalid'}.`,
        path: error.instancePath,
        source: { file },
        fix: 'Calibration files are written by `plimsoll calibrate` and not edited by hand; calibrate again.',
      }),
    ),
  );
}

/** The corrections of a calibration as the performance model takes them. */
export function correctionsOf(document: CalibrationDocument): readonly DeploymentCorrection[] {
  return document.corrections.map(({ model, accelerator, engine, weightPrecision, factors }) => ({
    model,
    accelerator,
    engine,
    weightPrecision,
    factors: { prefill: factors.prefill, decode: factors.decode, ingest: factors.ingest },
  }));
}
