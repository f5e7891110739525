import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { splitTop } from './expression.ts';

/** An amount of a sweep: what stands before the number, the number, and its unit. */
interface Amount {
  readonly isTimes: boolean;
  readonly value: number;
  readonly unit: string;
}

const AMOUNT = /^(x?)([+-]?\d+(?:\.\d+)?)\s*([^\d\s.+-].*)?$/;
/** Steps that are off the end by less than this share of one count as reaching it. */
const NEARLY = 1e-9;

/**
 * The expressions of a sweep, from its first value to its last: `pools.h100.price=-40%..+40%/20%` gives five. Values are shares with a sign, factors
 * (`x0.5..x2/0.5`), or amounts with a unit (`10/s..30/s/5/s`); all three of one kind.
 * Errors: `engine-whatif-syntax`.
 */
export function sweptExpressions(text: string, most: number): Outcome<readonly string[]> {
  const [path = '', ...rest] = splitTop(text, '=');
  const [first = '', range] = rest.join('=').split('..');
  if (range === undefined) return failure(unreadable(text, 'it has no ".." between two values'));
  const from = amountOf(first);
  for (const [to, step] of cuts(range)) {
    if (from === undefined || !isAlike(from, to) || !isAlike(from, step)) continue;
    const steps = (to.value - from.value) / Math.abs(step.value) / Math.sign(to.value - from.value || 1);
    if (step.value === 0) return failure(unreadable(text, 'its step is zero'));
    const count = Math.floor(steps + NEARLY) + 1;
    if (count > most) return failure(unreadable(text, `it has ${count} values; ${most} are the most`));
    const sign = Math.sign(to.value - from.value);
    const values = Array.from({ length: count }, (_, index) =>
      Number((from.value + sign * index * Math.abs(step.value)).toPrecision(12)),
    );
    return success(values.map((value) => `${path.trim()}=${printed({ ...from, value })}`));
  }
  return failure(unreadable(text, 'its values and its step are not of one kind'));
}

/** Every way to cut `TO/STEP`: units of rates hold a slash too. */
function cuts(range: string): readonly (readonly [Amount, Amount])[] {
  return [...range.matchAll(/\//g)].flatMap(({ index }) => {
    const [to, step] = [amountOf(range.slice(0, index)), amountOf(range.slice(index + 1))];
    return to === undefined || step === undefined ? [] : [[to, step] as const];
  });
}

function amountOf(text: string): Amount | undefined {
  const [match, times, digits, unit] = AMOUNT.exec(text.trim()) ?? [];
  if (match === undefined || digits === undefined) return undefined;
  return { isTimes: times === 'x', value: Number(digits), unit: (unit ?? '').trim() };
}

/** The step of factors may be written without the x. */
function isAlike(from: Amount, other: Amount): boolean {
  return from.unit === other.unit && (from.isTimes || !other.isTimes);
}

function printed({ isTimes, value, unit }: Amount): string {
  if (isTimes) return `x${value}`;
  const sign = unit === '%' && value >= 0 ? '+' : '';
  return `${sign}${value}${/^[A-Za-z]/.test(unit) && unit.includes('/') ? ' ' : ''}${unit}`;
}

function unreadable(text: string, reason: string): Diagnostic {
  return diagnostic('engine-whatif-syntax', {
    summary: `The sweep "${text}" cannot be read: ${reason}.`,
    path: text,
    fix: 'Write PATH=FROM..TO/STEP, such as pools.h100.price=-40%..+40%/20%.',
  });
}
