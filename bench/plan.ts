/**
 * Plans the example as a process of its own, several times, and starts the help.
 * Usage: npm run bench:plan -- [--data ../shared/data] [--repeats 5] [--json]
 * With `--data` the Azure conversation trace is planned for as well. Prints medians; needs `npm run build`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '..');
const BIN = path.join(ROOT, 'bin/plimsoll.js');
const TRACE = 'llm/azure-llm-2023-conv.csv.gz';

/** Medians over the runs of one command line. */
interface Timing {
  readonly command: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function time(args: readonly string[], repeats: number): Timing {
  const runs = Array.from({ length: repeats }, () => runOnce(args));
  return {
    command: `plimsoll ${args.join(' ')}`,
    wallSeconds: median(runs.map((run) => run.wall)),
    cpuSeconds: median(runs.map((run) => run.cpu)),
    peakRssMiB: median(runs.map((run) => run.rss)),
  };
}

/** Runs the command line in a child that reports its own processor time and memory as it ends. */
function runOnce(args: readonly string[]): {
  readonly wall: number;
  readonly cpu: number;
  readonly rss: number;
} {
  const report =
    'process.on("exit", () => { const u = process.resourceUsage(); require("node:fs").writeSync(3, JSON.stringify({ cpu: (u.userCPUTime + u.systemCPUTime) / 1e6, rss: u.maxRSS / 1024 })); });';
  const start = performance.now();
  const child = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(`import { createRequire } from "node:module"; const require = createRequire(${JSON.stringify(BIN)}); ${report}`)}`,
      BIN,
      ...args,
    ],
    {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  const wall = (performance.now() - start) / 1000;
  if (child.status !== 0) throw new Error(`plimsoll ${args.join(' ')} failed: ${child.stderr}`);
  return { wall, ...(JSON.parse(child.output[3] ?? '') as { cpu: number; rss: number }) };
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const repeats = Number(values.repeats);
const trace = values.data === undefined ? undefined : path.resolve(values.data, TRACE);
const timings = [
  time(['--help'], repeats),
  time(['plan', 'examples/chat/stack.ts', '--dry-run'], repeats),
  ...(trace !== undefined && existsSync(trace)
    ? [time(['plan', 'examples/chat/stack.ts', '--dry-run', '--trace', trace], repeats)]
    : []),
];
if (values.json) console.log(JSON.stringify({ benchmark: 'plan', repeats, timings }));
else {
  for (const timing of timings) {
    console.log(
      `${timing.command}: ${timing.wallSeconds.toFixed(2)} s wall, ${timing.cpuSeconds.toFixed(2)} s CPU, ${timing.peakRssMiB.toFixed(0)} MiB`,
    );
  }
}
