/**
 * Fits the overheads of vLLM (0.14 and later: asynchronous scheduling) on the real runs of vllm-runs and writes them with
 * their spread over leave-one-model-out fits.
 *
 *     npm run calibrate:vllm-runs -- --data ../shared/data [--out bench/replay-overheads.json]
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fitOverheads, PARAMETERS } from '../bench/replay-fit.ts';
import { modelsOf, without } from '../bench/replay-models-left-out.ts';
import { readSessionRuns } from '../bench/replay-sessions.ts';
import { readTimestampedRuns } from '../bench/replay-timestamped.ts';
import { shippedCoefficients } from '../src/perf/index.ts';

const PROVENANCE = {
  evidence: 'fitted',
  source: 'vllm-runs: vLLM 0.15.1 on H100 and 0.19.0 on RTX PRO 6000, fitted by calibrate-vllm-runs',
  date: '2026-11-21',
} as const;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    out: { type: 'string', default: 'bench/replay-overheads.json' },
  },
});
const folder = path.join(flags.data, 'vllm-runs');
if (!existsSync(folder)) {
  console.error(`skipped: no vllm-runs under ${flags.data}; give the folder of the data with --data DIR`);
  process.exit(0);
}
const runs = { sessions: readSessionRuns(folder), timestamped: readTimestampedRuns(folder) };
const coefficients = shippedCoefficients();
const overheads = fitOverheads(runs, coefficients, PROVENANCE);
const leftOut = modelsOf(runs).map((model) => fitOverheads(without(runs, model), coefficients, PROVENANCE));
const range: Readonly<Record<string, { readonly low: number; readonly high: number }>> = Object.fromEntries(
  PARAMETERS.map(({ name }) => {
    const found = leftOut.map((fit) => fit[name]);
    return [name, { low: Math.min(...found), high: Math.max(...found) }];
  }),
);
const document = { asyncScheduling: true, versions: '0.14 and later', overheads, leaveOneModelOut: range };
writeFileSync(flags.out, `${JSON.stringify(document, null, 2)}\n`);
const count = runs.sessions.length + runs.timestamped.length;
console.log(`${count} runs of ${modelsOf(runs).length} models → ${flags.out}`);
for (const { name } of PARAMETERS) {
  const spread = `(${range[name]?.low.toPrecision(3)} … ${range[name]?.high.toPrecision(3)})`;
  console.log(`${name.padEnd(15)} ${overheads[name].toPrecision(3).padStart(9)}  ${spread}`);
}
