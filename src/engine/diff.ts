import path from 'node:path';
import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { diffPlans } from '../plan/index.ts';
import type { PlainManifest, PlanDiff, PlanWithObjects } from '../plan/index.ts';
import type { EngineHost } from './messages.ts';
import { planFolder, readPlan } from './plan-folder.ts';
import { planStack } from './plan-stack.ts';
import type { PlanOptions, PlannedStack } from './plan-stack.ts';

/** A comparison and what was compared. */
export interface Comparison {
  readonly before: string;
  readonly after: string;
  readonly diff: PlanDiff;
}

/** Whether a path names a stack (a module or a problem in YAML) rather than a plan. */
export function isStackPath(target: string): boolean {
  return (
    /\.([mc]?[tj]s|ya?ml)$/.test(target) ||
    target === '-' ||
    (path.extname(target) === '.json' &&
      path.basename(target) !== 'plan.json' &&
      /problem/.test(path.basename(target)))
  );
}

/**
 * Compares two plans, or a stack with its committed plan.
 * @param targets one stack (compared with `plans/<stack>`), or two of plan files, plan folders and stacks: before, after
 */
export async function comparePlans(
  targets: readonly [string, ...string[]],
  options: PlanOptions,
  host: EngineHost,
): Promise<Outcome<Comparison>> {
  const [first, second] = targets;
  if (second === undefined) return compareWithCommitted(first, options, host);
  const before = await load(first, options, host);
  const after = await load(second, options, host);
  if (!before.ok || !after.ok) return failure(...before.diagnostics, ...after.diagnostics);
  return success({ before: first, after: second, diff: diffPlans(before.value, after.value) }, [
    ...before.diagnostics,
    ...after.diagnostics,
  ]);
}

async function compareWithCommitted(
  target: string,
  options: PlanOptions,
  host: EngineHost,
): Promise<Outcome<Comparison>> {
  const after = await planStack(target, options, host);
  if (!after.ok) return after;
  const committed = planFolder(after.value.plan.stack, undefined, host);
  const before = await readPlan(committed, host);
  if (!before.ok) return failure(...before.diagnostics);
  return success(
    { before: before.value.shown, after: target, diff: diffPlans(before.value, withObjects(after.value)) },
    [...before.diagnostics, ...after.diagnostics],
  );
}

async function load(
  target: string,
  options: PlanOptions,
  host: EngineHost,
): Promise<Outcome<PlanWithObjects>> {
  if (!isStackPath(target)) return readPlan(target, host);
  const planned = await planStack(target, options, host);
  return planned.ok ? success(withObjects(planned.value), planned.diagnostics) : planned;
}

/** A freshly made plan as it would be read back from disk. */
export function withObjects(planned: PlannedStack): PlanWithObjects {
  const manifests = planned.manifests.map((file): [string, PlainManifest] => [
    `manifests/${file.path}`,
    file.manifest,
  ]);
  return { plan: planned.plan, manifests: new Map(manifests) };
}
