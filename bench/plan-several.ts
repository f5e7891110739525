/**
 * Plans one, two and three workloads on the three pools of the example, each as a process of its own.
 * Usage: npm run bench:plan-several -- [--data DIR] [--repeats 3] [--json]
 * Needs `npm run build`; the traffic is that of shipped profiles, so `--data` is accepted and not read.
 * Prints medians of seconds, and the gap and cost of each plan.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '..');
const BIN = path.join(ROOT, 'bin/plimsoll.js');

const POOLS = [
  ['h100', 'p5.48xlarge', 12],
  ['a100', 'p4de.24xlarge', 12],
  ['l40s', 'g6e.12xlarge', 48],
].map(([id, instanceType, maxNodes]) => ({
  id,
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  instanceType,
  capacityTypes: ['on-demand', 'spot'],
  maxNodes,
}));

const COMMON = { kind: 'llm', precisions: ['fp8', 'bf16'], namespace: 'llm' };

/** Chat, bursty code completion, and summaries of papers. */
const WORKLOADS = [
  {
    ...COMMON,
    id: 'chat',
    model: 'meta-llama/Llama-3.1-70B-Instruct',
    checkpoints: { fp8: 'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8' },
    traffic: {
      profile: 'azure-llm-2023-conversation',
      meanRate: '12/s',
      peakToMean: 1.6,
      peakHour: 16,
    },
    slo: { ttft: { p99: '1.5s' }, tpot: { p99: '60ms' }, availability: '99.9%' },
    maxSpotShare: '60%',
    maxModelLength: 16_384,
    team: 'assistants',
  },
  {
    ...COMMON,
    id: 'code',
    model: 'meta-llama/Llama-3.1-8B-Instruct',
    traffic: {
      profile: 'azure-llm-2023-code',
      meanRate: '20/s',
      peakToMean: 1.8,
      peakHour: 14,
      burstiness: 2,
    },
    slo: { ttft: { p99: '800ms' }, tpot: { p99: '40ms' }, availability: '99.9%' },
    maxSpotShare: '60%',
    maxModelLength: 16_384,
    team: 'developers',
  },
  {
    ...COMMON,
    id: 'long',
    model: 'Qwen/Qwen3-32B',
    traffic: { profile: 'arxiv-summarization', meanRate: '3/s', peakToMean: 1.5, peakHour: 10 },
    slo: { ttft: { p99: '5s' }, tpot: { p99: '80ms' }, availability: '99.5%' },
    maxSpotShare: '80%',
    team: 'research',
  },
];

/** One problem, planned several times. */
interface Planned {
  readonly workloads: number;
  readonly seconds: number;
  readonly status: string;
  readonly gap: number;
  readonly usdPerMonth: number;
}

function plan(count: number, repeats: number): Planned {
  const problem = {
    apiVersion: 'plimsoll.dev/v1alpha1',
    name: `several-${count}`,
    seed: 1,
    pools: POOLS,
    workloads: WORKLOADS.slice(0, count),
  };
  const runs = Array.from({ length: repeats }, () => {
    const start = performance.now();
    const child = spawnSync(process.execPath, [BIN, 'plan', '-', '--dry-run', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
      input: JSON.stringify(problem),
      maxBuffer: 1 << 28,
    });
    if (child.status !== 0) throw new Error(`planning ${count} workloads failed: ${child.stderr}`);
    return { seconds: (performance.now() - start) / 1000, output: child.stdout };
  }).sort((a, b) => a.seconds - b.seconds);
  const median = runs[Math.floor(runs.length / 2)];
  if (median === undefined) throw new RangeError('repeats must be at least 1');
  const decision = decisionIn(JSON.parse(median.output));
  return {
    workloads: count,
    seconds: median.seconds,
    status: decision.status,
    gap: decision.gap,
    usdPerMonth: decision.objectivePerMonth / 1e6,
  };
}

/** The decision in what `plan --json` prints. */
function decisionIn(printed: unknown): {
  readonly status: string;
  readonly gap: number;
  readonly objectivePerMonth: number;
} {
  const { result } = printed as { readonly result: { readonly decision: ReturnType<typeof decisionIn> } };
  return result.decision;
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const plans = [1, 2, 3].map((count) => plan(count, Number(values.repeats)));
if (values.json)
  console.log(JSON.stringify({ benchmark: 'plan-several', repeats: Number(values.repeats), plans }));
else {
  for (const item of plans) {
    console.log(
      `${item.workloads} workloads: ${item.seconds.toFixed(1)} s, ${item.status}, gap ${(100 * item.gap).toFixed(2)} %, ${item.usdPerMonth.toFixed(0)} USD/month`,
    );
  }
}
