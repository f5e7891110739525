import { mergeCatalog, shippedCatalog } from '../catalog/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { loadCalibrations } from './calibration-files.ts';
import { loadStack } from './load-stack.ts';
import type { LoadedStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';

/** What counts beside the shipped catalogue and coefficients. */
export interface ModelContextOptions {
  /** Stack whose catalogue records and calibration files count too; relative to the working directory. */
  readonly stack?: string;
  /** Files of corrections or measured operator tables, relative to the working directory; they come after the stack's. */
  readonly calibration?: readonly string[];
}

/** Where names are looked up, and what step times are made of. */
export interface ModelContext {
  readonly catalog: Catalog;
  readonly coefficients: OperatorCoefficients;
  /** The stack whose records and files count, where one was named. */
  readonly stack?: LoadedStack;
}

/** The shipped catalogue and coefficients with those of a stack and of calibration files. Errors: those of `loadStack` and `loadCalibrations`. */
export async function modelContext(
  { stack, calibration = [] }: ModelContextOptions,
  host: EngineHost,
): Promise<Outcome<ModelContext>> {
  const loaded = stack === undefined ? undefined : await loadStack(stack, host);
  if (loaded?.ok === false) return loaded;
  const catalog =
    loaded === undefined
      ? success(shippedCatalog())
      : mergeCatalog(shippedCatalog(), loaded.value.problem.catalog);
  const coefficients = await loadCalibrations(
    calibration,
    { folder: host.workingDirectory, host },
    loaded?.value.coefficients,
  );
  const diagnostics = [...(loaded?.diagnostics ?? []), ...catalog.diagnostics, ...coefficients.diagnostics];
  return catalog.ok && coefficients.ok
    ? success(
        {
          catalog: catalog.value,
          coefficients: coefficients.value,
          ...(loaded === undefined ? {} : { stack: loaded.value }),
        },
        diagnostics,
      )
    : failure(...diagnostics);
}
