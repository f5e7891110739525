import path from 'node:path';
import { readMeasurements } from '../accuracy/index.ts';
import type { DeploymentFacts, Measurement, MeasurementFile, PredictionContext } from '../accuracy/index.ts';
import { findAccelerator, findModel } from '../catalog/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { textHash } from '../plan/index.ts';
import { displayPath, readTextFile } from './files.ts';
import type { EngineHost } from './messages.ts';
import { modelContext } from './model-context.ts';

/** A measurement file and what is to be known for predicting it. */
export interface MeasurementOptions {
  /** Measurement file relative to the working directory, or `-` for `stdin`. */
  readonly measurements: string;
  readonly stdin?: string;
  /** Facts that fill what the file does not say. */
  readonly deployment: DeploymentFacts;
  /** Calibration files relative to the working directory. */
  readonly calibrations: readonly string[];
  /** Stack whose catalogue records and calibration files count too. */
  readonly stack?: string;
}

/** Everything a prediction of a measurement file needs. */
export interface PreparedMeasurements {
  /** Name of the file as people see it. */
  readonly shown: string;
  readonly sha256: string;
  readonly file: MeasurementFile;
  readonly context: PredictionContext;
}

/**
 * Reads a measurement file and joins it with the catalogue and the coefficients. A model or an accelerator that the
 * catalogue lacks is a warning (`accuracy-not-predicted`) with the number of rows it concerns.
 * Errors: `accuracy-*`, `engine-file-*`, and those of the stack.
 */
export async function prepareMeasurements(
  options: MeasurementOptions,
  host: EngineHost,
): Promise<Outcome<PreparedMeasurements>> {
  const { measurements, stdin, deployment } = options;
  const shown = measurements === '-' ? 'stdin' : displayPath(measurements, host.workingDirectory);
  const text =
    measurements === '-'
      ? success(stdin ?? '')
      : await readTextFile(path.resolve(host.workingDirectory, measurements), shown);
  const file = text.ok ? readMeasurements(text.value, { fileName: shown, deployment }) : text;
  const context = await modelContext({ ...options, calibration: options.calibrations }, host);
  if (!text.ok || !file.ok || !context.ok) return failure(...file.diagnostics, ...context.diagnostics);
  return success({ shown, sha256: textHash(text.value), file: file.value, context: context.value }, [
    ...file.diagnostics,
    ...context.diagnostics,
    ...unknownNames(file.value.measurements, context.value.catalog, shown),
  ]);
}

/** One warning per name that the catalogue lacks, with the closest one it has. */
function unknownNames(
  measurements: readonly Measurement[],
  catalog: Catalog,
  file: string,
): readonly Diagnostic[] {
  const unknown = (
    column: 'model' | 'system',
    find: (name: string) => Outcome<unknown>,
  ): readonly Diagnostic[] =>
    [...Map.groupBy(measurements, (m) => m[column])].flatMap(([name, rows]) => {
      const found = find(name);
      if (found.ok) return [];
      const [problem] = found.diagnostics;
      return [
        diagnostic('accuracy-not-predicted', {
          summary: `${problem?.summary ?? name} ${rows.length === 1 ? 'One row names it.' : `${rows.length} rows name it.`}`,
          path: column,
          source: { file, line: rows[0]?.line ?? 1 },
          fix: problem?.fix,
        }),
      ];
    });
  return [
    ...unknown('model', (name) => findModel(catalog, name)),
    ...unknown('system', (name) => findAccelerator(catalog, name)),
  ];
}
