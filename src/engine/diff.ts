import { readFileSync } from 'node:fs';
import path from 'node:path';
import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { diffPlans } from '../plan/index.ts';
import type { PlainManifest, PlanDiff, PlanWithObjects } from '../plan/index.ts';
import { loadStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';
import { recordedFlags } from './plan-flags.ts';
import { planFolder, readPlan } from './plan-folder.ts';
import { planStack } from './plan-stack.ts';
import type { PlanOptions, PlannedStack } from './plan-stack.ts';

/** A comparison and what was compared. */
export interface Comparison {
  readonly before: string;
  readonly after: string;
  readonly diff: PlanDiff;
}

/**
 * Whether a path names a stack (a module, or a problem in YAML or JSON) rather than a plan. A JSON file is told by its
 * content: problems have an `apiVersion`, plans a `formatVersion`.
 */
export function isStackPath(target: string, host: EngineHost): boolean {
  if (target === '-' || /\.([mc]?[tj]s|ya?ml)$/.test(target)) return true;
  return path.extname(target) === '.json' && holdsProblem(path.resolve(host.workingDirectory, target));
}

function holdsProblem(file: string): boolean {
  try {
    return 'apiVersion' in (JSON.parse(readFileSync(file, 'utf8')) as object);
  } catch {
    return false;
  }
}

/**
 * Compares two plans, or a stack with its committed plan; the latter plans with the flags recorded there, unless others are given.
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
  const loaded = await loadStack(target, host, options.stdin);
  if (!loaded.ok) return loaded;
  const before = await readPlan(planFolder(loaded.value.problem.name, undefined, host), host);
  if (!before.ok) return before;
  const after = await planStack(
    target,
    { ...recordedFlags(before.value.plan.inputs.flags), ...options },
    host,
  );
  if (!after.ok) return after;
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
  if (!isStackPath(target, host)) return readPlan(target, host);
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
