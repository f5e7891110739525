import path from 'node:path';
import { correctionsOf, deploymentName, isCalibration, parseCalibration } from '../accuracy/index.ts';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { shippedCoefficients } from '../perf/index.ts';
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
const KINDS: readonly CalibrationKind[] = [{ recognises: isCalibration, apply: applyCorrections }];

/**
 * The shipped coefficients with the calibration files applied in order. No file gives the shipped ones.
 * Errors: `engine-file-*`, `accuracy-calibration-*`; all files' problems are reported together.
 */
export async function loadCalibrations(
  files: readonly string[],
  place: CalibrationPlace,
): Promise<Outcome<OperatorCoefficients>> {
  const read = await Promise.all(files.map((file) => readJson(path.resolve(place.folder, file), place)));
  const diagnostics: Diagnostic[] = [];
  let coefficients = shippedCoefficients();
  let isBroken = false;
  for (const outcome of read) {
    const applied = outcome.ok ? apply(coefficients, outcome.value) : outcome;
    diagnostics.push(...applied.diagnostics);
    if (applied.ok) coefficients = applied.value;
    else isBroken = true;
  }
  return isBroken ? failure(...diagnostics) : success(coefficients, diagnostics);
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
  const isOutdated = parsed.value.provenance.coefficients !== coefficientsHash();
  return success(
    { ...coefficients, corrections: all },
    isOutdated ? [...parsed.diagnostics, outdated(shown)] : parsed.diagnostics,
  );
}

function outdated(shown: string): Diagnostic {
  return diagnostic('accuracy-calibration-outdated', {
    summary: `${shown} corrects other coefficients than the ones of this version.`,
    source: { file: shown },
    fix: 'Run `plimsoll calibrate` on its measurements again.',
  });
}

/** SHA-256 of the shipped coefficients, which factors are fitted against. */
export function coefficientsHash(): string {
  return contentHash(shippedCoefficients());
}
