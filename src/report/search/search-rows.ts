import { formatDuration, formatNumber, formatPercent, formatUsd, usd } from '../../units/index.ts';
import type { ReportTable } from '../serving/estimate-rows.ts';
import { amount, dollars, latencyPhrase } from '../serving/figures.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import {
  OBJECTIVE_PHRASES,
  changePhrase,
  distinctionsOf,
  energyAndLatency,
  formatCount,
  formatPhrase,
  leftPhrase,
  limitPhrase,
  loadPhrase,
  monthly,
  objectiveValue,
  partPhrase,
  planPhrase,
  sloPhrase,
} from './search-phrases.ts';
import type { SearchReport, SearchedPlan, SearchedPool } from './search-report.ts';

/** What was searched, as labels and texts. */
export function searchHead(report: SearchReport): readonly (readonly [label: string, text: string])[] {
  const engines = new Set(
    report.plans.flatMap((plan) => plan.parts.map((part) => `${part.engine} ${part.engineVersion}`)),
  );
  return [
    ['Model', `${report.model}, ${[...engines].join(' or ')}, ${report.modes.join(' or ')}`],
    ...report.cluster.map((pool, index) => [index === 0 ? 'Cluster' : '', poolPhrase(pool)] as const),
    ['Load', trafficPhrase(report)],
    ['SLO', sloPhrase(report.slo)],
    [
      'Aim',
      [
        OBJECTIVE_PHRASES[report.objective],
        ...report.limits.map(limitPhrase),
        report.confidence === undefined
          ? 'predictions are trusted'
          : `the SLO holds with ${formatPercent(report.confidence.level)} confidence`,
      ].join('; '),
    ],
  ];
}

function poolPhrase(pool: SearchedPool): string {
  const domain = pool.linkDomain === undefined ? '' : `, fast links among ${pool.linkDomain}`;
  const type = pool.instanceType === undefined ? '' : ` (${pool.instanceType})`;
  const price =
    pool.pricePerAcceleratorHour === undefined
      ? 'no price'
      : `${dollars(pool.pricePerAcceleratorHour)} USD/hour each`;
  return `${pool.accelerators} × ${pool.accelerator} in nodes of ${pool.acceleratorsPerNode}${type}${domain}, ${price}`;
}

function trafficPhrase({ load }: SearchReport): string {
  const what =
    load.kind === 'most'
      ? 'as much as the cluster carries'
      : load.kind === 'rate'
        ? `${formatNumber(load.requestRate ?? 0)} ${load.requestRate === 1 ? 'request' : 'requests'}/s`
        : `${plural(load.clients ?? 0, 'client')}, each with one request at a time`;
  const lengths = `input ${lengthPhrase(load.isl)}, output ${lengthPhrase(load.osl)} tokens`;
  const bursts =
    load.kind === 'concurrency' || load.burstiness === 1
      ? ''
      : `, CV of gaps ${formatNumber(load.burstiness, 3)}`;
  const hits = load.prefixHitRate === 0 ? '' : `, ${formatPercent(load.prefixHitRate)} of prompts cached`;
  return `${what}; ${load.source}: ${lengths}${bursts}${hits}`;
}

function lengthPhrase({ mean, p99 }: { readonly mean: number; readonly p99: number }): string {
  return Math.round(mean) === Math.round(p99)
    ? String(Math.round(mean))
    : `${Math.round(mean)} (p99 ${Math.round(p99)})`;
}

const right = (title: string): ReportTable['columns'][number] => ({ title, align: 'right' });

/** One figure of a plan: its column, its text, and which way is better, if any. */
interface PlanFigure {
  readonly title: string;
  readonly value: (plan: SearchedPlan) => number | undefined;
  readonly print: (value: number, plan: SearchedPlan) => string;
  readonly better?: 'less' | 'more';
}

function figuresOf(report: SearchReport): readonly PlanFigure[] {
  const latency = (metric: 'ttft' | 'tpot' | 'e2e'): PlanFigure => ({
    title: `${metric.toUpperCase()} P99`,
    value: (plan) => plan.latency[metric].p99.value,
    print: latencyPhrase,
    better: 'less',
  });
  const money: readonly PlanFigure[] = [
    {
      title: 'USD/MONTH',
      value: (plan) => plan.costPerMonth,
      print: (value) => formatUsd(usd(value), 0),
      better: 'less',
    },
    { title: 'USD/1M', value: (plan) => plan.costPerMillionTokens, print: dollars, better: 'less' },
  ];
  return [
    { title: 'GPUS', value: (plan) => plan.accelerators, print: String, better: 'less' },
    ...(report.isPriced ? money : []),
    {
      title: 'CARRIES',
      value: (plan) => plan.capacity.value,
      print: (value) => loadPhrase(value, report.load.kind),
    },
    latency('ttft'),
    latency('tpot'),
    latency('e2e'),
    {
      title: 'J/TOKEN',
      value: (plan) => plan.energyPerOutputToken,
      print: (value) => formatNumber(value, 3),
      better: 'less',
    },
    {
      title: 'TOKENS/S/GPU',
      value: (plan) => plan.throughputPerAccelerator,
      print: amount,
      better: 'more',
    },
  ];
}

/** The top plans: rank, replicas and cut, formats, batch limits and figures; a disaggregated plan takes one line per role. */
export function planTable(report: SearchReport, palette: Palette = PLAIN): ReportTable {
  const told = distinctionsOf(report);
  const figures = figuresOf(report);
  const best = figures.map((figure) => bestOf(report.plans, figure));
  return {
    title: `Best ${plural(report.plans.length, 'plan')}`,
    columns: [
      right('#'),
      { title: 'PLAN' },
      { title: 'FORMAT' },
      { title: 'BATCH' },
      ...figures.map((figure) => right(figure.title)),
    ],
    rows: report.plans.flatMap((plan, rank) =>
      plan.parts.map((part, index) => [
        index === 0 ? String(rank + 1) : '',
        partPhrase(part, told),
        formatPhrase(part),
        `${part.batch.maxBatchedTokens} × ${part.batch.maxSequences}`,
        ...(index > 0
          ? []
          : figures.map((figure, column) => {
              const value = figure.value(plan);
              if (value === undefined) return 'n/a';
              const text = figure.print(value, plan);
              return value === best[column] ? palette.good(text) : text;
            })),
      ]),
    ),
  };
}

/** The best value of a column that tells plans apart; undefined for the others. */
function bestOf(plans: readonly SearchedPlan[], { value, better }: PlanFigure): number | undefined {
  const values = plans.flatMap((plan) => value(plan) ?? []);
  if (better === undefined || new Set(values).size < 2) return undefined;
  return better === 'less' ? Math.min(...values) : Math.max(...values);
}

/** The plans that nothing beats in cost, latency and energy at once. */
export function paretoTable(report: SearchReport, marks: readonly string[] = []): ReportTable {
  const told = distinctionsOf(report);
  return {
    title: `Not dominated in ${report.isPriced ? 'cost' : 'accelerators'}, p99 latency and energy`,
    columns: [
      { title: '' },
      { title: 'PLAN' },
      { title: 'FORMAT' },
      right('GPUS'),
      ...(report.isPriced ? [right('USD/MONTH')] : []),
      right('E2E P99'),
      right('J/TOKEN'),
    ],
    rows: report.pareto.map((plan, index) => [
      marks[index] ?? '',
      planPhrase(plan, told),
      [...new Set(plan.parts.map(formatPhrase))].join(' / '),
      String(plan.accelerators),
      ...(report.isPriced ? [formatUsd(usd(plan.costPerMonth ?? 0), 0)] : []),
      formatDuration(plan.latency.e2e.p99.value),
      formatNumber(plan.energyPerOutputToken, 3),
    ]),
  };
}

/** The energy-optimal plan beside the latency-optimal one, and what the one costs in terms of the other. */
export function energyLines(report: SearchReport): readonly string[] {
  const { leastEnergy, leastLatency } = report;
  if (leastEnergy === undefined || leastLatency === undefined) return [];
  const told = distinctionsOf(report);
  if (leastEnergy.id === leastLatency.id) {
    return [
      `least energy and least latency: ${planPhrase(leastEnergy, told)}, ${energyAndLatency(leastEnergy)}`,
    ];
  }
  const energy = changePhrase(leastEnergy.energyPerOutputToken, leastLatency.energyPerOutputToken);
  const latency = changePhrase(leastLatency.latency.e2e.p99.value, leastEnergy.latency.e2e.p99.value);
  return [
    `least energy:  ${planPhrase(leastEnergy, told)}, ${energyAndLatency(leastEnergy)}`,
    `least latency: ${planPhrase(leastLatency, told)}, ${energyAndLatency(leastLatency)}`,
    `the energy-optimal plan takes ${energy} energy per token, the latency-optimal one ${latency} time to the last token (p99)`,
  ];
}

/** What holding the SLO with confidence costs. */
export function confidenceLines({ confidence, plans, isPriced }: SearchReport): readonly string[] {
  if (confidence === undefined) return [];
  const { factors, costWithout, extraCost, acceleratorsWithout, level } = confidence;
  const limits = `latencies may exceed their predictions by ${(['ttft', 'tpot', 'e2e'] as const)
    .map((metric) => `${metric} ${formatPercent(factors[metric] - 1, 2)}`)
    .join(', ')}`;
  const best = plans[0]?.accelerators ?? 0;
  const cost =
    isPriced && costWithout !== undefined && extraCost !== undefined
      ? `safety costs ${monthly(extraCost)}: without it the best plan is ${monthly(costWithout)}`
      : acceleratorsWithout !== undefined
        ? `safety costs ${plural(best - acceleratorsWithout, 'accelerator')}: without it the best plan has ${acceleratorsWithout}`
        : 'what safety costs was not searched for: the time ran out';
  return [`with ${formatPercent(level)} confidence ${limits}`, cost];
}

/** How much was looked at and how sure it is that nothing better was missed. */
export function proofLines({ proof, plans, objective }: SearchReport): readonly string[] {
  const left = leftPhrase(proof.left);
  const best = plans[0];
  const gap =
    proof.gap === undefined
      ? 'no bound is known here'
      : proof.gap <= 0
        ? 'the best plan meets the lower bound: nothing better exists by this model'
        : `at most ${formatPercent(proof.gap, 2)} from the best possible by this model`;
  return [
    `${formatCount(proof.enumerated)} candidates: ${formatCount(proof.simulated)} simulated in ${formatCount(proof.simulations)} runs of ${formatCount(proof.requests)} requests in all`,
    ...(left === '' ? [] : [`left out: ${left}`]),
    `${best === undefined ? 'no plan' : objectiveValue(best, objective)}; ${gap}; ${proof.isComplete ? 'search complete' : 'the time ran out before all was looked at'}`,
  ];
}

/** The one sentence a search ends with. */
export function searchSentence(report: SearchReport): string {
  const [best] = report.plans;
  if (best === undefined) return `No plan for ${report.model}.`;
  const parts = planPhrase(best, distinctionsOf(report));
  const cost = best.costPerMonth === undefined ? '' : `, ${monthly(best.costPerMonth)}`;
  const { kind } = report.load;
  const load =
    kind === 'most'
      ? `carries ${loadPhrase(best.capacity.value, kind)}`
      : `carries ${loadPhrase(best.capacity.value, kind)} (${loadPhrase(best.load, kind)} asked for)`;
  const sure =
    report.confidence === undefined ? '' : ` with ${formatPercent(report.confidence.level)} confidence`;
  return `Best plan: ${parts} on ${plural(best.accelerators, 'accelerator')}${cost}, ${load} within the SLO${sure}, ${energyAndLatency(best)}.`;
}
