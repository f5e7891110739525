import { escapeMarkdown, fenced, fold } from '../markdown/markdown.ts';
import { plural } from '../phrases.ts';
import { changeLines } from '../text/diff-lines.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import type { AppliedObject, ApplyReport } from './apply-report.ts';

/** What `apply` did or would do, for a terminal: objects by step, then one sentence. */
export function renderApply(report: ApplyReport, palette: Palette = PLAIN): string {
  // Who declined has just seen the objects.
  const sections = report.outcome === 'declined' ? [] : objectSections(report, palette);
  return `${[...sections, palette.bold(applySentence(report))].join('\n\n')}\n`;
}

/** The same for a pull request or an issue: the sentence first, the objects folded. */
export function renderApplyMarkdown(report: ApplyReport): string {
  const objects = objectSections(report, PLAIN).join('\n\n');
  const parts = [
    `## Apply of ${escapeMarkdown(report.stack)}`,
    `**${escapeMarkdown(applySentence(report))}**`,
    objects === '' ? '' : fold('Objects', fenced(objects)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Objects that are not as they are already, by step. */
function objectSections(report: ApplyReport, palette: Palette): readonly string[] {
  const shown = report.objects.filter((object) => object.action !== 'unchanged');
  const names = [...new Set(shown.map((object) => object.step))];
  return names.map((name) => {
    const lines = shown
      .filter((object) => object.step === name)
      .map((object) => objectLines(object, palette));
    return `${palette.bold(name === '' ? 'kept' : name)}${stateWords(report, name)}\n${lines.join('\n').replaceAll(/^(?=.)/gm, '  ')}`;
  });
}

/** One sentence: what was created, changed, deleted, and where it stopped. */
export function applySentence(report: ApplyReport): string {
  const { objects, mode, outcome, stack, cluster, steps } = report;
  const wasTried = ['complete', 'stopped', 'interrupted'].includes(outcome);
  const count = (action: AppliedObject['action'], fate?: AppliedObject['fate']): number =>
    objects.filter((object) => object.action === action && (fate === undefined || object.fate === fate))
      .length;
  if (mode === 'client') {
    return `${plural(objects.length, 'object')} of ${stack} in this order; no cluster was asked and nothing was written.`;
  }
  const fate = wasTried ? 'done' : undefined;
  const verb = wasTried ? '' : 'to ';
  const counts = [
    `${count('create', fate)} ${verb}${wasTried ? 'created' : 'create'}`,
    `${count('change', fate)} ${verb}${wasTried ? 'changed' : 'change'}`,
    `${count('delete', fate)} ${verb}${wasTried ? 'deleted' : 'delete'}`,
    `${count('unchanged')} unchanged`,
  ].join(', ');
  const stopped = steps.find((step) => step.state === 'stopped')?.name ?? '';
  const left = objects.filter((object) => object.fate === 'failed' || object.fate === 'not-done').length;
  const rest = `${left === 0 ? 'not all are ready' : `${plural(left, 'object')} not done`}; apply again to go on`;
  switch (outcome) {
    case 'complete':
      return `Applied ${stack} to ${cluster}: ${counts}.`;
    case 'unchanged':
      return `${stack} is applied to ${cluster} already: ${counts}.`;
    case 'previewed':
      return `${stack} on ${cluster}: ${counts}; nothing was written.`;
    case 'declined':
    case 'refused':
      return `${stack} was not applied to ${cluster}: ${counts}; nothing was written.`;
    case 'stopped':
      return `Stopped at ${stopped || 'the start'} on ${cluster}: ${counts}, ${rest}.`;
    case 'interrupted':
      return `Interrupted at ${stopped || 'the start'} on ${cluster}: ${counts}, ${rest}.`;
  }
}

function stateWords({ outcome, steps }: ApplyReport, name: string): string {
  if (outcome !== 'stopped' && outcome !== 'interrupted') return '';
  const state = steps.find((step) => step.name === name)?.state;
  return state === undefined || state === 'done'
    ? ''
    : ` (${state === 'stopped' ? 'stopped here' : 'not started'})`;
}

function objectLines(object: AppliedObject, palette: Palette): string {
  const { kind, namespace, name, action, fate } = object;
  const failed = fate === 'failed' ? palette.bad(' failed') : '';
  const words = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${failed}`;
  switch (action) {
    case 'create':
    case 'write':
      return palette.good(`+ ${words}`);
    case 'delete':
      return palette.bad(`- ${words}`);
    case 'keep':
    case 'unchanged':
      return palette.dim(`= ${words}`);
    case 'change':
      return [
        palette.caution(`~ ${words}`),
        ...object.changes.flatMap((change) => changeLines(change, palette)).map((line) => `    ${line}`),
      ].join('\n');
  }
}
