import { plural } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
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
  const sections = [
    head(report, palette),
    levelTable(report),
    section('Steps, in this order', stepTable(report.steps), palette),
    section('Without a node', unplacedTable(report.unplaced), palette),
    section('Left aside', report.considered.notConsidered.map((line) => `- ${line}`).join('\n'), palette),
    palette.bold(packSentence(report)),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
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

function head(report: PackReport, palette: Palette): string {
  const { considered, staying, pending } = report.pods;
  return `${palette.bold('Packing')}  ${plural(report.nodes, 'node')}, ${plural(considered, 'pod')} (${String(pending)} pending), ${String(staying)} more stay where they are; by ${report.considered.resources.join(', ') || 'no resource that can run out'}`;
}

function levelTable(report: PackReport): string {
  const right = { align: 'right' } as const;
  return renderTable(
    [
      { title: 'priority', ...right },
      { title: 'pods', ...right },
      { title: 'run now', ...right },
      { title: 'run then', ...right },
      { title: 'at most', ...right },
    ],
    report.levels.map((level) =>
      [level.priority, level.pods, level.placedBefore, level.placed, level.bound ?? '-'].map(String),
    ),
  );
}

function stepTable(steps: readonly PackReportStep[]): string {
  return renderTable(
    [{ title: '#', align: 'right' }, { title: 'step' }, { title: 'pod' }, { title: 'from' }, { title: 'to' }],
    steps.map((step, index) => [
      String(index + 1),
      step.action === 'evict' && step.isPlacedLater === true ? 'evict for now' : step.action,
      step.pod,
      step.from ?? '',
      step.to ?? '',
    ]),
  );
}

function unplacedTable(pods: readonly UnplacedPod[]): string {
  return renderTable(
    [{ title: 'pod' }, { title: 'priority', align: 'right' }, { title: 'why' }],
    pods.map(({ pod, priority, reason }) => [pod, String(priority), REASONS[reason]]),
  );
}

function section(title: string, text: string, palette: Palette): string {
  return text === '' ? '' : `${palette.bold(title)}\n${text}`;
}

function placedOf(levels: readonly PackLevel[]): number {
  return levels.reduce((sum, level) => sum + level.placed, 0);
}
