import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { APEX_TABLES, GPU_OPS_TABLES } from '../perf/index.ts';
import { displayPath, unreadable } from './files.ts';

/** Layouts of measured operator tables. */
export type TablesLayout = 'plimsoll-parquet' | 'apex-plus';

/** A file of a folder of tables. */
export interface FolderTable {
  readonly file: string;
  readonly shown: string;
  /** Operator by the layout's own name. */
  readonly table: string;
}

/** The tables of one system in a folder. */
export interface TablesFolder {
  readonly system: string;
  readonly tables: readonly FolderTable[];
  /** Files with the layout's ending that hold operators which no law describes. */
  readonly ignored: readonly string[];
}

/**
 * Finds the tables of one system. Parquet: `<folder>/<op>.parquet` or `<folder>/<system>/<op>.parquet`. CSV:
 * `comp/<system>/*.csv` and `comm/<system>/*.csv` below the folder or its `profile`. Errors: `perf-tables-system` where
 * the folder holds several systems and none is named or the name is unknown; `perf-tables-empty`; `engine-file-*`.
 */
export async function findTables(
  folder: string,
  layout: TablesLayout,
  { system, workingDirectory }: { readonly system?: string | undefined; readonly workingDirectory: string },
): Promise<Outcome<TablesFolder>> {
  const shown = displayPath(folder, workingDirectory);
  try {
    const systems = layout === 'apex-plus' ? await apexSystems(folder) : await parquetSystems(folder);
    const picked = pick([...systems.keys()].sort(), system, shown);
    if (!picked.ok) return picked;
    const files = systems.get(picked.value) ?? [];
    const known = layout === 'apex-plus' ? Object.keys(APEX_TABLES) : Object.keys(GPU_OPS_TABLES);
    const named = files.map((file) => ({
      file,
      shown: displayPath(file, workingDirectory),
      table: path.basename(file).replace(layout === 'apex-plus' ? /(_\d+)?\.csv$/ : /\.parquet$/, ''),
    }));
    const understood = named.filter(({ table }) => known.includes(table));
    return success({
      system: picked.value,
      tables: defaultClocks(understood),
      ignored: named.filter(({ table }) => !known.includes(table)).map((entry) => entry.shown),
    });
  } catch (error) {
    return failure(unreadable(error, shown, 'engine-file-not-found'));
  }
}

async function entries(folder: string, ending: string): Promise<readonly string[]> {
  const names = await readdir(folder, { withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => path.join(folder, entry.name))
    .sort();
}

async function subfolders(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { withFileTypes: true });
  return names
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function parquetSystems(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const own = await entries(folder, '.parquet');
  if (own.length > 0) return new Map([[path.basename(folder), own]]);
  const systems = new Map<string, readonly string[]>();
  for (const name of await subfolders(folder)) {
    const files = await entries(path.join(folder, name), '.parquet');
    if (files.length > 0) systems.set(name, files);
  }
  return systems;
}

async function apexSystems(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const below = await subfolders(folder);
  const root = below.includes('profile') ? path.join(folder, 'profile') : folder;
  const systems = new Map<string, readonly string[]>();
  const present = await subfolders(root);
  for (const part of ['comp', 'comm'].filter((name) => present.includes(name))) {
    for (const name of await subfolders(path.join(root, part))) {
      const files = await entries(path.join(root, part, name), '.csv');
      if (files.length > 0) systems.set(name, [...(systems.get(name) ?? []), ...files]);
    }
  }
  return systems;
}

function pick(names: readonly string[], wanted: string | undefined, shown: string): Outcome<string> {
  const [only, ...others] = names;
  if (only === undefined) {
    return failure(
      diagnostic('perf-tables-empty', {
        summary: `${shown} holds no operator tables of this layout.`,
        source: { file: shown },
        fix: 'Check --layout; docs/operator-tables.md shows the folders that each layout has.',
      }),
    );
  }
  if (wanted === undefined && others.length === 0) return success(only);
  if (wanted !== undefined && names.includes(wanted)) return success(wanted);
  return failure(
    diagnostic('perf-tables-system', {
      summary:
        wanted === undefined
          ? `${shown} holds tables of ${names.length} systems: ${names.join(', ')}.`
          : `${shown} holds no system ${wanted}.`,
      source: { file: shown },
      fix:
        wanted === undefined
          ? 'Name one of them with --system.'
          : suggestion(wanted, names, `It holds ${names.join(', ')}.`),
    }),
  );
}

/** Of files that differ in their clock (`gemm_0.csv`, `gemm_1980.csv`) the default clock 0, or else the highest. */
function defaultClocks(tables: readonly FolderTable[]): readonly FolderTable[] {
  const clock = ({ file }: FolderTable): number => Number(/_(\d+)\.csv$/.exec(file)?.[1] ?? 0) || Infinity;
  return [...Map.groupBy(tables, ({ table }) => table).values()].map((same) =>
    same.reduce((best, entry) => (clock(entry) > clock(best) ? entry : best)),
  );
}
