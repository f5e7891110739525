import { plural } from '../phrases.ts';
import type { Page } from './page.ts';

/** What a valid stack declares, counted. */
export interface ShownStack {
  readonly stack: string;
  readonly workloads: number;
  readonly services: number;
  readonly pools: number;
  readonly offerings: number;
  readonly policies: number;
  readonly rules: number;
}

/** What a valid stack declares, in one sentence. */
export function stackPage(valid: ShownStack): Page {
  const counts = [
    whatRuns(valid),
    `${plural(valid.pools, 'pool')} with ${plural(valid.offerings, 'offering')}`,
    `${plural(valid.policies, 'policy', 'policies')} with ${plural(valid.rules, 'rule')}`,
  ];
  return {
    title: `Stack ${valid.stack}`,
    head: [],
    parts: [],
    sentence: `${valid.stack} is valid: ${counts.join(', ')}.`,
  };
}

/** Language models and services, those of which there are any. */
function whatRuns({ workloads, services }: ShownStack): string {
  if (services === 0) return plural(workloads, 'workload');
  return workloads === 0
    ? plural(services, 'service')
    : `${plural(workloads, 'workload')}, ${plural(services, 'service')}`;
}
