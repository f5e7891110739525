import { success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { PlanDocument, PlanInputs } from '../model/index.ts';
import type { PreviousDecision } from '../optimize/index.ts';
import { serializePlan, textHash } from '../plan/index.ts';
import type { EngineHost } from './messages.ts';
import { readPlan } from './plan-folder.ts';

/** A plan that another is made from, with the hash (SHA-256, hex) that the new one records. */
export interface PreviousPlan {
  readonly plan: PlanDocument;
  readonly hash: string;
}

/** Reads the plan that services are planned again from; undefined where none is named. Errors: those of `readPlan`. */
export async function loadPrevious(
  target: string | undefined,
  host: EngineHost,
): Promise<Outcome<PreviousPlan | undefined>> {
  if (target === undefined) return success(undefined);
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const { plan } = stored.value;
  return success({ plan, hash: textHash(serializePlan(plan)) }, stored.diagnostics);
}

/** Flags that decide nothing about what runs where. */
const IDLE_FLAGS: ReadonlySet<string> = new Set(['previous', 'previous-sha256', 'profile']);

/** The decision of an earlier plan, with what the hashes of its inputs prove. A plan of another program version proves nothing. */
export function previousDecision({ plan }: PreviousPlan, current: PlanInputs): PreviousDecision {
  const { hashes, toolVersion, seed, flags } = plan.inputs;
  const isSame = (names: readonly (keyof PlanInputs['hashes'])[]): boolean =>
    names.every((name) => hashes[name] === current.hashes[name]);
  const isSameProgram = toolVersion === current.toolVersion;
  return {
    decision: plan.decision,
    hasSameOfferings: isSameProgram && isSame(['catalog', 'prices']),
    hasSameInputs:
      isSameProgram &&
      seed === current.seed &&
      decisiveFlags(flags) === decisiveFlags(current.flags) &&
      isSame(['problem', 'catalog', 'prices', 'coefficients', 'traffic']),
  };
}

function decisiveFlags(flags: PlanInputs['flags']): string {
  return JSON.stringify(
    Object.entries(flags)
      .filter(([name]) => !IDLE_FLAGS.has(name))
      .sort(),
  );
}
