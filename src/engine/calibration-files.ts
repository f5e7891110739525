import path from 'node:path';
import { correctionsOf, deploymentName, isCalibration, parseCalibration } from '../accuracy/index.ts';
import type { CalibrationDocument } from '../accuracy/index.ts';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { isMeasuredTables, parseMeasuredTables, shippedCoefficients } from '../perf/index.ts';
import { contentHash } from '../plan/index.ts';
import { displayPath, errorMessage, readTextFile } from './files.ts';
import type { EngineHost } from './messages.ts';

/** Where the names of calibration files start from. */
export interface CalibrationPlace {
  /** Absolute folder. */
  readonly folder: string;
  readonly host: Pick<EngineHost, 'workingDirectory'>;
}

/** A kind of calibration file: how it is recognised and what it makes of the coefficients. */
interface CalibrationKind {
  readonly recognises: (value: unknown) => boolean;
  readonly apply: (
    coefficients: OperatorCoefficients,
    value: unknown,
    shown: string,
  ) => Outcome<OperatorCoefficients>;
}

/** Files are told apart by their `format`; the last kind takes all others and says what is wrong with them. */
const KINDS: readonly CalibrationKind[] = [
  { recognises: isMeasuredTables, apply: applyTables },
  { recognises: isCalibration, apply: applyCorrections },
];

/**
 * Coefficients with the calibration files applied in order. No file leaves them as they are.
 * Errors: `engine-file-*`, `accuracy-calibration-*`, `perf-tables-*`; all files' problems are reported together. A correction that was fitted
 * against other coefficients is a warning, `accuracy-calibration-outdated`.
 */
export async function loadCalibrations(
  files: readonly string[],
  place: CalibrationPlace,
  start: OperatorCoefficients = shippedCoefficients(),
): Promise<Outcome<OperatorCoefficients>> {
  const read = await Promise.all(files.map((file) => readJson(path.resolve(place.folder, file), place)));
  const diagnostics: Diagnostic[] = [];
  let coefficients = start;
  let isBroken = false;
  for (const outcome of read) {
    const applied = outcome.ok ? apply(coefficients, outcome.value) : outcome;
    diagnostics.push(...applied.diagnostics);
    if (applied.ok) coefficients = applied.value;
    else isBroken = true;
  }
  if (isBroken) return failure(...diagnostics);
  const corrections = read.flatMap((outcome) =>
    outcome.ok && isCalibration(outcome.value.value) ? [outcome.value] : [],
  );
  return success(coefficients, [...diagnostics, ...outdated(corrections, coefficients)]);
}

/** A JSON file as read. */
interface JsonFile {
  readonly value: unknown;
  readonly shown: string;
}

async function readJson(file: string, { host }: CalibrationPlace): Promise<Outcome<JsonFile>> {
  const shown = displayPath(file, host.workingDirectory);
  const text = await readTextFile(file, shown);
  if (!text.ok) return text;
  try {
    return success({ value: JSON.parse(text.value) as unknown, shown });
  } catch (error) {
    return failure(
      diagnostic('engine-file-invalid', {
        summary: `${shown} is not valid JSON: ${errorMessage(error)}.`,
        source: { file: shown },
        fix: 'Name a file that `plimsoll calibrate` has written.',
      }),
    );
  }
}

function apply(
  coefficients: OperatorCoefficients,
  { value, shown }: JsonFile,
): Outcome<OperatorCoefficients> {
  const kind = KINDS.find(({ recognises }) => recognises(value));
  return (kind?.apply ?? applyCorrections)(coefficients, value, shown);
}

function applyCorrections(
  coefficients: OperatorCoefficients,
  value: unknown,
  shown: string,
): Outcome<OperatorCoefficients> {
  const parsed = parseCalibration(value, shown);
  if (!parsed.ok) return parsed;
  const earlier = coefficients.corrections ?? [];
  const own = correctionsOf(parsed.value);
  const all = [...earlier, ...own];
  const names = all.map(deploymentName);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    return failure(
      diagnostic('accuracy-calibration-conflict', {
        summary: `${repeated} is corrected twice, the second time by ${shown}.`,
        path: 'corrections',
        source: { file: shown },
        fix: 'Name one file for each deployment, or calibrate once on the rows of both.',
      }),
    );
  }
  return success({ ...coefficients, corrections: all }, parsed.diagnostics);
}

/** Later tables of an accelerator win over earlier ones, operator by operator. */
function applyTables(
  coefficients: OperatorCoefficients,
  value: unknown,
  shown: string,
): Outcome<OperatorCoefficients> {
  const parsed = parseMeasuredTables(value, shown);
  if (!parsed.ok) return parsed;
  const tables = [...(coefficients.tables ?? []), parsed.value];
  return success({ ...coefficients, tables }, parsed.diagnostics);
}

/** Warnings for files of corrections that were fitted against others than these coefficients. */
function outdated(files: readonly JsonFile[], coefficients: OperatorCoefficients): readonly Diagnostic[] {
  if (files.length === 0) return [];
  const current = coefficientsHash(coefficients);
  return files.flatMap(({ value, shown }) =>
    (value as CalibrationDocument).provenance.coefficients === current
      ? []
      : [
          diagnostic('accuracy-calibration-outdated', {
            summary: `${shown} corrects other coefficients than the ones in use here.`,
            source: { file: shown },
            fix: 'Run `plimsoll calibrate` on its measurements again.',
          }),
        ],
  );
}

/** SHA-256 of coefficients without their corrections: what corrections are fitted against. */
export function coefficientsHash(coefficients: OperatorCoefficients): string {
  const { corrections: _corrections, ...fitted } = coefficients;
  return contentHash(fitted);
}
