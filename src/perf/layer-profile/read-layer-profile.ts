import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { AttentionGrid } from './attention-grid.ts';
import { ExpertGrid } from './expert-grid.ts';
import type { LayerProfile } from './layer-profile.ts';
import { PiecewiseLinear } from './piecewise-linear.ts';

/** The texts of one profile folder (`tp<N>/` in the layout of LLMServingSim's profiler). Times in microseconds. */
export interface LayerProfileFiles {
  /** `layer,tokens,time_us`. */
  readonly dense: string;
  /** `prefill_chunk,kv_prefill,n_decode,kv_decode,time_us`, with an optional `layer`. */
  readonly attention: string;
  /** `layer,sequences,time_us`. */
  readonly perSequence: string;
  /** `tokens,activated_experts,time_us`, with an optional `ep` of which the rows with 1 count; absent for dense models. */
  readonly experts?: string;
}

/** Rows of one table with numbers in the columns asked for. */
interface Table {
  readonly rows: readonly Readonly<Record<string, number>>[];
  /** The `layer` of each row; empty where the table has no such column. */
  readonly layers: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the tables of a layer profile. Errors: `perf-profile-columns` for a table without its columns or without a usable row.
 * Warning: `perf-profile-rows` counts rows with values that are no numbers, negative or without time; the others are used.
 */
export function readLayerProfile(files: LayerProfileFiles): Outcome<LayerProfile> {
  const dense = readTable('dense.csv', files.dense, ['tokens', 'time_us']);
  const perSequence = readTable('per_sequence.csv', files.perSequence, ['sequences', 'time_us']);
  const attention = readTable('attention.csv', files.attention, [
    'prefill_chunk',
    'kv_prefill',
    'n_decode',
    'kv_decode',
    'time_us',
  ]);
  const experts =
    files.experts === undefined
      ? undefined
      : readTable('moe.csv', files.experts, ['tokens', 'activated_experts', 'time_us']);
  const tables = [dense, perSequence, attention, ...(experts === undefined ? [] : [experts])];
  const diagnostics = tables.flatMap((table) => table.diagnostics);
  if (tables.some((table) => table.rows.length === 0)) return failure(...diagnostics);
  return success(
    {
      dense: curves(dense, 'tokens'),
      perSequence: curves(perSequence, 'sequences'),
      attention: new Map(
        [...byLayer(attention, 'attention')].map(([layer, rows]) => [layer, attentionGrid(rows)]),
      ),
      ...(experts === undefined ? {} : { experts: expertGrid(experts.rows) }),
    },
    diagnostics,
  );
}

function readTable(name: string, text: string, columns: readonly string[]): Table {
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',').map((column) => column.trim());
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    const summary = `${name} has no column ${missing.join(', ')}.`;
    return {
      rows: [],
      layers: [],
      diagnostics: [diagnostic('perf-profile-columns', { summary, path: name })],
    };
  }
  const numeric = [...columns, ...names.filter((column) => column === 'ep')];
  const rows: Readonly<Record<string, number>>[] = [];
  const layers: string[] = [];
  let skipped = 0;
  for (const line of lines) {
    const cells = line.split(',');
    const row = Object.fromEntries(
      numeric.map((column) => [column, Number(cells[names.indexOf(column)] || NaN)]),
    );
    if (Object.values(row).every((value) => value >= 0) && row['time_us']! > 0) {
      rows.push(row);
      layers.push(names.includes('layer') ? (cells[names.indexOf('layer')] ?? '').trim() : '');
    } else skipped++;
  }
  const diagnostics: Diagnostic[] = [];
  if (skipped > 0) {
    const summary = `${skipped} of ${lines.length} rows of ${name} have no valid number in every column; they are left out.`;
    diagnostics.push(diagnostic('perf-profile-rows', { summary, path: name }));
  }
  if (rows.length === 0) {
    diagnostics.push(
      diagnostic('perf-profile-columns', { summary: `${name} has no usable row.`, path: name }),
    );
  }
  return { rows, layers, diagnostics };
}

function byLayer(
  table: Table,
  unnamed: string,
): ReadonlyMap<string, readonly Readonly<Record<string, number>>[]> {
  const groups = new Map<string, Readonly<Record<string, number>>[]>();
  table.rows.forEach((row, i) => {
    const layer = table.layers[i] || unnamed;
    const rows = groups.get(layer);
    if (rows === undefined) groups.set(layer, [row]);
    else rows.push(row);
  });
  return groups;
}

function curves(table: Table, argument: string): ReadonlyMap<string, PiecewiseLinear> {
  return new Map(
    [...byLayer(table, 'layer')].map(([layer, rows]) => [
      layer,
      new PiecewiseLinear(rows.map((row) => [row[argument]!, row['time_us']! * 1e-6])),
    ]),
  );
}

function attentionGrid(rows: readonly Readonly<Record<string, number>>[]): AttentionGrid {
  return new AttentionGrid(
    rows.map((row) => ({
      prefillChunk: row['prefill_chunk']!,
      kvPrefill: row['kv_prefill']!,
      decodes: row['n_decode']!,
      kvDecode: row['kv_decode']!,
      seconds: row['time_us']! * 1e-6,
    })),
  );
}

/** Rows of the sweep without expert parallelism; all where the table does not tell. */
function expertGrid(rows: readonly Readonly<Record<string, number>>[]): ExpertGrid {
  const whole = rows.filter((row) => row['ep'] === undefined || row['ep'] === 1);
  return new ExpertGrid(
    (whole.length > 0 ? whole : rows).map((row) => ({
      tokens: row['tokens']!,
      activatedExperts: row['activated_experts']!,
      seconds: row['time_us']! * 1e-6,
    })),
  );
}
