import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { findAccelerator, shippedCatalog } from '../catalog/index.ts';
import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { Accelerator } from '../model/index.ts';
import {
  beatsPeak,
  buildOperators,
  chooseCoefficients,
  coveredRanges,
  lawDistance,
  OPERATOR_AXES,
  operatorLaw,
  readApexTable,
  readGpuOpsTable,
  shippedCoefficients,
  TABLES_FORMAT,
  TABLES_VERSION,
} from '../perf/index.ts';
import type { MeasuredOperator, MeasuredTables, OperatorSample, TableReading } from '../perf/index.ts';
import type { OperatorTablesView } from '../report/index.ts';
import { displayPath, errorMessage } from './files.ts';
import { progress } from './messages.ts';
import type { EngineHost } from './messages.ts';
import { findTables } from './operator-tables-folder.ts';
import type { FolderTable, TablesLayout } from './operator-tables-folder.ts';
import { writeOutputFile } from './write-output-file.ts';

/** How measured operator tables are imported. */
export interface OperatorTablesOptions {
  readonly layout: TablesLayout;
  /** Catalogue name or alias of the accelerator measured. */
  readonly accelerator: string;
  /** Folder name of the system, where the folder holds several. */
  readonly system?: string;
  /** Program whose kernels are preferred; default the order of `buildOperators`. */
  readonly backend?: string;
  /** ISO date of the measurements; default the day of the import. */
  readonly date?: string;
  /** File to write, relative to the working directory; nothing is written without it. */
  readonly output?: string;
}

/** An import of measured operator tables: what is shown of it, and the tables. */
export interface ImportedTables extends OperatorTablesView {
  readonly tables: MeasuredTables;
}

/** What became of the rows of one file; one operator and format of an import. */
export type TableRows = OperatorTablesView['files'][number];
export type ImportedOperator = OperatorTablesView['operators'][number];

/**
 * Reads a folder of measured operator tables and writes it as one small file that `calibration` of a stack can name.
 * Files are read one after the other; the samples of one operator are held at a time. Errors: those of `findTables`,
 * `catalog-unknown-*`, `perf-tables-empty`, `plan-write-failed`. Warnings: those of the readers, `perf-table-beats-peak`.
 */
export async function importOperatorTables(
  folder: string,
  options: OperatorTablesOptions,
  host: EngineHost,
): Promise<Outcome<ImportedTables>> {
  const accelerator = findAccelerator(shippedCatalog(), options.accelerator, 'accelerator');
  if (!accelerator.ok) return accelerator;
  const absolute = path.resolve(host.workingDirectory, folder);
  const { workingDirectory } = host;
  const found = await findTables(absolute, options.layout, { system: options.system, workingDirectory });
  if (!found.ok) return found;
  const read = await readAll(found.value.tables, accelerator.value, { options, host });
  const unknown = unknownBackend(options.backend, read.backends);
  if (unknown !== undefined) return failure(...read.diagnostics, unknown);
  if (read.operators.length === 0) {
    return failure(
      ...read.diagnostics,
      diagnostic('perf-tables-empty', {
        summary: `No row of ${displayPath(absolute, workingDirectory)} could be used.`,
        fix: 'See the warnings above, and the formats that docs/operator-tables.md lists.',
      }),
    );
  }
  const tables: MeasuredTables = {
    format: TABLES_FORMAT,
    version: TABLES_VERSION,
    accelerator: accelerator.value.name,
    provenance: {
      evidence: 'measured',
      source: found.value.system,
      layout: options.layout,
      date: options.date ?? host.today,
    },
    operators: read.operators,
  };
  const written =
    options.output === undefined
      ? success(undefined)
      : await writeOutputFile(options.output, `${JSON.stringify(tables)}\n`, host);
  if (!written.ok) return failure(...read.diagnostics, ...written.diagnostics);
  return success(
    {
      accelerator: accelerator.value.name,
      system: found.value.system,
      files: read.files,
      ignored: found.value.ignored,
      operators: read.operators.map((operator) => describe(operator, accelerator.value)),
      tables,
      ...(written.value === undefined ? {} : { output: written.value }),
    },
    read.diagnostics,
  );
}

/** Tables whose samples belong to the same operators and must be built together. */
const TOGETHER: Readonly<Record<string, string>> = { allreduce: 'collectives', nccl: 'collectives' };

async function readAll(
  tables: readonly FolderTable[],
  accelerator: Accelerator,
  { options, host }: { readonly options: OperatorTablesOptions; readonly host: EngineHost },
) {
  const files: TableRows[] = [];
  const diagnostics: Diagnostic[] = [];
  const operators: MeasuredOperator[] = [];
  const backends = new Set<string>();
  const groups = [...Map.groupBy(tables, ({ table }) => TOGETHER[table] ?? table).values()];
  for (const [index, group] of groups.entries()) {
    const samples: OperatorSample[] = [];
    for (const table of group) {
      progress(host, 'calibrate', table.shown, [index, groups.length]);
      const reading = await readTable(table, options.layout, accelerator);
      const sound = reading.samples.filter((sample) => !beatsPeak(sample, accelerator));
      const rejected = reading.samples.length - sound.length;
      const { rows, unused, broken } = reading;
      files.push({ file: table.shown, rows, used: sound.length, unused, broken, rejected });
      diagnostics.push(...reading.diagnostics, ...tooFast(table.shown, rejected, accelerator.name));
      for (const sample of sound) {
        samples.push(sample);
        backends.add(sample.backend);
      }
    }
    operators.push(...buildOperators(samples, options.backend));
  }
  return { files, diagnostics, operators, backends };
}

/** No row is of the backend asked for, so that it would be passed over in silence. */
function unknownBackend(backend: string | undefined, measured: ReadonlySet<string>): Diagnostic | undefined {
  if (backend === undefined || measured.size === 0 || measured.has(backend)) return undefined;
  const names = [...measured].sort();
  return diagnostic('perf-tables-empty', {
    summary: `No row was measured with the backend ${backend}.`,
    path: '--backend',
    fix: suggestion(backend, names, `Measured were ${names.join(', ')}.`),
  });
}

async function readTable(
  { file, shown, table }: FolderTable,
  layout: TablesLayout,
  accelerator: Accelerator,
): Promise<TableReading> {
  try {
    if (layout === 'apex-plus') return readApexTable({ shown, table }, await readFile(file, 'utf8'));
    return await readParquet({ file, shown, table }, accelerator.peakFlops.fp4 !== undefined);
  } catch (error) {
    const problem = diagnostic('perf-table-unreadable', {
      summary: `${shown} could not be read: ${errorMessage(error)}.`,
      source: { file: shown },
    });
    return { rows: 0, unused: 0, broken: 0, samples: [], diagnostics: [problem] };
  }
}

/** Reads by byte ranges, so that the file is never whole in memory. */
async function readParquet({ file, shown, table }: FolderTable, hasFp4: boolean): Promise<TableReading> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    };
    return await readGpuOpsTable({ shown, table }, { byteLength: size, slice }, hasFp4);
  } finally {
    await handle.close();
  }
}

function tooFast(file: string, rejected: number, accelerator: string): readonly Diagnostic[] {
  if (rejected === 0) return [];
  return [
    diagnostic('perf-table-beats-peak', {
      summary: `${rejected} ${rejected === 1 ? 'row' : 'rows'} of ${file} beat the peak of ${accelerator}; they were left out.`,
      source: { file },
      fix: 'Check that the accelerator is the one measured, and the shapes of these rows.',
    }),
  ];
}

function describe(operator: MeasuredOperator, accelerator: Accelerator): ImportedOperator {
  const { kind, precision, backend, samples, curves } = operator;
  const { laws } = chooseCoefficients(accelerator, shippedCoefficients());
  const law = operatorLaw(kind, precision, { accelerator, laws });
  return {
    operator: kind,
    precision,
    backend,
    samples,
    points: curves.reduce((sum, { sizes }) => sum + sizes.length, 0),
    ranges: coveredRanges(operator, [...OPERATOR_AXES[kind].shape, OPERATOR_AXES[kind].size]),
    ...(law === undefined ? {} : { law: lawDistance(operator, law) }),
  };
}
