import { formatBytes, formatDuration, formatNumber, formatPercent } from '../../units/index.ts';
import { plural } from '../phrases.ts';
import type { BoundedFigure, DriftReport, DriftedField, DriftedObject } from './drift-report.ts';

/** Longest text of a value in a table. */
const LONGEST_VALUE = 60;

/** `Deployment llm/chat`. */
export function objectPhrase({ kind, namespace, name }: DriftedObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** What became of an object, in words. */
export function statePhrase({ state, replicas }: DriftedObject): string {
  switch (state) {
    case 'same':
      return 'as planned';
    case 'changed':
      return 'changed';
    case 'short':
      return `${String(replicas?.ready ?? 0)} of ${String(replicas?.planned?.min ?? 0)} planned replicas ready`;
    case 'missing':
      return 'missing';
    case 'extra':
      return 'no longer planned';
    case 'unknown-kind':
      return 'the cluster does not know this kind';
    case 'terminating':
      return 'being deleted';
  }
}

/** A field in words: `spec.replicas: 5, planned 2 (kubectl-edit)`. Of lists of texts only what differs is said. */
export function fieldPhrase({ path, change, planned, live, managers }: DriftedField): string {
  const by = managers.length === 0 ? '' : ` (${managers.join(', ')})`;
  if (change === 'left-over') return `${path}: ours, no longer planned${by}`;
  const [shownLive, shownPlanned] = differing(live, planned);
  const now = change === 'removed' ? 'absent' : shownLive;
  return `${path}: ${now}, planned ${shownPlanned}${by}`;
}

function differing(live: unknown, planned: unknown): readonly [string, string] {
  if (!isTexts(live) || !isTexts(planned)) return [valuePhrase(live), valuePhrase(planned)];
  const only = (items: readonly string[], others: readonly string[]): readonly string[] =>
    items.filter((item) => !others.includes(item));
  const [more, less] = [only(live, planned), only(planned, live)];
  if (more.length === 0 && less.length === 0) return ['in another order', 'as in the manifest'];
  const words = (items: readonly string[]): string => (items.length === 0 ? 'less' : items.join(' '));
  return [cut(words(more)), cut(words(less))];
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function valuePhrase(value: unknown): string {
  return cut(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
}

function cut(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}

/** A figure in its unit with what is known of it: `12 requests/s`, `80 ms to 100 ms`, `at most 1.5 s`, `more than 10 s`. */
export function figurePhrase(figure: BoundedFigure, unit: string): string {
  const { value, low, high } = figure;
  if (high === undefined) return `more than ${amountPhrase(low, unit)}`;
  if (low === 0 && high > 0 && value === high) return `at most ${amountPhrase(high, unit)}`;
  const isExact = high - low <= Math.abs(value) * 1e-9;
  if (isExact) return amountPhrase(value, unit);
  const [from, to] = [amountPhrase(low, unit), amountPhrase(high, unit)];
  return from === to ? from : `${from} to ${to}`;
}

function amountPhrase(value: number, unit: string): string {
  switch (unit) {
    case 's':
      return formatDuration(value);
    case 'share':
      return formatPercent(value, 2);
    case 'bytes':
      return formatBytes(value);
    case 'pods':
      return formatNumber(value, 3);
    default:
      return `${formatNumber(value, unit === 'USD/month' ? 6 : 3)} ${unit}`;
  }
}

/** The answer in one sentence. */
export function driftSentence({ objects, measurements, hasDrifted }: DriftReport): string {
  if (!hasDrifted) {
    const compared = objects === undefined ? '' : `${plural(objects.same, 'object')} as planned`;
    const judged = measurements?.figures.filter(({ verdict }) => verdict !== 'shown').length ?? 0;
    const figures = measurements === undefined ? '' : `${plural(judged, 'figure')} within the tolerance`;
    const parts = [compared, figures].filter((part) => part !== '');
    return `No drift: ${parts.join(', ')}.`;
  }
  const parts = [
    ...(objects === undefined || objects.findings.length === 0
      ? []
      : [`${plural(objects.findings.length, 'object')} not as planned`]),
    ...(measurements === undefined || measurements.moved.length === 0
      ? []
      : [
          `moved: ${measurements.moved.map(({ workload, assumption }) => `${assumption} of ${workload}`).join(', ')}`,
        ]),
    ...(measurements === undefined || measurements.missed.length === 0
      ? []
      : [`${plural(measurements.missed.length, 'latency', 'latencies')} missed`]),
  ];
  return `Drift: ${parts.join('; ')}.`;
}
