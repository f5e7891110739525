import { formatBytes, formatDuration, formatNumber, formatPercent } from '../../units/index.ts';
import { plural } from '../phrases.ts';
import type { ConfigurationFacts } from './configuration-facts.ts';
import type { EstimateReport, EstimatedPool, EstimatedStep } from './estimate-report.ts';
import {
  LATENCY_METRICS,
  LATENCY_TITLES,
  amount,
  configurationPhrase,
  dollars,
  figureCells,
  latencyPhrase,
  limitsPhrase,
  wattsPhrase,
  acceleratorsPhrase,
} from './figures.ts';

/** A table of a report, independent of its form. */
export interface ReportTable {
  readonly title: string;
  readonly columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

const FIGURE_COLUMNS = [
  { title: '' },
  { title: 'ESTIMATE', align: 'right' as const },
  { title: '80 % INTERVAL' },
  { title: 'KNOWN' },
];

/** The tables of an estimate in the order people read them. */
export function estimateTables(report: EstimateReport): readonly ReportTable[] {
  return [
    latencyTable(report),
    throughputTable(report),
    ...report.pools.map((pool) => memoryTable(pool, report.pools.length > 1)),
    ...report.pools.flatMap((pool) => pool.steps.map((step) => stepTable(step, pool.configuration))),
  ];
}

/** What was estimated, in lines. */
export function estimateHead({ pools, load }: EstimateReport): readonly string[] {
  const arrivals =
    load.requestRate === undefined
      ? plural(load.concurrency ?? 1, 'client')
      : `${formatNumber(load.requestRate, 4)} requests/s`;
  const hits = load.prefixHitRate === 0 ? '' : `, ${formatPercent(load.prefixHitRate)} of prompts cached`;
  return [
    ...pools.flatMap(({ configuration }) => [
      configurationPhrase(configuration),
      `  ${limitsPhrase(configuration)}`,
    ]),
    `Load: ${arrivals}, ${formatNumber(load.isl)} input and ${formatNumber(load.osl)} output tokens${hits}`,
  ];
}

function latencyTable({ latency, lowerBounds, transferSeconds }: EstimateReport): ReportTable {
  const rows = LATENCY_METRICS.flatMap((metric) =>
    (['mean', 'p99'] as const).map((statistic) => [
      `${LATENCY_TITLES[metric]} ${statistic}`,
      ...figureCells(latency[metric][statistic], latencyPhrase),
    ]),
  );
  return {
    title: 'Latency',
    columns: FIGURE_COLUMNS,
    rows: [
      ...rows,
      ...(transferSeconds === undefined
        ? []
        : [['KV transfer mean', formatDuration(transferSeconds), '', 'assumed']]),
      ['TTFT at least', ...figureCells(lowerBounds.ttft, formatDuration)],
      ['TPOT at least', ...figureCells(lowerBounds.tpot, formatDuration)],
    ],
  };
}

function throughputTable({ throughput, energyPerOutputToken, cost, pools }: EstimateReport): ReportTable {
  const money =
    cost === undefined
      ? []
      : [
          ['USD/hour', dollars(cost.perHour), '', 'published'],
          ['USD/1M output tokens', ...figureCells(cost.perMillionOutputTokens, dollars)],
          ['USD/1M tokens', ...figureCells(cost.perMillionTokens, dollars)],
          ['USD/1K requests', ...figureCells(cost.perThousandRequests, dollars)],
        ];
  const suffix = (pool: EstimatedPool): string =>
    pools.length > 1 ? ` (${pool.configuration.role}, per replica)` : ' per replica';
  return {
    title: 'Throughput, power and cost',
    columns: FIGURE_COLUMNS,
    rows: [
      ['requests/s', ...figureCells(throughput.requestsPerSecond, amount)],
      ['output tokens/s', ...figureCells(throughput.outputTokensPerSecond, amount)],
      ['all tokens/s', ...figureCells(throughput.tokensPerSecond, amount)],
      [
        'output tokens/s per accelerator',
        ...figureCells(throughput.outputTokensPerSecondPerAccelerator, amount),
      ],
      ...pools.map((pool) => [
        `sequences in a step${suffix(pool)}`,
        formatNumber(pool.meanBatch, 3),
        `busy ${formatPercent(pool.busyShare, 3)}`,
        'fitted',
      ]),
      ...pools.map((pool) => [`power${suffix(pool)}`, ...figureCells(pool.power, wattsPhrase)]),
      ['J/output token', ...figureCells(energyPerOutputToken, (value) => formatNumber(value, 3))],
      ...pools.map((pool) => [`start-up${suffix(pool)}`, ...figureCells(pool.startup, formatDuration)]),
      ...money,
    ],
  };
}

function memoryTable({ memory, configuration }: EstimatedPool, isNamed: boolean): ReportTable {
  const share = (bytes: number): string => formatPercent(bytes / memory.capacity, 2);
  const row = (name: string, bytes: number, evidence: string): string[] => [
    name,
    formatBytes(bytes),
    share(bytes),
    evidence,
  ];
  return {
    title: `Memory of one accelerator${isNamed ? ` (${configuration.role})` : ''}: ${formatBytes(memory.capacity)}`,
    columns: [
      { title: '' },
      { title: 'SIZE', align: 'right' },
      { title: 'SHARE OR INTERVAL' },
      { title: 'KNOWN' },
    ],
    rows: [
      row('weights', memory.weights, 'published'),
      row('activations', memory.activations, 'assumed'),
      row('reserve', memory.reserve, 'assumed'),
      row('KV cache', memory.kvCache, 'assumed'),
      ['KV tokens per replica', ...figureCells(memory.kvTokens, amount)],
      ['sequences of this load that fit', ...figureCells(memory.sequences, amount)],
      ['KV in use at most', formatPercent(memory.peakKvShare, 3), '', 'fitted'],
    ],
  };
}

function stepTable(step: EstimatedStep, { speculative }: ConfigurationFacts): ReportTable {
  const decode = speculative === undefined ? 'Decode step' : 'Step that verifies drafted tokens';
  const what =
    step.kind === 'decode'
      ? `${decode} of ${step.decodeSequences} sequences with ${step.decodeKvTokens} cached tokens`
      : `Prefill step of ${step.prefillTokens} tokens`;
  return {
    title: `${what}: ${formatDuration(step.time.value)}`,
    columns: [
      { title: 'OPERATOR' },
      { title: 'TIME', align: 'right' },
      { title: 'SHARE', align: 'right' },
      { title: 'BOUND' },
    ],
    rows: step.operators.map((row) => [
      row.operator,
      formatDuration(row.seconds),
      formatPercent(row.share, 2),
      row.bound,
    ]),
  };
}

/** One sentence that says what matters. */
export function estimateSentence({ pools, latency, throughput, isStationary }: EstimateReport): string {
  const accelerators = pools.reduce(
    (sum, { configuration }) => sum + configuration.replicas * configuration.accelerators,
    0,
  );
  const [first] = pools;
  if (!isStationary) {
    return `Overloaded: ${accelerators} × ${first === undefined ? '' : acceleratorsPhrase(first.configuration)} cannot serve this rate.`;
  }
  return `${accelerators} × ${first === undefined ? '' : acceleratorsPhrase(first.configuration)}: TTFT ${latencyPhrase(latency.ttft.mean.value)}, TPOT ${latencyPhrase(latency.tpot.mean.value)}, ${amount(throughput.outputTokensPerSecond.value)} output tokens/s (means; 80 % intervals above).`;
}
