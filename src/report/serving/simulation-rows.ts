import type { Percentile } from '../../model/index.ts';
import { formatDuration, formatNumber, formatPercent } from '../../units/index.ts';
import type { ReportTable } from './estimate-rows.ts';
import {
  LATENCY_METRICS,
  LATENCY_TITLES,
  amount,
  configurationPhrase,
  latencyPhrase,
  limitsPhrase,
} from './figures.ts';
import type { SimulationReport } from './simulation-report.ts';
import { sparkline } from './sparkline.ts';

const STATISTICS: readonly ('mean' | Percentile)[] = ['mean', 'p50', 'p90', 'p95', 'p99'];
/** Characters of a sparkline. */
const CHART_WIDTH = 60;

/** What was simulated, in lines. */
export function simulationHead({ pools, traffic, routing }: SimulationReport): readonly string[] {
  const { isl, osl } = traffic;
  return [
    ...pools.flatMap(({ configuration }) => [
      `${configuration.pool === configuration.role ? '' : `${configuration.pool}: `}${configurationPhrase(configuration)}`,
      `  ${limitsPhrase(configuration)}`,
    ]),
    `Traffic: ${traffic.source}: ${traffic.requests} requests in ${formatDuration(traffic.seconds)} (${formatNumber(traffic.meanRate, 3)}/s), routed ${routing}`,
    `  input tokens mean ${formatNumber(isl.mean)}, p99 ${formatNumber(isl.p99)}; output tokens mean ${formatNumber(osl.mean)}, p99 ${formatNumber(osl.p99)}; ${formatPercent(traffic.prefixShare)} of the input shared`,
  ];
}

/** The tables of a simulation in the order people read them. */
export function simulationTables(report: SimulationReport): readonly ReportTable[] {
  return [
    latencyTable(report),
    ...(report.limits.length === 0 ? [] : [limitTable(report)]),
    poolTable(report),
    runTable(report),
  ];
}

function latencyTable({ latency, measuredRequests, modelFactors }: SimulationReport): ReportTable {
  return {
    title: `Latency of ${measuredRequests} measured requests (95 % intervals of the sample; with 80 % the model is within ${factorPhrase(modelFactors.ttft)} for TTFT, ${factorPhrase(modelFactors.tpot)} for TPOT)`,
    columns: [{ title: '' }, ...STATISTICS.map((title) => ({ title: title.toUpperCase() }))],
    rows: LATENCY_METRICS.map((metric) => [
      LATENCY_TITLES[metric],
      ...STATISTICS.map((statistic) => {
        const { value, low, high } = latency[metric][statistic];
        if (value === 0) return latencyPhrase(value);
        return `${formatDuration(value)} (${formatDuration(low)} – ${formatDuration(high)})`;
      }),
    ]),
  };
}

function factorPhrase({ low, high }: { readonly low: number; readonly high: number }): string {
  return `−${formatPercent(1 - low, 2)} to +${formatPercent(high - 1, 2)}`;
}

function limitTable({ limits, goodputShare, goodput }: SimulationReport): ReportTable {
  return {
    title: 'SLO',
    columns: [{ title: 'LIMIT' }, { title: 'SIMULATED' }, { title: '' }],
    rows: [
      ...limits.map(({ metric, percentile, limit, value, low, high, met }) => [
        `${metric} ${percentile} ≤ ${formatDuration(limit)}`,
        `${formatDuration(value)} (${formatDuration(low)} – ${formatDuration(high)})`,
        met ? 'met' : 'missed',
      ]),
      ['goodput', `${formatPercent(goodputShare, 4)} of requests, ${formatNumber(goodput, 3)}/s`, ''],
    ],
  };
}

function poolTable({ pools }: SimulationReport): ReportTable {
  const right = (title: string): ReportTable['columns'][number] => ({ title, align: 'right' });
  return {
    title: 'Replicas',
    columns: [
      { title: 'POOL' },
      right('REPLICAS'),
      right('REQUESTS'),
      { title: 'BUSY (LEAST – MOST)' },
      right('BATCH'),
      right('OUTPUT TOKENS/S'),
      right('KV PEAK'),
      right('PREEMPTIONS'),
      right('PREFIX HITS'),
    ],
    rows: pools.map((pool) => [
      pool.configuration.pool,
      String(pool.configuration.replicas),
      String(pool.requests),
      pool.configuration.replicas === 1
        ? formatPercent(pool.busyShare, 3)
        : `${formatPercent(pool.busyShare, 3)} (${formatPercent(pool.leastBusy, 3)} – ${formatPercent(pool.mostBusy, 3)})`,
      formatNumber(pool.meanBatch, 3),
      amount(pool.outputTokensPerSecond),
      formatPercent(pool.peakKvShare, 3),
      String(pool.preemptions),
      formatPercent(pool.prefixHitRate, 3),
    ]),
  };
}

function runTable(report: SimulationReport): ReportTable {
  const { transfer } = report;
  return {
    title: 'Run',
    columns: [{ title: 'FIGURE' }, { title: 'VALUE' }],
    rows: [
      ['offered', `${formatNumber(report.requestRate, 3)} requests/s`],
      ['served', `${amount(report.outputTokensPerSecond)} output tokens/s`],
      ['rejected', `${report.rejected} of ${report.traffic.requests} requests`],
      ['stationary', report.isStationary ? 'yes' : 'no: load grew faster than it was served'],
      ['simulated time', `${formatDuration(report.makespan)} in ${report.steps} steps`],
      ...(transfer === undefined
        ? []
        : [
            [
              'KV transfer',
              `${formatDuration(transfer.meanSeconds)} per request, ${formatPercent(transfer.shareOfLatency, 2)} of its latency`,
            ],
          ]),
    ],
  };
}

/** The course of the run as block characters, one line per series of each pool. */
export function timelineTable({ timeline }: SimulationReport): ReportTable {
  const length = timeline.pools[0]?.running.length ?? 0;
  const several = timeline.pools.length > 1;
  return {
    title: `Timeline (0 to ${formatDuration(length * timeline.bucketSeconds)})`,
    columns: [{ title: several ? 'POOL' : '' }, { title: '' }, { title: 'PEAK', align: 'right' }],
    rows: timeline.pools.flatMap((pool) => {
      const name = (series: string): string => (several ? `${pool.pool} ${series}` : series);
      const line = (
        series: string,
        values: readonly number[],
        print: (value: number) => string,
      ): string[] => [
        name(series),
        sparkline(values, CHART_WIDTH).padEnd(Math.min(CHART_WIDTH, length)),
        print(Math.max(0, ...values)),
      ];
      return [
        line('running', pool.running, (value) => formatNumber(value, 3)),
        line('waiting', pool.waiting, (value) => formatNumber(value, 3)),
        line('KV in use', pool.kvShare, (value) => formatPercent(value, 3)),
        line('tokens/s', pool.outputTokensPerSecond, amount),
      ];
    }),
  };
}

/** One sentence that says what matters. */
export function simulationSentence(report: SimulationReport): string {
  const { subject, latency, limits, meetsSlo, goodputShare } = report;
  const figures = `TTFT p99 ${latencyPhrase(latency.ttft.p99.value)}, TPOT p99 ${latencyPhrase(latency.tpot.p99.value)}`;
  if (report.rejected === report.traffic.requests) return `${subject}: every request was refused.`;
  const verdict = !report.isStationary
    ? 'overloaded'
    : limits.length === 0
      ? 'no SLO stated'
      : `SLO ${meetsSlo ? 'met' : 'missed'}, goodput ${formatPercent(goodputShare, 4)}`;
  return `${subject}: ${verdict}; ${figures} at ${formatNumber(report.requestRate, 3)} requests/s.`;
}
