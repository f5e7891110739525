import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { checkRules } from '../policy/index.ts';
import { loadPacks } from './load-policies.ts';
import { loadStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';
import { resolveStack } from './resolve-problem.ts';

/** What a valid stack declares, counted. */
export interface ValidStack {
  readonly stack: string;
  readonly workloads: number;
  readonly services: number;
  /** As declared; one that chooses among many instance types counts once. */
  readonly pools: number;
  readonly offerings: number;
  readonly policies: number;
  readonly rules: number;
}

/**
 * Checks a stack without planning: loads it, looks every name up in the catalogue, reads its traffic and its policies.
 * Reports all problems of all parts together.
 */
export async function validateStack(
  file: string,
  host: EngineHost,
  stdin?: string,
): Promise<Outcome<ValidStack>> {
  const loaded = await loadStack(file, host, stdin);
  if (!loaded.ok) return loaded;
  const resolved = await resolveStack(loaded.value, {}, host);
  const packs = await loadPacks(loaded.value.problem.policies, loaded.value.folder, host);
  const diagnostics = [...loaded.diagnostics, ...resolved.diagnostics, ...packs.diagnostics];
  if (!resolved.ok || !packs.ok) return failure(...diagnostics);
  const { problem } = loaded.value;
  const rules = checkRules(problem.policies, packs.value);
  if (!rules.ok) return failure(...diagnostics, ...rules.diagnostics);
  return success(
    {
      stack: problem.name,
      workloads: problem.workloads.length,
      services: problem.services.length,
      pools: problem.pools.length + problem.mixes.length,
      offerings: resolved.value.offerings.length,
      policies: problem.policies.length,
      rules: rules.value,
    },
    [...diagnostics, ...rules.diagnostics],
  );
}
