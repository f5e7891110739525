import { readFileSync } from 'node:fs';
import path from 'node:path';
import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { diffPlans, emptyPlan } from '../plan/index.ts';
import type { PlanDocument } from '../model/index.ts';
import type { PlainManifest, PlanDiff, PlanWithObjects } from '../plan/index.ts';
import { displayPath } from './files.ts';
import { loadStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';
import { recordedFlags } from './plan-flags.ts';
import { planFolder, readPlan } from './plan-folder.ts';
import type { StoredPlan } from './plan-folder.ts';
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

/** What may be said about a comparison beside how stacks are planned. */
export interface ComparisonOptions extends PlanOptions {
  /** Whether a plan that does not exist counts as one that runs nothing; default false. */
  readonly allowMissing?: boolean;
}

/**
 * Compares two plans, or a stack with its committed plan; the latter plans with the flags recorded there, unless others are given,
 * and from that plan where it was itself planned from an earlier one.
 * @param targets one stack (compared with `plans/<stack>`), or two of plan files, plan folders and stacks: before, after
 * Errors: those of planning and of reading plans; `plan-not-found` also with `allowMissing` where both are missing.
 */
export async function comparePlans(
  targets: readonly [string, ...string[]],
  options: ComparisonOptions,
  host: EngineHost,
): Promise<Outcome<Comparison>> {
  const [first, second] = targets;
  if (second === undefined) return compareWithCommitted(first, options, host);
  const before = await load(first, options, host);
  const after = await load(second, options, host);
  const known = options.allowMissing === true ? filled(before, after) : both(before, after);
  if (!known.ok) return known;
  const { was, is } = known.value;
  return success({ before: first, after: second, diff: diffPlans(was, is) }, known.diagnostics);
}

type Loaded = Outcome<PlanWithObjects>;
type Pair = Outcome<{ readonly was: PlanWithObjects; readonly is: PlanWithObjects }>;

function both(before: Loaded, after: Loaded): Pair {
  const diagnostics = [...before.diagnostics, ...after.diagnostics];
  return before.ok && after.ok
    ? success({ was: before.value, is: after.value }, diagnostics)
    : failure(...diagnostics);
}

/** Both sides; one that does not exist runs nothing. */
function filled(before: Loaded, after: Loaded): Pair {
  if (before.ok && isMissing(after)) return both(before, success(nothingLike(before.value)));
  if (after.ok && isMissing(before)) return both(success(nothingLike(after.value)), after);
  return both(before, after);
}

function isMissing(loaded: Outcome<unknown>): boolean {
  return !loaded.ok && loaded.diagnostics.every((item) => item.code === 'plan-not-found');
}

function nothingLike({ plan }: PlanWithObjects): PlanWithObjects {
  return { plan: emptyPlan(plan), manifests: new Map() };
}

async function compareWithCommitted(
  target: string,
  options: ComparisonOptions,
  host: EngineHost,
): Promise<Outcome<Comparison>> {
  const loaded = await loadStack(target, host, options.stdin);
  if (!loaded.ok) return loaded;
  const folder = planFolder(loaded.value.problem.name, undefined, host);
  const before = await readPlan(folder, host);
  const isNew = options.allowMissing === true && isMissing(before);
  if (!before.ok && !isNew) return before;
  const planned = await planStack(
    target,
    { ...(before.ok ? committedFlags(before.value) : {}), ...options },
    host,
  );
  if (!planned.ok) return planned;
  const after = withObjects(planned.value);
  const [was, shown] = before.ok
    ? [before.value, before.value.shown]
    : [nothingLike(after), displayPath(folder, host.workingDirectory)];
  const is = options.previous === undefined ? asRecorded(was.plan, after) : after;
  return success({ before: shown, after: target, diff: diffPlans(was, is) }, [
    ...(before.ok ? before.diagnostics : []),
    ...planned.diagnostics,
  ]);
}

/** How the committed plan would be made again: with its flags, and from itself where it was made from an earlier plan. */
function committedFlags({ plan, shown }: StoredPlan): PlanOptions {
  const { flags } = plan.inputs;
  return { ...recordedFlags(flags), ...(flags['previous'] === undefined ? {} : { previous: shown }) };
}

/** A plan that was made from the one it is compared with names the same earlier plan: which it was is no difference. */
function asRecorded({ inputs }: PlanDocument, { plan, manifests }: PlanWithObjects): PlanWithObjects {
  const { previous, 'previous-sha256': hash } = inputs.flags;
  if (previous === undefined || hash === undefined) return { plan, manifests };
  const flags = { ...plan.inputs.flags, previous, 'previous-sha256': hash };
  return { plan: { ...plan, inputs: { ...plan.inputs, flags } }, manifests };
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
