import type { CostChange, SloChange } from '../../plan/index.ts';
import { plural } from '../phrases.ts';
import { SHOWN_ROWS } from '../cut-rows.ts';

/** Part of a list of changes, and a line that says what was left out; empty when nothing was. */
interface Shown<T> {
  readonly items: readonly T[];
  readonly more: string;
}

const RISKS: readonly SloChange['risk'][] = ['broken', 'higher', 'lower', 'same'];

/**
 * Limits to show: all of language models, and of services those that moved; the riskiest where they are many. Hundreds of services have
 * hundreds of limits, most of them where they were.
 */
export function shownSlo(changes: readonly SloChange[]): Shown<SloChange> {
  const told = changes.filter(
    (change) => !change.limit.startsWith('response.') || change.before?.value !== change.after?.value,
  );
  const hasServices = changes.some((change) => change.limit.startsWith('response.'));
  const items = hasServices
    ? told.toSorted((a, b) => RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk)).slice(0, SHOWN_ROWS)
    : told;
  return { items, more: linesLeft(changes.length - items.length, 'limit') };
}

/** Costs to show: those that changed most where they are many. */
export function shownCosts(changes: readonly CostChange[]): Shown<CostChange> {
  const left = changes.length - SHOWN_ROWS;
  if (left <= 0) return { items: changes, more: '' };
  const largest = changes.toSorted((a, b) => Math.abs(b.delta) - Math.abs(a.delta));
  return { items: largest.slice(0, SHOWN_ROWS), more: linesLeft(left, 'workload') };
}

function linesLeft(left: number, noun: string): string {
  return left > 0 ? `… and ${plural(left, `more ${noun}`)} (all with --json)` : '';
}
