import type { PlanDocument, WorkloadDecision } from '../../../model/index.ts';
import type { ServiceSummary } from '../../../plan/index.ts';
import {
  formatAvailability,
  formatDuration,
  formatNumber,
  formatPercent,
  formatUsd,
  microUsd,
} from '../../../units/index.ts';
import { candidatePhrase, perMonth, plural, ratePhrase, replicaPhrase } from '../../phrases.ts';
import { replicasPhrase, responsePhrase, shapePhrase } from '../../services/service-rows.ts';
import { headroomTone, verdict } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Content, Markup } from '../markup/markup.ts';
import { columnsOf, factList, htmlTable } from '../markup/table.ts';
import type { WorkloadFacts } from './workload-facts.ts';

/** The choice in a few words for the line of a workload: what one replica is. */
export function choiceWords({ model, service }: WorkloadFacts): string {
  if (service !== undefined) return shapePhrase(service.shape);
  const [chosen] = model?.decision.chosen ?? [];
  return chosen === undefined
    ? 'nothing chosen'
    : `${candidatePhrase(chosen.candidate)} on ${chosen.candidate.pool}`;
}

/** What was decided for a workload, as terms and answers. */
export function decisionFacts(plan: PlanDocument, { model, service, team }: WorkloadFacts): Markup {
  const owner: readonly (readonly [string, Content])[] = [['Team', team]];
  if (service !== undefined) return factList([...serviceFacts(service), ...owner]);
  return model === undefined
    ? factList(owner)
    : factList([...modelFacts(plan, model.decision, model.declared?.model ?? ''), ...owner]);
}

function modelFacts(
  plan: PlanDocument,
  decision: WorkloadDecision,
  model: string,
): readonly (readonly [string, Content])[] {
  const podSets = plan.decision.allocations.filter((item) => item.workload === decision.workload);
  const traffic = plan.traffic.find((item) => item.workload === decision.workload);
  const { operatingPoint: point, availability } = decision;
  const chosen = decision.chosen.map(
    (item) =>
      html`<div>
        ${candidatePhrase(item.candidate)} on ${item.candidate.accelerator}; one replica sustains
        ${ratePhrase(item.capacity.rate.value)} (${ratePhrase(item.capacity.rate.low)} –
        ${ratePhrase(item.capacity.rate.high)}), above it ${item.capacity.limitedBy} breaks first
      </div>`,
  );
  const placed = podSets.map(
    (item) => html`<div>${replicaPhrase(item)} × ${item.capacityType} on ${item.pool} (${item.tier})</div>`,
  );
  const busiest = `${ratePhrase(point.requestRate)} per replica, ${formatPercent(point.goodputShare)} of requests within the SLO, mean batch ${formatNumber(point.meanBatch, 3)}, KV cache at most ${formatPercent(point.peakKvShare, 2)} full`;
  return [
    ['Model', model],
    ['Runs as', chosen],
    ['Replicas', placed],
    ['Traffic', traffic === undefined ? undefined : trafficWords(traffic)],
    ['Busiest window', busiest],
    [
      'Availability',
      `${formatAvailability(availability.achieved)} of ${formatAvailability(availability.target)} asked for`,
    ],
    ['Runner-up', runnerUp(plan, decision)],
  ];
}

function trafficWords(traffic: PlanDocument['traffic'][number]): string {
  return `${traffic.profile}: mean ${ratePhrase(traffic.meanRate)}, busiest hour ${ratePhrase(traffic.peakRate)}; input ${formatNumber(traffic.isl.mean)} tokens, output ${formatNumber(traffic.osl.mean)}`;
}

function runnerUp(
  { decision: whole }: PlanDocument,
  { runnerUp: second }: WorkloadDecision,
): string | undefined {
  if (second === undefined) return undefined;
  return `${second.candidate}, ${perMonth(microUsd(second.perMonth - whole.objectivePerMonth))} more`;
}

function serviceFacts(service: ServiceSummary): readonly (readonly [string, Content])[] {
  const { availability, zones } = service;
  return [
    ['Runs as', shapePhrase(service.shape)],
    [
      'Replicas at its peak',
      `${replicasPhrase(service)}, ${service.base} on base capacity and ${service.spot} on spot`,
    ],
    ['Zones', zones.length === 0 ? undefined : `${zones.length}: ${zones.join(', ')}`],
    ['Requests at its peak', ratePhrase(service.requestRate)],
    ['One replica carries', rateOfReplica(service)],
    ['Response', service.response === undefined ? undefined : responsePhrase(service)],
    [
      'Availability',
      `${formatAvailability(availability.achieved)} of ${formatAvailability(availability.target)} asked for`,
    ],
  ];
}

function rateOfReplica({ shape }: ServiceSummary): string | undefined {
  return Number.isFinite(shape.ratePerReplica) && shape.ratePerReplica > 0
    ? `${ratePhrase(shape.ratePerReplica)} within its share of the SLO`
    : undefined;
}

/** Limits of the SLO beside what is predicted. */
export function limitTable({ name, limits }: WorkloadFacts): Markup {
  return htmlTable({
    caption: `Limits of the SLO of ${name}`,
    columns: columnsOf(
      ['Limit', 'At most', 'Predicted', '95 % interval', 'Headroom'],
      ['At most', 'Predicted', '95 % interval', 'Headroom'],
    ),
    rows: limits.map((item) => [
      item.name,
      formatDuration(item.limit),
      formatDuration(item.value),
      item.low === undefined || item.high === undefined
        ? '–'
        : `${formatDuration(item.low)} – ${formatDuration(item.high)}`,
      verdict(headroomTone(item.headroom), formatPercent(item.headroom, 2)),
    ]),
  });
}

/** What must fail before demand is no longer met, most likely first. */
export function failureTable(plan: PlanDocument, workload: string): Markup {
  const found =
    plan.decision.workloads.find((item) => item.workload === workload)?.availability ??
    plan.decision.services?.find((item) => item.workload === workload)?.availability;
  const scenarios = (found?.scenarios ?? []).toSorted((a, b) => b.probability - a.probability).slice(0, 8);
  return htmlTable({
    caption: `Failures that ${workload} was checked against`,
    columns: columnsOf(
      ['What fails', 'Share of time', 'Rate left', 'Demand met'],
      ['Share of time', 'Rate left'],
    ),
    rows: scenarios.map((item) => [
      item.failed,
      shareOfTime(item.probability),
      ratePhrase(item.remainingRate),
      item.meetsDemand ? 'yes' : verdict('caution', 'no'),
    ]),
  });
}

/** Small shares read better as time per year of 8,760 h. */
function shareOfTime(share: number): string {
  return share > 0.01 ? formatPercent(share) : `${formatDuration(share * 8760 * 3600)} a year`;
}

/** `3 replicas`, at most. */
export function replicaCount(plan: PlanDocument, { name, service }: WorkloadFacts): string {
  if (service !== undefined) return plural(service.planned, 'replica');
  const own = plan.decision.allocations.filter((item) => item.workload === name);
  const most = Math.max(
    0,
    ...plan.decision.windows.map((window) =>
      own
        .flatMap((item) => Object.values(item.replicas[window.id] ?? {}))
        .reduce((sum, count) => sum + count, 0),
    ),
  );
  return plural(most, 'replica');
}

/** Money of a workload without cents. */
export function wholeUsd(amount: number): string {
  return formatUsd(microUsd(amount), 0);
}
