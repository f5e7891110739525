import path from 'node:path';
import { Fleet, compileFleet, constructPathOf } from '../constructs/index.ts';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Outcome, SourceLocation } from '../diagnostics/index.ts';
import { normalizeDocument, parseCatalogDocument, parseProblem } from '../model/index.ts';
import type { CatalogAdditions, Problem, ProblemDocument } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { loadCalibrations } from './calibration-files.ts';
import { displayPath, readTextFile } from './files.ts';
import { parseLocated } from './load-document.ts';
import { importModule } from './load-module.ts';
import { progress } from './messages.ts';
import type { EngineHost } from './messages.ts';
import { loadSpotRecords } from './spot-records/load-spot-records.ts';
import type { SpotRecords } from './spot-records/load-spot-records.ts';

/** A stack read from a file: the declared problem, validated, and where it came from. */
export interface LoadedStack {
  /** Path as people see it. */
  readonly shown: string;
  /** Path relative to the working directory with forward slashes, `stdin` when piped in: what a plan records. */
  readonly stackFile: string;
  /** Absolute folder that paths inside the stack start from. */
  readonly folder: string;
  /** The problem as declared, normalised: equal problems are equal documents. */
  readonly document: ProblemDocument;
  /** The validated problem, with the records of its catalogue files added. */
  readonly problem: Problem;
  /** The shipped coefficients with the stack's calibration files applied. */
  readonly coefficients: OperatorCoefficients;
  /** Observed availability and prices of spot capacity; absent where the stack names none. */
  readonly spot?: SpotRecords;
}

const MODULE_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

/** A document with a way from its paths to what the user wrote. */
interface Declared {
  readonly document: unknown;
  readonly pathOf?: (documentPath: string) => string;
  readonly locate?: (documentPath: string) => SourceLocation | undefined;
}

/**
 * Loads a stack: a TypeScript or JavaScript module that exports a `Fleet`, or a problem in YAML or JSON
 * (`-` reads YAML from `stdin`). All problems of the stack are reported together.
 * Errors: `stack-*`, `engine-file-*`, `model-*`, `spot-*`, and those of catalogue files.
 */
export async function loadStack(
  file: string,
  host: EngineHost,
  stdin?: string,
): Promise<Outcome<LoadedStack>> {
  progress(host, 'load', file);
  const absolute = path.resolve(host.workingDirectory, file);
  const shown = file === '-' ? 'stdin' : displayPath(file, host.workingDirectory);
  const isModule = MODULE_EXTENSIONS.includes(path.extname(absolute)) && file !== '-';
  const declared = isModule
    ? await loadModuleStack(absolute, shown)
    : await loadDocumentStack(absolute, shown, file === '-' ? (stdin ?? '') : undefined);
  if (!declared.ok) return declared;
  const folder = file === '-' ? host.workingDirectory : path.dirname(absolute);
  const stackFile =
    file === '-' ? 'stdin' : path.relative(host.workingDirectory, absolute).split(path.sep).join('/');
  return validate(declared.value, { shown, stackFile, folder, host });
}

async function loadModuleStack(absolute: string, shown: string): Promise<Outcome<Declared>> {
  const loaded = await importModule(absolute, shown, 'stack-not-found');
  if (!loaded.ok) return loaded;
  const fleets = Object.values(loaded.value).filter((value) => Fleet.isFleet(value));
  const [fleet] = fleets;
  if (fleet === undefined || new Set(fleets).size > 1) {
    const count = fleet === undefined ? 'no Fleet' : 'several fleets';
    return failure(
      diagnostic('stack-no-fleet', {
        summary: `${shown} exports ${count}; a stack exports exactly one.`,
        source: { file: shown },
        fix: 'Write `export default fleet;` where `const fleet = new Fleet("name");`.',
      }),
    );
  }
  const compiled = compileFleet(fleet);
  if (!compiled.ok) return compiled;
  const { document, paths } = compiled.value;
  return success(
    {
      document,
      pathOf: (documentPath) => constructPathOf(documentPath, paths),
      locate: () => ({ file: shown }),
    },
    compiled.diagnostics,
  );
}

async function loadDocumentStack(
  absolute: string,
  shown: string,
  text: string | undefined,
): Promise<Outcome<Declared>> {
  const source = text === undefined ? await readTextFile(absolute, shown, 'stack-not-found') : success(text);
  if (!source.ok) return source;
  const parsed = parseLocated(source.value, shown);
  return parsed.ok ? success({ document: parsed.value.value, locate: parsed.value.locate }) : parsed;
}

async function validate(
  declared: Declared,
  place: {
    readonly shown: string;
    readonly stackFile: string;
    readonly folder: string;
    readonly host: EngineHost;
  },
): Promise<Outcome<LoadedStack>> {
  const { document, ...positions } = declared;
  const parsed = parseProblem(document, positions);
  const additions = await loadCatalogFiles(document, place);
  const coefficients = await loadCalibrations(calibrationFiles(document), place);
  const spot = await loadSpotRecords(document, place);
  const diagnostics = [parsed, additions, coefficients, spot].flatMap((outcome) => outcome.diagnostics);
  if (!parsed.ok || !additions.ok || !coefficients.ok || !spot.ok) return failure(...diagnostics);
  const { shown, stackFile, folder } = place;
  return success(
    {
      shown,
      stackFile,
      folder,
      document: normalizeDocument(document as ProblemDocument),
      problem: { ...parsed.value, catalog: mergeAdditions([...additions.value, parsed.value.catalog]) },
      coefficients: coefficients.value,
      ...(spot.value === undefined ? {} : { spot: spot.value }),
    },
    diagnostics,
  );
}

/** The calibration files that a document names; anything else in their place is for the schema to refuse. */
function calibrationFiles(document: unknown): readonly string[] {
  const files = (document as { calibration?: unknown } | null)?.calibration;
  return Array.isArray(files) ? files.filter((name) => typeof name === 'string') : [];
}

async function loadCatalogFiles(
  document: unknown,
  { folder, host }: { readonly folder: string; readonly host: EngineHost },
): Promise<Outcome<readonly CatalogAdditions[]>> {
  const files = (document as { catalog?: { files?: unknown } } | null)?.catalog?.files;
  const names = Array.isArray(files) ? files.filter((name) => typeof name === 'string') : [];
  const outcomes = await Promise.all(
    names.map(async (name): Promise<Outcome<CatalogAdditions>> => {
      const absolute = path.resolve(folder, name);
      const shown = displayPath(absolute, host.workingDirectory);
      const text = await readTextFile(absolute, shown);
      if (!text.ok) return text;
      const parsed = parseLocated(text.value, shown);
      return parsed.ok ? parseCatalogDocument(parsed.value.value, { locate: parsed.value.locate }) : parsed;
    }),
  );
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  const values = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  return values.length === outcomes.length ? success(values, diagnostics) : failure(...diagnostics);
}

function mergeAdditions(all: readonly CatalogAdditions[]): CatalogAdditions {
  return {
    accelerators: all.flatMap((item) => item.accelerators),
    instanceTypes: all.flatMap((item) => item.instanceTypes),
    prices: all.flatMap((item) => item.prices),
    interruptions: all.flatMap((item) => item.interruptions),
    models: all.flatMap((item) => item.models),
  };
}
