import { pageMarkdown, pageText } from '../page/page.ts';
import type { Page, PagePart } from '../page/page.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import type { PackLevel, PackReport, PackReportStep, UnplacedPod } from './pack-report.ts';

/** Why a pod has no node, in words. */
const REASONS: Readonly<Record<UnplacedPod['reason'], string>> = {
  'no-node-allowed': 'its rules exclude every node',
  'too-large': 'larger than every node it may run on',
  'no-room': 'no room beside pods of its priority or above',
  'not-considered': 'its rules towards other pods are not modelled',
};

/** A packing for a terminal: counts per priority, steps in order, pods left without a node; one sentence last. */
export function renderPack(report: PackReport, palette: Palette = PLAIN): string {
  return pageText(packPage(report), palette);
}

/** A packing for a pull request or an issue. */
export function renderPackMarkdown(report: PackReport): string {
  return pageMarkdown(packPage(report));
}

function packPage(report: PackReport): Page {
  return {
    title: 'Packing',
    head: [head(report)],
    parts: [
      levelTable(report),
      stepTable(report.steps),
      unplacedTable(report.unplaced),
      { kind: 'lines', title: 'Left aside', lines: report.considered.notConsidered },
    ],
    sentence: packSentence(report),
  };
}

/** The answer in one sentence. */
export function packSentence(report: PackReport): string {
  const gained = placedOf(report.levels) - report.levels.reduce((sum, level) => sum + level.placedBefore, 0);
  if (report.mode === 'online') {
    return `${plural(gained, 'pending pod')} of ${String(report.pods.pending)} placed one by one (${report.onlineRule ?? ''}), nothing moved, nothing proven.`;
  }
  if (report.alreadyOptimal) return 'Already optimal, proven: no placement has more pods by priority.';
  const runs = Math.abs(gained) === 1 ? 'runs' : 'run';
  const change =
    gained < 0
      ? `${plural(-gained, 'pod')} fewer ${runs}, for more important ones,`
      : `${plural(gained, 'more pod')} ${runs}`;
  const isBest =
    report.movesBound === report.moves ? 'proven fewest' : `at least ${String(report.movesBound)} needed`;
  const moves = `${plural(report.moves, 'move')} (${isBest})`;
  const proof = report.provenCounts ? 'counts proven optimal' : 'counts not proven optimal';
  const isSame = gained === 0 && report.moves === 0;
  return isSame ? `No better placement found; ${proof}.` : `${change} after ${moves}; ${proof}.`;
}

function head(report: PackReport): string {
  const { considered, staying, pending } = report.pods;
  return `${plural(report.nodes, 'node')}, ${plural(considered, 'pod')} (${String(pending)} pending), ${String(staying)} more stay where they are; by ${report.considered.resources.join(', ') || 'no resource that can run out'}`;
}

const RIGHT = { align: 'right' } as const;

function levelTable(report: PackReport): PagePart {
  return {
    kind: 'table',
    title: 'Pods by priority',
    columns: ['PRIORITY', 'PODS', 'RUN NOW', 'RUN THEN', 'AT MOST'].map((title) => ({ title, ...RIGHT })),
    rows: report.levels.map((level) =>
      [level.priority, level.pods, level.placedBefore, level.placed, level.bound ?? '-'].map(String),
    ),
  };
}

function stepTable(steps: readonly PackReportStep[]): PagePart {
  return {
    kind: 'table',
    title: 'Steps, in this order',
    columns: [
      { title: '#', ...RIGHT },
      { title: 'STEP' },
      { title: 'POD' },
      { title: 'FROM' },
      { title: 'TO' },
    ],
    rows: steps.map((step, index) => [
      String(index + 1),
      step.action === 'evict' && step.isPlacedLater === true ? 'evict for now' : step.action,
      step.pod,
      step.from ?? '',
      step.to ?? '',
    ]),
  };
}

function unplacedTable(pods: readonly UnplacedPod[]): PagePart {
  return {
    kind: 'table',
    title: 'Without a node',
    columns: [{ title: 'POD' }, { title: 'PRIORITY', ...RIGHT }, { title: 'WHY' }],
    rows: pods.map(({ pod, priority, reason }) => [pod, String(priority), REASONS[reason]]),
  };
}

function placedOf(levels: readonly PackLevel[]): number {
  return levels.reduce((sum, level) => sum + level.placed, 0);
}
