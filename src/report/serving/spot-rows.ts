import type { MicroUsd } from '../../units/index.ts';
import { formatDuration, formatNumber, formatPercent, formatUsd } from '../../units/index.ts';
import type { ReportTable } from './estimate-rows.ts';
import { sparkline } from './sparkline.ts';
import type { SpotSimulationReport } from './spot-report.ts';

/** Characters of a sparkline. */
const CHART_WIDTH = 60;

/** What was replayed, in lines. */
export function spotHead({ fleet, traffic, traces }: SpotSimulationReport): readonly string[] {
  return [
    `Policy ${fleet.policy} over ${formatDuration(fleet.seconds)}, from the beginning of the traces`,
    `Traffic: ${traffic}`,
    ...traces.map(
      ({ offering, trace, availableShare }) =>
        `${offering} follows ${trace}: available ${formatPercent(availableShare)} of the time`,
    ),
  ];
}

/** The tables of a replay in the order people read them. */
export function spotTables(report: SpotSimulationReport): readonly ReportTable[] {
  return [requestTable(report), offeringTable(report), costTable(report), spotCourse(report)];
}

function requestTable({ fleet, limits, wantedAttainment }: SpotSimulationReport): ReportTable {
  const { requests, attainment, ttft, e2e } = fleet;
  const within = limits.map(({ metric, limit }) => `${metric} ≤ ${formatDuration(limit)}`).join(', ');
  return {
    title: 'Requests',
    columns: [{ title: '' }, { title: '', align: 'right' }],
    rows: [
      ['arrived', formatNumber(requests.arrived, 9)],
      [
        `within ${within === '' ? 'the time-out' : within}`,
        `${formatPercent(attainment, 5)} (wanted ${formatPercent(wantedAttainment, 4)})`,
      ],
      ['begun again after a reclaim', formatNumber(requests.retried, 9)],
      ['given up', formatNumber(requests.timedOut, 9)],
      [
        'first token p50, p95, p99',
        [ttft.p50, ttft.p95, ttft.p99].map((value) => formatDuration(value)).join(', '),
      ],
      ['last token p50, p99', `${formatDuration(e2e.p50)}, ${formatDuration(e2e.p99)}`],
      ['time at full capacity', formatPercent(fleet.fullCapacityShare, 4)],
      ['from notice to replacement, mean', formatDuration(fleet.replacementSeconds)],
    ],
  };
}

function offeringTable({ fleet }: SpotSimulationReport): ReportTable {
  const right = (title: string): ReportTable['columns'][number] => ({ title, align: 'right' });
  return {
    title: 'Replicas',
    columns: [
      { title: 'WHERE' },
      { title: 'CAPACITY' },
      right('HOURS'),
      right('USD'),
      right('LAUNCHED'),
      right('REFUSED'),
      right('RECLAIMED'),
      right('DRAINED'),
    ],
    rows: fleet.offerings.map((use) => [
      use.id,
      use.capacityType,
      formatNumber(use.replicaHours, 5),
      formatUsd(use.cost),
      String(use.launched),
      String(use.refused),
      String(use.reclaimed),
      String(use.drained),
    ]),
  };
}

function costTable({ fleet, onDemand, costShare }: SpotSimulationReport): ReportTable {
  return {
    title: 'Cost',
    columns: [
      { title: '' },
      { title: 'USD', align: 'right' },
      { title: 'OF ALL ON DEMAND', align: 'right' },
      { title: 'WITHIN LIMITS', align: 'right' },
    ],
    rows: [
      ['replayed', formatUsd(fleet.cost), formatPercent(costShare, 4), formatPercent(fleet.attainment, 5)],
      ['all on demand', formatUsd(onDemand.cost as MicroUsd), '100%', formatPercent(onDemand.attainment, 5)],
    ],
  };
}

/** The course of the run in sparklines. */
export function spotCourse({ fleet }: SpotSimulationReport): ReportTable {
  const { course } = fleet;
  const top = Math.max(1, ...course.needed, ...course.spotReady, ...course.onDemandReady);
  const line = (name: string, values: readonly number[], most = top): readonly string[] => [
    name,
    sparkline(values, CHART_WIDTH, most),
    formatNumber(Math.max(0, ...values), 3),
  ];
  return {
    title: `Course, ${formatDuration(course.bucketSeconds * course.needed.length)} from left to right`,
    columns: [{ title: '' }, { title: '' }, { title: 'MOST', align: 'right' }],
    rows: [
      line('replicas needed', course.needed),
      line('spot, serving', course.spotReady),
      line('on demand, serving', course.onDemandReady),
      line('starting', course.starting),
      line('draining', course.draining),
      line('reclaims', course.reclaimed, Math.max(1, ...course.reclaimed)),
      line('requests outside limits', course.outside, Math.max(1, ...course.outside)),
    ],
  };
}

/** One sentence: cost against on demand, attainment, reclaims. */
export function spotSentence({ subject, fleet, costShare, meetsSlo }: SpotSimulationReport): string {
  const reclaimed = fleet.offerings.reduce((sum, use) => sum + use.reclaimed, 0);
  return `${subject} costs ${formatPercent(costShare, 3)} of all on demand with ${formatPercent(fleet.attainment, 5)} of the requests within limits${meetsSlo ? '' : ', which misses its SLO'}; ${reclaimed} replicas were reclaimed, ${fleet.requests.retried} requests begun again, ${fleet.requests.timedOut} given up.`;
}
