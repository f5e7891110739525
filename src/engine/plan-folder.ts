import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { PlanDocument } from '../model/index.ts';
import { parsePlan, serializePlan, textHash } from '../plan/index.ts';
import type { PlainManifest, PlanWithObjects } from '../plan/index.ts';
import { renderPlanMarkdown } from '../report/index.ts';
import type { SynthesizedFile } from '../synth/index.ts';
import { displayPath, readTextFile } from './files.ts';
import { parseLocated } from './load-document.ts';
import type { EngineHost } from './messages.ts';
import { writeFolder } from './write-folder.ts';

/** Folder below which plans are committed, one folder per stack. */
export const PLANS_FOLDER = 'plans';

/** A plan read from disk with the objects beside it. */
export interface StoredPlan extends PlanWithObjects {
  /** Path of `plan.json` as people see it. */
  readonly shown: string;
  /** Absolute folder of the plan. */
  readonly folder: string;
}

/** The absolute folder a stack's plan is written to: `output` when given, `plans/<stack>` otherwise. */
export function planFolder(stack: string, output: string | undefined, host: EngineHost): string {
  return path.resolve(host.workingDirectory, output ?? path.join(PLANS_FOLDER, stack));
}

/** Where a plan is written. */
export interface PlanPlacement {
  /** Absolute. */
  readonly folder: string;
  readonly host: EngineHost;
  /** Texts of further files, by name. */
  readonly beside?: ReadonlyMap<string, string>;
}

/** Writes a plan, its manifests and its report, replacing earlier ones as a whole. Errors: `plan-write-failed`. */
export async function writePlan(
  plan: PlanDocument,
  manifests: readonly SynthesizedFile[],
  { folder, host, beside }: PlanPlacement,
): Promise<Outcome<undefined>> {
  const contents = new Map([
    ...(beside ?? []),
    ...manifests.map((file): [string, string] => [`manifests/${file.path}`, file.text]),
    ['report.md', renderPlanMarkdown(plan)],
    ['plan.json', serializePlan(plan)],
  ]);
  return writeFolder(folder, contents, { shown: displayPath(folder, host.workingDirectory) });
}

/** The path of the plan file that `target` means: itself, `plan.json` inside a folder, or `plans/<name>/plan.json` for a bare name. */
export function planFile(target: string, host: EngineHost): string {
  const absolute = path.resolve(host.workingDirectory, target);
  if (existsSync(absolute) && statSync(absolute).isDirectory()) return path.join(absolute, 'plan.json');
  const byName = path.resolve(host.workingDirectory, PLANS_FOLDER, target, 'plan.json');
  return !existsSync(absolute) && /^[a-z0-9-]+$/.test(target) && existsSync(byName) ? byName : absolute;
}

/**
 * Reads a plan and the manifests it lists. A manifest that is absent is left out, one whose bytes changed is kept;
 * both are reported as warnings.
 * Errors: `plan-not-found`, `plan-invalid`, `plan-unsupported-version`, `engine-file-*`.
 */
export async function readPlan(target: string, host: EngineHost): Promise<Outcome<StoredPlan>> {
  const file = planFile(target, host);
  const shown = displayPath(file, host.workingDirectory);
  const text = await readTextFile(file, shown, 'plan-not-found');
  if (!text.ok) return text;
  const plan = parsePlan(text.value, shown);
  if (!plan.ok) return plan;
  const folder = path.dirname(file);
  const manifests = new Map<string, PlainManifest>();
  const diagnostics: Diagnostic[] = [];
  for (const object of plan.value.objects) {
    const read = await readManifest(folder, object, host);
    diagnostics.push(...read.diagnostics);
    if (read.ok) manifests.set(object.path, read.value);
  }
  return success({ plan: plan.value, manifests, shown, folder }, diagnostics);
}

async function readManifest(
  folder: string,
  object: PlanDocument['objects'][number],
  host: EngineHost,
): Promise<Outcome<PlainManifest>> {
  const absolute = path.resolve(folder, ...object.path.split('/'));
  const shown = displayPath(absolute, host.workingDirectory);
  if (path.relative(folder, absolute).startsWith('..')) {
    return failure(
      diagnostic('plan-invalid', {
        summary: `The plan names ${object.path}, which lies outside its folder.`,
        path: object.path,
      }),
    );
  }
  const text = await readTextFile(absolute, shown);
  if (!text.ok)
    return failure(...text.diagnostics.map((item) => ({ ...item, severity: 'warning' as const })));
  const parsed = parseLocated(text.value, shown);
  if (!parsed.ok) return parsed;
  const isChanged = textHash(text.value) !== object.sha256;
  const warnings = isChanged
    ? [
        diagnostic('plan-stale', {
          severity: 'warning',
          summary: `${shown} was edited after the plan was written.`,
          source: { file: shown },
          fix: 'Manifests come from the plan; run `plimsoll synth` to restore them, or change the stack.',
        }),
      ]
    : [];
  return success(parsed.value.value as PlainManifest, warnings);
}
