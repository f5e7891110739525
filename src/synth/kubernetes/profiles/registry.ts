import { diagnostic, failure, success, suggestion } from '../../../diagnostics/index.ts';
import type { Outcome } from '../../../diagnostics/index.ts';
import { DYNAMO } from './dynamo.ts';
import { KSERVE } from './kserve.ts';
import { LLM_D } from './llm-d.ts';
import type { TargetProfile } from './target-profile.ts';
import { VANILLA } from './vanilla.ts';

/** The target profiles, sorted by name. */
export const TARGET_PROFILES: readonly TargetProfile[] = [DYNAMO, KSERVE, LLM_D, VANILLA];

/** The profile of a name. Errors: `synth-unknown-profile`, with the closest name. */
export function findTargetProfile(name: string): Outcome<TargetProfile> {
  const found = TARGET_PROFILES.find((profile) => profile.name === name);
  if (found !== undefined) return success(found);
  const names = TARGET_PROFILES.map((profile) => profile.name);
  return failure(
    diagnostic('synth-unknown-profile', {
      summary: `There is no target profile "${name}".`,
      path: 'profile',
      fix: suggestion(name, names, `Use one of: ${names.join(', ')}.`),
    }),
  );
}
