import { formatDuration, formatNumber } from '../../units/index.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { monthly } from './search-phrases.ts';
import type { SearchReport, SearchedPlan } from './search-report.ts';

/** Marks by rising energy: the lowest, middle and highest third of its range. */
const MARKS = ['○', '◐', '●'] as const;
/** Characters and lines of the drawing area. */
const WIDTH = 56;
const HEIGHT = 9;
/** Share by which energies may differ before they get marks of their own (*assumed*: below, a reader sees noise). */
const EQUAL_WITHIN = 0.01;

/** The mark of each plan of the Pareto set, by its energy per output token. */
export function energyMarks(plans: readonly SearchedPlan[]): readonly string[] {
  const values = plans.map((plan) => plan.energyPerOutputToken);
  const [low, high] = rangeOf(values);
  return values.map((value) => {
    if (high - low <= EQUAL_WITHIN * high) return MARKS[1];
    return MARKS[Math.min(2, Math.floor((3 * (value - low)) / (high - low)))] ?? MARKS[2];
  });
}

/**
 * The Pareto set as characters: cost (accelerators without prices) to the right, p99 latency upward, energy as mark.
 * Plans that share a cell show the mark of the one with least energy. Fewer than two plans give an empty text.
 */
export function paretoChart(report: SearchReport, palette: Palette = PLAIN): string {
  const { pareto } = report;
  if (pareto.length < 2) return '';
  const across = scale(
    pareto.map((plan) => acrossOf(plan, report)),
    WIDTH,
  );
  const upward = scale(
    pareto.map((plan) => plan.latency.e2e.p99.value),
    HEIGHT,
  );
  const marks = energyMarks(pareto);
  const grid = Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, () => ' '));
  const byEnergy = pareto
    .map((plan, index) => ({ plan, index }))
    .sort((a, b) => b.plan.energyPerOutputToken - a.plan.energyPerOutputToken);
  for (const { index } of byEnergy) {
    const line = grid[HEIGHT - 1 - (upward.cells[index] ?? 0)];
    if (line !== undefined) line[across.cells[index] ?? 0] = coloured(marks[index] ?? '', palette);
  }
  const top = formatDuration(upward.high);
  const bottom = formatDuration(upward.low);
  const gutter = Math.max(top.length, bottom.length);
  const lines = grid.map((cells, row) => {
    const label = row === HEIGHT - 1 ? bottom : row === 0 && top !== bottom ? top : '';
    return `${label.padStart(gutter)} ${label === '' ? '│' : '┤'}${cells.join('')}`.trimEnd();
  });
  const blank = ' '.repeat(gutter);
  return [
    ...lines,
    `${blank} └${'─'.repeat(WIDTH)}`,
    `${blank}  ${ends(acrossText(across.low, report), acrossText(across.high, report))}`,
    `${blank}  ${legend(pareto, palette)}`,
  ].join('\n');
}

function acrossOf(plan: SearchedPlan, report: SearchReport): number {
  return report.isPriced ? (plan.costPerMonth ?? 0) : plan.accelerators;
}

function acrossText(value: number, { isPriced }: SearchReport): string {
  return isPriced ? monthly(value) : `${formatNumber(value)} accelerators`;
}

function coloured(mark: string, palette: Palette): string {
  if (mark === MARKS[0]) return palette.good(mark);
  return mark === MARKS[2] ? palette.bad(mark) : palette.caution(mark);
}

interface Scale {
  readonly low: number;
  readonly high: number;
  /** Cell of each value, 0 to one less than the number of cells. */
  readonly cells: readonly number[];
}

function scale(values: readonly number[], cells: number): Scale {
  const [low, high] = rangeOf(values);
  const place = (value: number): number =>
    high > low ? Math.round(((value - low) / (high - low)) * (cells - 1)) : 0;
  return { low, high, cells: values.map(place) };
}

function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Two texts at both ends of the axis; one where they are the same. */
function ends(left: string, right: string): string {
  if (left === right) return left;
  return `${left}${right.padStart(Math.max(right.length + 1, WIDTH - left.length))}`;
}

/** A mark and the energies that it stands for: `2.1 – 3`. */
export interface EnergyBand {
  readonly mark: string;
  readonly energies: string;
}

/** The bands that plans fall into, by rising energy; bands without a plan are left out. */
export function energyBands(plans: readonly SearchedPlan[]): readonly EnergyBand[] {
  const marks = energyMarks(plans);
  return MARKS.flatMap((mark) => {
    const values = plans.flatMap((plan, index) => (marks[index] === mark ? [plan.energyPerOutputToken] : []));
    if (values.length === 0) return [];
    const [low = '', high = ''] = rangeOf(values).map((value) => formatNumber(value, 3));
    return [{ mark, energies: low === high ? low : `${low} – ${high}` }];
  });
}

function legend(plans: readonly SearchedPlan[], palette: Palette): string {
  const parts = energyBands(plans).map(({ mark, energies }) => `${coloured(mark, palette)} ${energies}`);
  return `${parts.join('  ')} J/token`;
}
