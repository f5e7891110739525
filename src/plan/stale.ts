import { diagnostic } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import type { PlanInputs } from '../model/index.ts';
import { compareText } from '../units/index.ts';

/** An input of a plan whose value is no longer what it was when the plan was made. */
export interface ChangedInput {
  /** `problem`, `catalog`, `prices`, `coefficients`, `traffic`, `policies`, `tool`, `seed` or `flag --x`. */
  readonly input: string;
  readonly planned: string;
  readonly current: string;
}

/** Inputs that differ between two plans, or between a plan and the present, sorted by name; empty when fresh. */
export function changedInputs(planned: PlanInputs, current: PlanInputs): readonly ChangedInput[] {
  const before = flatten(planned);
  const after = flatten(current);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((input) => before.get(input) !== after.get(input))
    .sort(compareText)
    .map((input) => ({
      input,
      planned: before.get(input) ?? '(none)',
      current: after.get(input) ?? '(none)',
    }));
}

/** One `plan-stale` diagnostic that names every changed input; none when nothing changed. */
export function staleDiagnostics(changed: readonly ChangedInput[], planFile: string): readonly Diagnostic[] {
  if (changed.length === 0) return [];
  const names = changed.map((item) => item.input).join(', ');
  return [
    diagnostic('plan-stale', {
      summary: `${planFile} is stale: ${names} changed since it was made.`,
      detail: changed
        .map((item) => `${item.input}: ${short(item.planned)} → ${short(item.current)}`)
        .join('\n'),
      source: { file: planFile },
      fix: 'Run `plimsoll plan` again and review the difference.',
    }),
  ];
}

function flatten(inputs: PlanInputs): Map<string, string> {
  return new Map([
    ...Object.entries(inputs.hashes),
    ['tool', inputs.toolVersion],
    ['seed', String(inputs.seed)],
    ...Object.entries(inputs.flags).map(([name, value]): [string, string] => [`flag --${name}`, value]),
  ]);
}

function short(value: string): string {
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}
