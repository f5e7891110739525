import type { Evidence, LatencyMetric } from '../../model/index.ts';
import { parallelismName } from '../../model/index.ts';
import { formatDuration, formatNumber } from '../../units/index.ts';
import type { ConfigurationFacts } from './configuration-facts.ts';
import type { Figure } from './estimate-report.ts';

/** The latencies by the names people know. */
export const LATENCY_TITLES: Readonly<Record<LatencyMetric, string>> = {
  ttft: 'TTFT',
  tpot: 'TPOT',
  e2e: 'E2E latency',
};

export const LATENCY_METRICS: readonly LatencyMetric[] = ['ttft', 'tpot', 'e2e'];

/** The cells of a figure: value, interval, evidence. An interval of no width is left out. */
export function figureCells(
  figure: Figure,
  print: (value: number) => string,
): readonly [value: string, interval: string, evidence: Evidence] {
  const isExact = figure.low === figure.high;
  return [
    print(figure.value),
    isExact ? '' : `${print(figure.low)} – ${print(figure.high)}`,
    figure.evidence,
  ];
}

/** A latency; zero is none: no request had one to measure, as TPOT of a single output token. */
export function latencyPhrase(value: number): string {
  return value === 0 ? 'n/a' : formatDuration(value);
}

/** A configuration in one line: `2 × meta-llama/… · vllm 0.19.0 · bf16 · tp4 of h100-sxm`. */
export function configurationPhrase(c: ConfigurationFacts): string {
  const precision =
    c.weightPrecision === c.kvPrecision ? c.weightPrecision : `${c.weightPrecision}, KV ${c.kvPrecision}`;
  const role = c.role === 'aggregated' ? '' : `${c.role}: `;
  return `${role}${c.replicas} × ${c.model}, ${c.engine} ${c.engineVersion}, ${precision}, ${parallelismName(c.parallelism)} of ${stagesPhrase(c)}`;
}

/** The accelerator, or all with their layers where stages differ: `h100-sxm (50 layers), a100-80gb-sxm (30 layers)`. */
function stagesPhrase({ accelerator, stages }: ConfigurationFacts): string {
  return stages?.map((stage) => `${stage.accelerator} (${stage.layers} layers)`).join(', ') ?? accelerator;
}

/** The accelerators of a configuration: `h100-sxm and a100-80gb-sxm`. */
export function acceleratorsPhrase({ accelerator, stages }: ConfigurationFacts): string {
  return [...new Set(stages?.map((stage) => stage.accelerator) ?? [accelerator])].join(' and ');
}

/** The limits of a configuration: `batches of 8192 tokens and 256 sequences, up to 131072 tokens each`. */
export function limitsPhrase({ batch, maxModelLength, speculative }: ConfigurationFacts): string {
  const drafts =
    speculative === undefined
      ? ''
      : `; ${speculative.draftTokens} drafted tokens, each accepted with ${formatNumber(speculative.acceptance * 100)} %`;
  return `batches of ${batch.maxBatchedTokens} tokens and ${batch.maxSequences} sequences, up to ${maxModelLength} tokens each${drafts}`;
}

/** A count or a throughput: thousands from ten thousand on, three digits below. */
export function amount(value: number): string {
  return value >= 10_000 ? `${formatNumber(value / 1000)}k` : formatNumber(value, 3);
}

/** Dollars with as many decimals as small amounts need. */
export function dollars(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  return value >= 1 ? value.toFixed(2) : formatNumber(value, 3);
}

/** Power in W or kW. */
export function wattsPhrase(value: number): string {
  return value >= 10_000 ? `${formatNumber(value / 1000, 3)} kW` : `${formatNumber(value, 3)} W`;
}
