/**
 * How well percentiles of response times by queueing formulas agree with simulation, and what splitting limits costs.
 *
 *     npm run bench:service-capacity -- [--requests 200000] [--services 1000] [--json]
 *
 * Needs no data. For every case the 95th and 99th percentile of `serviceResponse` over that of a simulation of so many requests
 * from outside, less 1; simulated percentiles of bursts at high load have errors of several percent themselves.
 * About a minute of CPU with 200,000 requests.
 */
import { parseArgs } from 'node:util';
import type { Percentile } from '../src/model/index.ts';
import { callRates, serviceResponse, serviceShapes } from '../src/perf/index.ts';
import { simulateServices } from '../src/sim/index.ts';
import { burstCases, manyServices, poissonCases } from './service-cases.ts';
import type { ServiceCase } from './service-cases.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '200000' },
    services: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
});

/** Errors of one case, as fractions: positive where the formulas are above the simulation. */
interface CaseErrors {
  readonly case: string;
  readonly p95: number;
  readonly p99: number;
  /** Calls served per CPU second of the simulation. */
  readonly servedPerSecond: number;
}

const results = { poisson: poissonCases().map(errorsOf), bursts: burstCases().map(errorsOf) };
const split = splitting(Number(values.services));

if (values.json) {
  const summary = Object.fromEntries(Object.entries(results).map(([name, rows]) => [name, summaryOf(rows)]));
  console.log(JSON.stringify({ bench: 'service-capacity', summary, cases: results, split }));
} else {
  for (const [name, rows] of Object.entries(results)) {
    for (const row of rows) console.log(`${percent(row.p95)} ${percent(row.p99)}  ${row.case}`);
    const { p95, p99 } = summaryOf(rows);
    console.log(
      `${name}: p95 ${percent(p95.low)} to ${percent(p95.high)}, p99 ${percent(p99.low)} to ${percent(p99.high)}\n`,
    );
  }
  console.log(
    `limits of ${String(split.services)} services split in ${split.cpuSeconds.toFixed(1)} CPU seconds`,
  );
}

function errorsOf({ name, services, replicas }: ServiceCase): CaseErrors {
  const shapes = serviceShapes(services);
  if (!shapes.ok) throw new Error(name);
  const rates = callRates(services);
  const planned = new Map(
    services.map(({ id }) => [
      id,
      { shape: shapes.value.get(id)![0]!, replicas: replicas[id]!, requestRate: rates.get(id)![0]! },
    ]),
  );
  const analytic = serviceResponse(services, planned).get('a')!.latency;
  const before = process.cpuUsage();
  const run = simulateServices({
    services,
    planned: new Map(Object.entries(replicas).map(([id, count]) => [id, { replicas: count }])),
    hour: 0,
    requests: Number(values.requests),
    seed: 1,
  });
  const { latency } = run.entries.get('a')!;
  const error = (percentile: Percentile): number => analytic[percentile]! / latency[percentile].value - 1;
  process.stderr.write(`${name}\n`);
  return { case: name, p95: error('p95'), p99: error('p99'), servedPerSecond: run.served / cpuSince(before) };
}

function splitting(count: number): { readonly services: number; readonly cpuSeconds: number } {
  const services = manyServices(count);
  const before = process.cpuUsage();
  if (!serviceShapes(services).ok) throw new Error('limits missed');
  return { services: count, cpuSeconds: cpuSince(before) };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function summaryOf(rows: readonly CaseErrors[]) {
  const range = (key: 'p95' | 'p99') => {
    const errors = rows.map((row) => row[key]);
    return { low: Math.min(...errors), high: Math.max(...errors) };
  };
  return { p95: range('p95'), p99: range('p99') };
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1).padStart(6)} %`;
}
