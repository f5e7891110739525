import type { EngineName, Precision } from '../src/model/index.ts';
import type { ByPrecision, Fitted } from '../src/perf/coefficients.ts';
import { fitLaw, meanError, thin } from './calibrate-operators-fit.ts';
import type { LawFit, Parameter, Sample } from './calibrate-operators-fit.ts';
import type { OperatorTable, TableRow } from './calibrate-operators-tables.ts';

/** Backends as the tables call them. */
export type Backend = 'vllm' | 'trtllm' | 'sglang';

const BACKENDS: readonly Backend[] = ['vllm', 'trtllm', 'sglang'];
const ENGINES: Readonly<Record<Backend, EngineName>> = {
  vllm: 'vllm',
  trtllm: 'tensorrt-llm',
  sglang: 'sglang',
};

/** Rows faster than this share of the device's peak allows are measurement faults. */
const TOLERANCE = 1.05;
/** Fewest sound rows that a law is fitted to. */
const FEWEST_ROWS = 24;
/** A backend with a larger share of impossible rows counts as flawed. */
const MOST_REJECTED = 0.02;
/** An engine gets a law of its own where that lowers the mean log error by so much: 3 %. */
const WORTH_OWN_LAW = 0.03;

/** Laws of a table: those that hold for any engine, and those of engines that differ materially. */
export interface TableLaws<Law> {
  readonly base: ByPrecision<Law>;
  readonly engines: Readonly<Partial<Record<EngineName, ByPrecision<Law>>>>;
}

/** How the rows of a table become a law. */
export interface TableSpec<Law> {
  /** Format of a row; undefined leaves it out. */
  readonly precision: (row: TableRow) => Precision | undefined;
  readonly features: (row: TableRow) => readonly number[];
  /** Shape group of features: rows of one are held out together. */
  readonly group: (x: readonly number[]) => string;
  /** Rows with equal features are kernels for one shape: keep the fastest. */
  readonly fastestOfShape?: boolean;
  /** Time below which the device cannot be, seconds. */
  readonly ideal: (x: readonly number[], precision: Precision) => number;
  readonly parameters: readonly Parameter[];
  readonly predict: (law: Law, x: readonly number[], precision: Precision) => number;
  /** Rows known to measure something else than the device: used only where nothing else was measured. */
  readonly isFlawed?: (backend: Backend, precision: Precision) => boolean;
  readonly preference?: readonly Backend[] | undefined;
}

interface Rows {
  readonly samples: Sample[];
  rejected: number;
}

/**
 * Fits a law per format: the base from the first sound backend in order of preference, and one per further engine
 * whose rows the base misses by more than it must.
 */
export function fitTable<Law extends object>(table: OperatorTable, spec: TableSpec<Law>): TableLaws<Law> {
  const rows = collect(table, spec);
  const base: Partial<Record<Precision, Fitted<Law>>> = {};
  const engines: Partial<Record<EngineName, Partial<Record<Precision, Fitted<Law>>>>> = {};
  const precisions = [...new Set([...rows.keys()].map((key) => key.split('|')[1] as Precision))].sort();
  for (const precision of precisions) {
    const usable = (spec.preference ?? BACKENDS).flatMap((backend) => {
      const found = rows.get(`${backend}|${precision}`);
      return found !== undefined && found.samples.length >= FEWEST_ROWS ? [{ backend, ...found }] : [];
    });
    const clean = usable.filter(
      (r) =>
        r.rejected / (r.rejected + r.samples.length) <= MOST_REJECTED &&
        spec.isFlawed?.(r.backend, precision) !== true,
    );
    const [first, ...others] = clean.length > 0 ? clean : usable.slice(0, 1);
    if (first === undefined) continue;
    const predict = (law: Law, x: readonly number[]): number => spec.predict(law, x, precision);
    const fit = fitLaw(first.samples, spec.parameters, predict);
    base[precision] = withQuality(fit, first.rejected, ENGINES[first.backend]);
    for (const other of others) {
      const own = fitLaw(other.samples, spec.parameters, predict);
      const borrowed = meanError(fit.law, thin(other.samples, 4000), predict);
      if (borrowed - own.error < WORTH_OWN_LAW) continue;
      const engine = ENGINES[other.backend];
      (engines[engine] ??= {})[precision] = withQuality(own, other.rejected, engine);
    }
  }
  return { base, engines };
}

function withQuality<Law>(fit: LawFit<Law>, rejected: number, engine: EngineName): Fitted<Law> {
  return { ...fit.law, quality: { ...fit.quality, rejected, engine } };
}

function collect<Law>(table: OperatorTable, spec: TableSpec<Law>): ReadonlyMap<string, Rows> {
  const rows = new Map<string, Rows>();
  const shapes = new Map<string, number>();
  const groups = new Map<string, string>();
  table.forEach((row) => {
    const precision = spec.precision(row);
    const backend = row.text('backend');
    if (precision === undefined || !BACKENDS.some((name) => name === backend)) return;
    const key = `${backend}|${precision}`;
    let found = rows.get(key);
    if (found === undefined) rows.set(key, (found = { samples: [], rejected: 0 }));
    const x = spec.features(row);
    const seconds = row.number('latency_ms') / 1e3;
    if (!(seconds > 0) || spec.ideal(x, precision) > seconds * TOLERANCE) {
      found.rejected++;
      return;
    }
    const name = spec.group(x);
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = name));
    const sample = { x, seconds, group };
    if (spec.fastestOfShape === true) {
      const shape = `${key}|${x.join()}`;
      const before = shapes.get(shape);
      if (before !== undefined) {
        if (seconds < (found.samples[before]?.seconds ?? 0)) found.samples[before] = sample;
        return;
      }
      shapes.set(shape, found.samples.length);
    }
    found.samples.push(sample);
  });
  return rows;
}
