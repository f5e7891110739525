import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { changedInputs, staleDiagnostics } from '../plan/index.ts';
import type { PlanDocument } from '../model/index.ts';
import { loadPacks } from './load-policies.ts';
import { loadStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';
import { recordedFlags } from './plan-flags.ts';
import { currentInputs } from './plan-stack.ts';
import { resolveStack } from './resolve-problem.ts';

/**
 * Compares a plan's inputs with what the same stack, catalogue, traffic, policies and program give now.
 * Nothing is optimised. Errors: `plan-stale`, naming every changed input; those of loading the stack.
 */
export async function checkFreshness(
  plan: PlanDocument,
  shown: string,
  host: EngineHost,
): Promise<Outcome<undefined>> {
  const { stackFile, flags } = plan.inputs;
  if (stackFile === 'stdin') {
    return failure(
      diagnostic('plan-stale', {
        summary: `${shown} was made from standard input; its stack cannot be checked.`,
        fix: 'Keep the stack in a file and plan again.',
      }),
    );
  }
  const loaded = await loadStack(path.resolve(host.workingDirectory, stackFile), host);
  if (!loaded.ok) return loaded;
  const resolved = await resolveStack(loaded.value, recordedFlags(flags), host);
  const packs = await loadPacks(loaded.value.problem.policies, loaded.value.folder, host);
  if (!resolved.ok || !packs.ok) return failure(...resolved.diagnostics, ...packs.diagnostics);
  const current = currentInputs({ stack: loaded.value, resolved: resolved.value, packs: packs.value }, flags);
  const stale = staleDiagnostics(changedInputs(plan.inputs, current), shown);
  return stale.length > 0 ? failure(...stale) : success(undefined);
}
