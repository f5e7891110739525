import path from 'node:path';
import { stringify } from 'yaml';
import { diagnostic, failure, hasErrors } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { ResourcesDocument, ServicePerformanceDocument } from '../../model/index.ts';
import { fitQueue, loadLevels } from '../../perf/index.ts';
import type { FittedLine } from '../../perf/index.ts';
import { displayPath, readTextFile } from '../files.ts';
import type { EngineHost } from '../messages.ts';
import { alignSeries } from './align-series.ts';
import type { AlignedTest } from './align-series.ts';
import { readLocustHistory } from './locust-history.ts';
import { measuredDocument, queueingDocument } from './performance-document.ts';
import { readSeries } from './series-files.ts';
import type { TimeSeries } from './series-files.ts';

/** Files and facts of a load test. */
export interface CharacterisationOptions {
  /** Locust's `…_stats_history.csv`. */
  readonly history: string;
  /** CSV exports of CPU and memory use. */
  readonly cpu: string;
  readonly memory: string;
  /** Request whose rows of the history count; default: all together. */
  readonly name?: string;
  readonly pods: number;
  /** Cores in one unit of the CPU file, for one replica: 1 / pods where it sums cores, the limit where it is a share of the limit. */
  readonly coresPerUnit: number;
  /** Bytes in one unit of the memory file, which sums over replicas. */
  readonly bytesPerUnit: number;
  /** Seconds over which CPU is averaged; 0: none. */
  readonly cpuWindow: number;
  /** Seconds added to the times of CPU and memory. */
  readonly shift: number;
  /** Size of the replica that was measured. */
  readonly resources: ResourcesDocument;
  /** Cores that it could use. */
  readonly cores: number;
  readonly form: 'measured' | 'queueing';
}

/** What a load test says of one replica. */
export interface Characterisation {
  readonly performance: ServicePerformanceDocument;
  /** Fit of CPU over request rate, per replica; absent when there were too few points. */
  readonly cpuFit?: FittedLine;
  /** Moments that counted. */
  readonly moments: number;
  /** The performance as a block of a stack, with the quality of the fit in comments. */
  readonly text: string;
}

/** Share of the variance that a fit should explain (assumed). */
const GOOD_FIT = 0.8;

/**
 * Turns a load test (Locust's history, CPU and memory over time) into the performance of a service.
 * Errors: those of reading files, `import-series-layout`, `import-clocks-apart`, `import-no-measurement`.
 */
export async function importCharacterisation(
  options: CharacterisationOptions,
  host: EngineHost,
): Promise<Outcome<Characterisation>> {
  const read = await readAll(options, host);
  if (!read.ok) return read;
  const { pods, cpuWindow } = options;
  const test = alignSeries({ ...read.value, pods, cpuWindow });
  if (hasErrors(test.diagnostics)) return failure(...test.diagnostics);
  const described = describe(test, options, read.value);
  if (!described.ok) return failure(...test.diagnostics, ...described.diagnostics);
  const weak = test.line !== undefined && test.line.explained < GOOD_FIT ? [weakFit(test.line)] : [];
  const performance = described.value;
  return {
    ok: true,
    value: {
      performance,
      ...(test.line === undefined ? {} : { cpuFit: test.line }),
      moments: test.moments.length,
      text: `${comments(test)}${stringify({ performance }, { version: '1.1' })}`,
    },
    diagnostics: [...test.diagnostics, ...weak],
  };
}

interface TestFiles {
  readonly history: Parameters<typeof alignSeries>[0]['history'];
  readonly cpu: TimeSeries;
  readonly memory: TimeSeries;
}

async function readAll(options: CharacterisationOptions, host: EngineHost): Promise<Outcome<TestFiles>> {
  const text = async (file: string): Promise<Outcome<readonly [string, string]>> => {
    const absolute = path.resolve(host.workingDirectory, file);
    const shown = displayPath(absolute, host.workingDirectory);
    const found = await readTextFile(absolute, shown);
    return found.ok ? { ...found, value: [found.value, shown] } : found;
  };
  const [history, cpu, memory] = [
    await text(options.history),
    await text(options.cpu),
    await text(options.memory),
  ];
  if (!history.ok || !cpu.ok || !memory.ok) return failure(...problemsOf(history, cpu, memory));
  const moments = readLocustHistory(...history.value, options.name);
  const cpuSeries = readSeries(...cpu.value);
  const memorySeries = readSeries(...memory.value);
  if (!moments.ok || !cpuSeries.ok || !memorySeries.ok) {
    return failure(...problemsOf(moments, cpuSeries, memorySeries));
  }
  const scaled = (series: TimeSeries, scale: number): TimeSeries => ({
    shown: series.shown,
    times: series.times.map((time) => time + options.shift),
    values: series.values.map((value) => value * scale),
  });
  return {
    ok: true,
    value: {
      history: moments.value,
      cpu: scaled(cpuSeries.value, options.coresPerUnit),
      memory: scaled(memorySeries.value, options.bytesPerUnit / options.pods),
    },
    diagnostics: [],
  };
}

function problemsOf(...outcomes: readonly Outcome<unknown>[]): readonly Diagnostic[] {
  return outcomes.flatMap((outcome) => outcome.diagnostics);
}

function describe(
  test: AlignedTest,
  options: CharacterisationOptions,
  files: TestFiles,
): Outcome<ServicePerformanceDocument> {
  if (options.form === 'measured') {
    const date = new Date(files.history[0]!.time * 1000).toISOString().slice(0, 10);
    const source = `load test: ${[options.history, options.cpu, options.memory].map((file) => path.basename(file)).join(', ')}`;
    const levels = loadLevels(test.moments);
    return {
      ok: true,
      value: measuredDocument(levels, { resources: options.resources, source, date }),
      diagnostics: [],
    };
  }
  const fit = fitQueue(test.moments, test.samples, options.cores);
  if (fit === undefined) {
    return failure(
      diagnostic('import-no-measurement', {
        summary:
          'No queueing description can be fitted: CPU does not rise with the request rate, or has fewer than three values within the test.',
        fix: 'Give a test whose rate rises in steps, or take --as measured.',
      }),
    );
  }
  return { ok: true, value: queueingDocument(fit, options.resources), diagnostics: [] };
}

function comments({ line, moments }: AlignedTest): string {
  const head = `# From ${String(moments.length)} moments of a load test, per replica.\n`;
  if (line === undefined) return `${head}# CPU over request rate: too few values for a fit.\n`;
  const slope = `${(line.slope * 1000).toPrecision(3)} ms a request`;
  const idle = `${(line.intercept * 1000).toPrecision(3)}m idle`;
  const quality = `${(line.explained * 100).toFixed(0)} % of the variance explained, residual ${(line.residual * 1000).toPrecision(2)}m`;
  return `${head}# CPU over request rate (${String(line.points)} values): ${slope}, ${idle}; ${quality}.\n`;
}

function weakFit(line: FittedLine): Diagnostic {
  return diagnostic('import-weak-fit', {
    summary: `The request rate explains ${(line.explained * 100).toFixed(0)} % of the changes of CPU.`,
    detail: 'CPU that is averaged over a long window follows the rate late.',
    fix: 'Say the window with --cpu-window, or export CPU with a short one.',
  });
}
