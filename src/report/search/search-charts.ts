import { CHART_STYLE, COLOURS } from '../serving/simulation-charts.ts';
import type { ChartSpecification } from '../serving/simulation-charts.ts';
import { energyBands, energyMarks } from './pareto-text.ts';
import type { EnergyBand } from './pareto-text.ts';
import { distinctionsOf, planPhrase } from './search-phrases.ts';
import type { SearchReport, SearchedPlan } from './search-report.ts';
import { searchSentence } from './search-rows.ts';

const WIDTH = 560;
const HEIGHT = 320;
const BAND_COLOURS: Readonly<Record<string, string | undefined>> = {
  '○': COLOURS[2],
  '◐': COLOURS[4],
  '●': COLOURS[1],
};

/** Below the drawing: names of plans at its right end need the room beside it. */
const LEGEND = { orient: 'bottom', symbolOpacity: 1 } as const;

/** One plan as the chart shows it. */
interface Point {
  readonly plan: string;
  readonly across: number;
  readonly seconds: number;
  /** Energies of its band, joules per output token. */
  readonly band: string;
  readonly mode: string;
}

/**
 * Cost (accelerators without prices) against p99 end-to-end latency with energy as colour: the Pareto set joined by a line and
 * named, the other top plans beside it.
 */
export function searchChart(report: SearchReport): ChartSpecification {
  const told = distinctionsOf(report);
  const shown = [...new Map([...report.plans, ...report.pareto].map((plan) => [plan.id, plan])).values()];
  const bands = energyBands(shown);
  const marks = new Map(energyMarks(shown).map((mark, index) => [shown[index]?.id, mark]));
  const point = (plan: SearchedPlan): Point => ({
    plan: planPhrase(plan, told),
    across: report.isPriced ? (plan.costPerMonth ?? 0) : plan.accelerators,
    seconds: plan.latency.e2e.p99.value,
    band: bands.find((band) => band.mark === marks.get(plan.id))?.energies ?? '',
    mode: plan.mode,
  });
  const onFront = new Set(report.pareto.map((plan) => plan.id));
  const front = report.pareto.map(point);
  const others = report.plans.filter((plan) => !onFront.has(plan.id)).map(point);
  return {
    ...CHART_STYLE,
    description: searchSentence(report),
    title: `${report.model}: cost, latency and energy`,
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        data: { values: front },
        mark: { type: 'line', color: '#bbbbbb', strokeWidth: 1 },
        encoding: axes(report),
      },
      { data: { values: others }, ...points(0.45), encoding: encodings(report, bands) },
      { data: { values: front }, ...points(1), encoding: encodings(report, bands) },
      {
        data: { values: front },
        mark: { type: 'text', align: 'left', dx: 8, dy: -8, fontSize: 10, color: COLOURS[7] },
        encoding: { ...axes(report), text: { field: 'plan', type: 'nominal' } },
      },
    ],
  };
}

function points(opacity: number): ChartSpecification {
  return { mark: { type: 'point', filled: true, size: 90, opacity, stroke: '#333333', strokeWidth: 0.5 } };
}

function axes({ isPriced }: SearchReport): ChartSpecification {
  return {
    x: {
      field: 'across',
      type: 'quantitative',
      title: isPriced ? 'USD per month' : 'accelerators',
      axis: { format: ',~r' },
      scale: { zero: false, padding: 30 },
    },
    y: {
      field: 'seconds',
      type: 'quantitative',
      title: 'p99 end-to-end latency in seconds',
      scale: { zero: false, padding: 20 },
    },
  };
}

/** Bands have colours of their own and no gradient, whose name in a drawing would depend on the drawings before it. */
function encodings(report: SearchReport, bands: readonly EnergyBand[]): ChartSpecification {
  return {
    ...axes(report),
    color: {
      field: 'band',
      type: 'nominal',
      title: 'J per output token',
      legend: LEGEND,
      scale: {
        domain: bands.map((band) => band.energies),
        range: bands.map((band) => BAND_COLOURS[band.mark]),
      },
    },
    shape: {
      field: 'mode',
      type: 'nominal',
      title: 'serving',
      scale: {
        domain: report.modes,
        range: report.modes.map((mode) => (mode === 'aggregated' ? 'circle' : 'diamond')),
      },
      legend: report.modes.length > 1 ? LEGEND : null,
    },
  };
}
