import type { PlanDocument } from '../../model/index.ts';
import { responseHeadroom } from '../../plan/index.ts';
import { formatAvailability, formatDuration, formatNumber, formatPercent } from '../../units/index.ts';
import { cutRows, SHOWN_ROWS } from '../cut-rows.ts';
import { ratePhrase } from '../phrases.ts';
import { replanLines } from '../services/replan-lines.ts';
import { fillPhrase, NODE_TITLES, nodeRows, SERVICE_TITLES, serviceRows } from '../services/service-rows.ts';
import { escapeMarkdown, fold, markdownTable } from './markdown.ts';

/** The services of a plan and the nodes that they share; long tables go on in a fold. Empty for language models alone. */
export function servicesMarkdown(plan: PlanDocument): string {
  const services = serviceRows(plan);
  if (services.length === 0) return '';
  return [
    '### Services (each at its peak)',
    markdownTable(SERVICE_TITLES, services.slice(0, SHOWN_ROWS)),
    fold(
      `${services.length - SHOWN_ROWS} more services`,
      markdownTable(SERVICE_TITLES, services.slice(SHOWN_ROWS)),
    ),
    '### Nodes that services share (busiest window)',
    tableWithRest(NODE_TITLES, nodeRows(plan), 'node group'),
    escapeMarkdown(fillPhrase(plan)),
    replanLines(plan).length === 0 ? '' : '### Changes against the plan before',
    replanLines(plan)
      .map((line) => `- ${escapeMarkdown(line)}`)
      .join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What the promises of services rest on: limits on response times, and what one replica carries. Empty for language models alone. */
export function serviceEvidenceMarkdown(plan: PlanDocument): string {
  const limits = responseHeadroom(plan)
    .toSorted((a, b) => a.headroom - b.headroom)
    .map((item) => [
      item.workload,
      `response ${item.percentile} ≤ ${formatDuration(item.limit)}`,
      formatDuration(item.value),
      formatPercent(item.headroom, 2),
    ]);
  const replicas = (plan.decision.services ?? []).map(({ workload, shape, availability }) => [
    workload,
    Number.isFinite(shape.ratePerReplica) ? ratePhrase(shape.ratePerReplica) : 'never the limit',
    shape.evidence === undefined ? '–' : formatPercent(shape.evidence.utilisation, 2),
    shape.evidence?.provenance.evidence ?? 'declared',
    `${formatAvailability(availability.achieved)} of ${formatAvailability(availability.target)}`,
  ]);
  return [
    tableWithRest(['Service', 'Limit', 'Expected', 'Headroom'], limits, 'limit'),
    tableWithRest(['Service', 'Rate per replica', 'Busy', 'Known as', 'Availability'], replicas, 'service'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The requests that services were planned for; empty for language models alone. */
export function serviceTrafficMarkdown(plan: PlanDocument): string {
  const rows = (plan.serviceTraffic ?? []).map((item) => [
    item.workload,
    ratePhrase(item.meanRate),
    ratePhrase(item.peakRate),
    item.classes
      .map(
        ({ id, meanRate, burstiness }) => `${id} ${ratePhrase(meanRate)}, CV ${formatNumber(burstiness, 3)}`,
      )
      .join('; '),
  ]);
  return tableWithRest(['Service', 'Mean rate', 'Busiest hour', 'From outside'], rows, 'service');
}

function tableWithRest(header: readonly string[], all: readonly (readonly string[])[], noun: string): string {
  const { rows, more } = cutRows(all, noun);
  const table = markdownTable(header, rows);
  return more === '' ? table : `${table}\n\n${more}`;
}
