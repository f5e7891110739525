/**
 * Reading benchmark: `npm run bench:traffic -- [--rows N] [--file FILE] [--data DIR] [--json]`.
 * Writes a CSV of N rows (default ten million) to a temporary file; a second process, so that the writer's memory does not
 * count, reads and fits it and prints one JSON object with rows per second and its peak resident memory. With
 * --file it reads that trace instead. With --data it also reads and fits the public traces in DIR/llm. Without --json the same figures as text.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { randomStream } from '../src/random/index.ts';
import { fitProfile, readTrace } from '../src/traffic/index.ts';

const TRACES = [
  'azure-llm-2023-conv.csv.gz',
  'azure-llm-2023-code.csv.gz',
  'mooncake-conversation.jsonl.gz',
  'mooncake-synthetic.jsonl.gz',
];
const ROWS_PER_WRITE = 20_000;

async function writeTrace(file: string, rows: number): Promise<void> {
  const stream = randomStream(1, 'bench/traffic');
  const out = createWriteStream(file);
  out.write('t_seconds,context_tokens,generated_tokens\n');
  let time = 0;
  for (let row = 0; row < rows;) {
    let text = '';
    for (const end = Math.min(rows, row + ROWS_PER_WRITE); row < end; row++) {
      time += stream.exponential() / 100;
      text += `${time.toFixed(3)},${1 + stream.integer(8000)},${1 + stream.integer(1000)}\n`;
    }
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

interface Reading {
  readonly rows: number;
  readonly seconds: number;
  /** Peak resident memory of the process after reading, before the fit. */
  readonly peakRssMiB: number;
  readonly fitSeconds: number;
}

async function timeReading(file: string): Promise<Reading> {
  const begin = performance.now();
  const bytes = createReadStream(file);
  const chunks = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  const trace = await readTrace(chunks, { fileName: path.basename(file), format: 'auto' });
  const seconds = (performance.now() - begin) / 1e3;
  if (!trace.ok) throw new Error(trace.diagnostics.map((item) => item.summary).join('\n'));
  const rows = trace.value.arrival.length;
  const peakRssMiB = process.resourceUsage().maxRSS / 1024;
  const fitBegin = performance.now();
  fitProfile(trace.value, { name: 'bench', provenance: { evidence: 'measured', source: file } });
  return { rows, seconds, peakRssMiB, fitSeconds: (performance.now() - fitBegin) / 1e3 };
}

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    file: { type: 'string' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
/** Reads and fits one trace file in this process and prints the figures. */
async function report(file: string): Promise<void> {
  const { rows, seconds, peakRssMiB, fitSeconds } = await timeReading(file);
  const peakRssWithFitMiB = process.resourceUsage().maxRSS / 1024;
  const traces: Record<string, Pick<Reading, 'rows' | 'seconds' | 'fitSeconds'>> = {};
  for (const name of values.data === undefined ? [] : TRACES) {
    const trace = path.join(values.data ?? '', 'llm', name);
    if (!existsSync(trace)) continue;
    const reading = await timeReading(trace);
    traces[name] = { rows: reading.rows, seconds: reading.seconds, fitSeconds: reading.fitSeconds };
  }
  const result = {
    benchmark: 'traffic',
    rows,
    seconds,
    rowsPerSecond: Math.round(rows / seconds),
    peakRssMiB: Math.round(peakRssMiB),
    fitSeconds,
    peakRssWithFitMiB: Math.round(peakRssWithFitMiB),
    ...(values.data === undefined ? {} : { traces }),
  };
  if (values.json) console.log(JSON.stringify(result));
  else for (const [key, value] of Object.entries(result)) console.log(`${key}: ${JSON.stringify(value)}`);
}

/** Writes a trace, then runs this script on it in a second process. */
async function reportOnWritten(rows: number): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'plimsoll-bench-'));
  try {
    const file = path.join(directory, 'trace.csv');
    await writeTrace(file, rows);
    const flags = ['--file', file, ...process.argv.slice(2)];
    const child = spawnSync(process.execPath, [import.meta.filename, ...flags], { stdio: 'inherit' });
    process.exitCode = child.status ?? 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (values.file === undefined) await reportOnWritten(Number(values.rows));
else await report(values.file);
