import { closestName } from '../diagnostics/index.ts';
import type { EngineName, Parallelism } from '../model/index.ts';
import { worldSize } from '../model/index.ts';
import type { DeploymentFacts } from './deployment.ts';
import type { MeasuredPool, Measurement } from './measurement.ts';
import { ENGINE_SPELLINGS, engineOf } from './readers/engine-names.ts';
import type { RawRow } from './readers/raw-row.ts';

/** What is wrong with one field of a row. */
export interface RowProblem {
  readonly column: string;
  /** A sentence part: `ttft_ms is 0, not a number above zero`. */
  readonly text: string;
}

/**
 * A row as understood. Without a problem in its description it is a measurement, whose latencies may still be unusable
 * (`unmeasured`: they are NaN then): such a row can be predicted but not scored.
 */
export type ParsedRow =
  | { readonly kind: 'measured'; readonly measurement: Measurement }
  | {
      readonly kind: 'unmeasured';
      readonly measurement: Measurement;
      readonly problems: readonly RowProblem[];
    }
  | {
      readonly kind: 'unreadable';
      readonly id: string;
      readonly line: number;
      readonly quality: string;
      readonly problems: readonly RowProblem[];
    };

/** Largest size of anything (*assumed*): a million tokens is beyond any benchmark, and surely a slip. */
const LARGEST_SIZE = 1_000_000;
/** Most requests in flight (*assumed*), likewise: all of them are simulated. */
const LARGEST_CONCURRENCY = 100_000;

/** Understands one row; facts of the deployment fill its blank fields. */
export function parseRow(row: RawRow, facts: DeploymentFacts): ParsedRow {
  return new RowParser(row, facts).parse();
}

/** Reads the fields of one row and keeps what is wrong with them. */
class RowParser {
  readonly #row: RawRow;
  readonly #facts: DeploymentFacts;
  readonly #problems: RowProblem[] = [];

  constructor(row: RawRow, facts: DeploymentFacts) {
    this.#row = row;
    this.#facts = facts;
  }

  parse(): ParsedRow {
    const { line } = this.#row;
    const id = this.#text('id') || `line-${line}`;
    const described = this.#describe(id);
    const descriptionProblems = this.#problems.splice(0);
    const ttftMs = this.#latency('ttft_ms');
    const tpotMs = this.#latency('tpot_ms');
    if (described === undefined || descriptionProblems.length > 0) {
      const problems = [...descriptionProblems, ...this.#problems];
      return { kind: 'unreadable', id, line, quality: this.#text('quality'), problems };
    }
    const measurement = { ...described, ttftMs, tpotMs };
    return this.#problems.length === 0
      ? { kind: 'measured', measurement }
      : { kind: 'unmeasured', measurement, problems: this.#problems };
  }

  #describe(id: string): Omit<Measurement, 'ttftMs' | 'tpotMs'> | undefined {
    const engine = this.#engine();
    const mode = this.#mode();
    const model = this.#required('model');
    const system = this.#required('system');
    const isl = this.#size('isl');
    const osl = this.#size('osl');
    const concurrency = this.#size('concurrency');
    const pools =
      mode === undefined ? undefined : mode === 'agg' ? this.#aggregated() : this.#disaggregated();
    if (engine === undefined || mode === undefined || pools === undefined) return undefined;
    const source = this.#text('source');
    const measured = this.#text('measured');
    return {
      id,
      line: this.#row.line,
      source,
      model,
      system,
      engine,
      engineVersion: this.#text('backend_version'),
      precision: this.#text('precision').toLowerCase() || 'default',
      gemmFormat: this.#text('gemm_quant').toLowerCase(),
      expertFormat: this.#text('moe_quant').toLowerCase(),
      mode,
      isl,
      osl,
      lengthSpread: lengthSpreadOf(source),
      concurrency,
      ...pools,
      quality: this.#text('quality').toLowerCase(),
      ...(measured === '' ? {} : { measured }),
    };
  }

  #aggregated(): Pick<Measurement, 'gpus' | 'pool'> | undefined {
    const parallelism = this.#parallelism('');
    const problems = this.#problems.length;
    const gpus = this.#text('gpus') === '' ? worldSize(parallelism) : this.#size('gpus');
    if (this.#problems.length > problems) return undefined;
    const workers = gpus / worldSize(parallelism);
    if (Number.isInteger(workers)) return { gpus, pool: { workers, parallelism } };
    if (!Number.isNaN(workers)) {
      this.#problem(
        'gpus',
        `gpus is ${gpus}, no multiple of the ${worldSize(parallelism)} GPUs of one replica`,
      );
    }
    return undefined;
  }

  #disaggregated(): Pick<Measurement, 'gpus' | 'pool' | 'prefill'> {
    const prefill = this.#pool('p_');
    const pool = this.#pool('d_');
    const own = poolSize(prefill) + poolSize(pool);
    return { gpus: this.#text('gpus') === '' ? own : this.#size('gpus'), pool, prefill };
  }

  #pool(prefix: string): MeasuredPool {
    return { workers: this.#size(`${prefix}workers`), parallelism: this.#parallelism(prefix) };
  }

  #parallelism(prefix: string): Parallelism {
    return {
      tensorParallel: this.#size(`${prefix}tp`),
      pipelineParallel: this.#size(`${prefix}pp`, 1),
      dataParallel: this.#size(`${prefix}attn_dp`, 1),
      expertParallel: this.#size(`${prefix}moe_ep`, 1),
      contextParallel: 1,
    };
  }

  #engine(): EngineName | undefined {
    const name = this.#required('backend');
    const engine = engineOf(name);
    if (engine === undefined && name !== '') {
      const closest = closestName(name, ENGINE_SPELLINGS);
      const hint = closest === undefined ? ENGINE_SPELLINGS.join(', ') : closest;
      this.#problem('backend', `backend "${name}" is unknown (known: ${hint})`);
    }
    return engine;
  }

  #mode(): Measurement['mode'] | undefined {
    const mode = this.#text('mode').toLowerCase() || 'agg';
    if (mode === 'agg' || mode === 'disagg') return mode;
    this.#problem('mode', `mode "${mode}" is neither agg nor disagg`);
    return undefined;
  }

  #text(column: string): string {
    const own = this.#row.fields.get(column);
    return (
      own ?? (Object.hasOwn(this.#facts, column) ? this.#facts[column as keyof DeploymentFacts] : '') ?? ''
    );
  }

  #required(column: string): string {
    const text = this.#text(column);
    if (text === '') this.#problem(column, `${column} is blank`);
    return text;
  }

  /** A whole number above zero; not-a-number after a problem. */
  #size(column: string, byDefault?: number): number {
    const largest = column === 'concurrency' ? LARGEST_CONCURRENCY : LARGEST_SIZE;
    const text = this.#text(column);
    if (text === '' && byDefault !== undefined) return byDefault;
    const number = this.#number(column, text);
    if (number === undefined || (Number.isInteger(number) && number > 0 && number <= largest)) {
      return number ?? NaN;
    }
    const most = number > largest ? ` of at most ${largest}` : ' above zero';
    this.#problem(column, `${column} is ${text}, not a whole number${most}`);
    return NaN;
  }

  #latency(column: string): number {
    const text = this.#text(column);
    const number = this.#number(column, text);
    if (number === undefined || number > 0) return number ?? NaN;
    this.#problem(column, `${column} is ${text}, not a number of milliseconds above zero`);
    return NaN;
  }

  #number(column: string, text: string): number | undefined {
    const number = text === '' ? NaN : Number(text);
    if (Number.isFinite(number)) return number;
    this.#problem(column, text === '' ? `${column} is blank` : `${column} "${text}" is no number`);
    return undefined;
  }

  #problem(column: string, text: string): void {
    this.#problems.push({ column, text });
  }
}

function poolSize(pool: MeasuredPool): number {
  return pool.workers * worldSize(pool.parallelism);
}

/**
 * Multiples of the nominal lengths between which real ones lie: InferenceX draws them from 0.8 to 1 (its range ratio),
 * NVIDIA's own aiperf runs are taken as ±10 % (assumed), all others as ±5 % (assumed): equal lengths would keep all clients
 * in step, which the jitter of a real run breaks up.
 */
function lengthSpreadOf(source: string): Measurement['lengthSpread'] {
  if (source.startsWith('inferencex')) return [0.8, 1];
  return source.startsWith('nvidia-') ? [0.9, 1.1] : [0.95, 1.05];
}
