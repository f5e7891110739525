import type { ArrivalProfile } from '../../model/index.ts';
import type { profileStatistics } from '../../traffic/index.ts';
import { formatNumber, formatPercent } from '../../units/index.ts';
import { plural, ratePhrase } from '../phrases.ts';
import type { Page } from './page.ts';

/** A profile fitted to a trace, and its figures. */
export interface ShownTraffic {
  readonly profile: ArrivalProfile;
  readonly requests: number;
  readonly statistics: ReturnType<typeof profileStatistics>;
  /** File it was written to. */
  readonly output?: string;
}

/** What was fitted to a trace. */
export function trafficPage({ profile, requests, statistics, output }: ShownTraffic): Page {
  const { arrivals, prefix } = profile;
  const rows = [
    ['mean rate', ratePhrase(statistics.meanRate)],
    ['busiest hour', ratePhrase(statistics.peakRate)],
    ['gaps', `${arrivals.family}, CV ${formatNumber(arrivals.cv, 3)}`],
    ['input tokens', lengthPhrase(statistics.isl)],
    ['output tokens', lengthPhrase(statistics.osl)],
    ['prefix hits', formatPercent(prefix.hitRate, 3)],
  ];
  const next =
    output === undefined
      ? 'nothing was written (no --out).'
      : `written to ${output}; name it under \`traffic\` of a workload.`;
  return {
    title: `Traffic profile ${profile.name}`,
    head: [],
    parts: [{ kind: 'table', title: '', columns: [{ title: 'PROFILE' }, { title: profile.name }], rows }],
    sentence: `${profile.name} fitted to ${plural(requests, 'request')}; ${next}`,
  };
}

function lengthPhrase({
  mean,
  p50,
  p99,
}: {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}): string {
  return `mean ${formatNumber(mean)}, p50 ${formatNumber(p50)}, p99 ${formatNumber(p99)}`;
}
