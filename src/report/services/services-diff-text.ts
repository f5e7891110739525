import type { ServiceChange, ServiceReplicas, ServicesDiff } from '../../plan/index.ts';
import { formatAvailability, formatPercent } from '../../units/index.ts';
import { SHOWN_ROWS } from '../cut-rows.ts';
import { plural } from '../phrases.ts';
import type { Palette } from '../text/palette.ts';

/** Places of a service and offerings listed with their change before the rest is counted. */
const SHOWN_PLACES = 6;

/** The services that differ, one line each, then where their replicas went. */
export function serviceChangeLines(diff: ServicesDiff | undefined, palette: Palette): string {
  if (diff === undefined) return '';
  const shown = diff.services.slice(0, SHOWN_ROWS).map((change) => changeLine(change, palette));
  return withMore(shown, diff.services.length - shown.length, 'service').join('\n');
}

/** The nodes of services that differ, and how full they are. */
export function nodeChangeLines(diff: ServicesDiff | undefined, palette: Palette): string {
  if (diff === undefined) return '';
  const shown = diff.nodes.slice(0, SHOWN_ROWS).map(({ offering, before, after }) => {
    const line = `${offering}: ${before} → ${after}`;
    if (before === 0) return palette.good(`+ ${line}`);
    return after === 0 ? palette.bad(`- ${line}`) : palette.caution(`~ ${line}`);
  });
  return [...withMore(shown, diff.nodes.length - shown.length, 'offering'), ...fillLine(diff)].join('\n');
}

function changeLine(change: ServiceChange, palette: Palette): string {
  switch (change.action) {
    case 'added':
      return palette.good(`+ ${change.workload}: ${replicasPhrase(change.after)}`);
    case 'removed':
      return palette.bad(`- ${change.workload}: ${replicasPhrase(change.before)}`);
    case 'changed':
      return palette.caution(
        [
          `~ ${change.workload}: ${replicasPhrase(change.before)} → ${replicasPhrase(change.after)}`,
          ...availabilityPhrase(change.before, change.after),
          ...placePhrases(change.before?.places ?? {}, change.after?.places ?? {}),
        ].join('\n    '),
      );
  }
}

function replicasPhrase(item: ServiceReplicas | undefined): string {
  if (item === undefined) return '';
  const count =
    item.minReplicas === item.maxReplicas ? item.maxReplicas : `${item.minReplicas}–${item.maxReplicas}`;
  return `${count} × ${item.shape}`;
}

function availabilityPhrase(
  before: ServiceReplicas | undefined,
  after: ServiceReplicas | undefined,
): readonly string[] {
  const words = (item: ServiceReplicas | undefined): string =>
    item === undefined
      ? ''
      : `${formatAvailability(item.availability)} of ${formatAvailability(item.target)}`;
  return words(before) === words(after) ? [] : [`availability ${words(before)} → ${words(after)}`];
}

function placePhrases(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): readonly string[] {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((place) => before[place] !== after[place])
    .map((place) => `${place}: ${before[place] ?? 0} → ${after[place] ?? 0}`);
  const shown = changed.slice(0, SHOWN_PLACES);
  return withMore(shown, changed.length - shown.length, 'place');
}

function fillLine({ fill, isRepacked }: ServicesDiff): readonly string[] {
  if (fill === undefined) return [];
  const words = (item: NonNullable<typeof fill.before> | undefined): string =>
    item === undefined
      ? 'none'
      : `${plural(item.nodes, 'node')}, ${formatPercent(item.cpuShare)} of CPU and ${formatPercent(item.memoryShare)} of memory asked for`;
  return [
    ...(isRepacked ? ['pods share nodes in another way'] : []),
    `${words(fill.before)} → ${words(fill.after)}`,
  ];
}

function withMore(lines: readonly string[], left: number, noun: string): readonly string[] {
  return left > 0 ? [...lines, `… and ${plural(left, `more ${noun}`)} (all with --json)`] : lines;
}
