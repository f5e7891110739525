import { existsSync } from 'node:fs';
import path from 'node:path';
import { diffPlans } from '../plan/index.ts';
import type { PlanDiff } from '../plan/index.ts';
import type { EngineHost } from './messages.ts';
import { planFolder, readPlan } from './plan-folder.ts';
import type { PlannedStack } from './plan-stack.ts';

/**
 * What a plan changes against the one that lies where it is about to be written; undefined where there is none, or one that
 * cannot be read (writing replaces it).
 */
export async function changeOfWritten(
  { plan, manifests }: PlannedStack,
  output: string | undefined,
  host: EngineHost,
): Promise<PlanDiff | undefined> {
  const file = path.join(planFolder(plan.stack, output, host), 'plan.json');
  if (!existsSync(file)) return undefined;
  const before = await readPlan(file, host);
  if (!before.ok) return undefined;
  const objects = new Map(manifests.map((item) => [`manifests/${item.path}`, item.manifest]));
  return diffPlans(before.value, { plan, manifests: objects });
}
