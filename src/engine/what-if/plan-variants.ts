import { failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { Decision, PlanDocument, ResolvedProblem } from '../../model/index.ts';
import { withReplays } from '../../optimize/index.ts';
import { loadPacks } from '../load-policies.ts';
import type { LoadedStack } from '../load-stack.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import type { PlanFlags } from '../plan-flags.ts';
import { draftPlan } from '../plan-stack.ts';
import { plannedTraffic, resolveStack } from '../resolve-problem.ts';
import { recordedTraces } from '../spot-records/recorded-risk.ts';
import type { PlanningCrew } from './planning-crew.ts';
import type { Answer } from './question.ts';
import { varyStack, withPriceFactors } from './vary-stack.ts';
import type { VariedStack } from './vary-stack.ts';
import type { Variant } from './variants.ts';

/** A variant and what came of planning it. */
export interface PlannedVariant {
  readonly name: string;
  readonly varied: VariedStack;
  /** Absent where planning failed for another reason than that nothing is feasible. */
  readonly decision?: Decision;
  /** Absent where nothing is feasible, or planning failed. */
  readonly plan?: PlanDocument;
  /** Problems of this variant alone. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A stack joined with the catalogue, whose variants are planned. */
export interface VariableStack {
  readonly stack: LoadedStack;
  readonly resolved: ResolvedProblem;
  readonly flags: PlanFlags;
}

/** A variant that is ready to be planned. */
interface Prepared {
  readonly name: string;
  readonly varied: VariedStack;
  readonly resolved: ResolvedProblem;
}

/**
 * Plans variants of a stack, equal ones once, and shares measurements among them. Nothing is written. The answers do not depend on the crew.
 * Errors: those of reading and resolving the variants, all at once and before anything is planned; later ones are told with their variant.
 */
export async function planVariants(
  base: VariableStack,
  variants: readonly Variant[],
  work: { readonly crew: PlanningCrew; readonly host: EngineHost; readonly isExplained?: boolean },
): Promise<Outcome<readonly PlannedVariant[]>> {
  const prepared = await prepareAll(base, variants, work.host);
  if (!prepared.ok) return prepared;
  const distinct = [...new Map(prepared.value.map((item) => [item.varied.key, item])).values()];
  const { solver, timeLimitSeconds, maxWindows } = base.flags;
  const answers = await work.crew.decide(
    distinct.map(({ resolved }) => ({
      resolved,
      coefficients: base.stack.coefficients,
      flags: {
        ...(solver === undefined ? {} : { solver }),
        ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
        ...(maxWindows === undefined ? {} : { maxWindows }),
      },
      isExplained: work.isExplained ?? false,
    })),
    progressOf(distinct, work.host),
  );
  const planned = new Map<string, PlannedVariant>();
  for (const [index, item] of distinct.entries()) {
    const answer = answers[index];
    if (answer !== undefined) planned.set(item.varied.key, await draftVariant(base, item, answer, work.host));
  }
  return success(
    prepared.value.flatMap(({ name, varied }) => {
      const found = planned.get(varied.key);
      return found === undefined ? [] : [{ ...found, name, varied }];
    }),
    prepared.diagnostics,
  );
}

async function prepareAll(
  base: VariableStack,
  variants: readonly Variant[],
  host: EngineHost,
): Promise<Outcome<readonly Prepared[]>> {
  const meanRates = new Map(plannedTraffic(base.resolved).map((item) => [item.workload, item.meanRate]));
  const prepared: Prepared[] = [];
  const diagnostics: Diagnostic[] = [];
  const known = new Map<string, ResolvedProblem>();
  for (const variant of variants) {
    const varied = varyStack(base.stack, variant, meanRates);
    diagnostics.push(...varied.diagnostics.filter((item) => !varied.ok || item.severity === 'error'));
    if (!varied.ok) continue;
    const { stack, prices, key } = varied.value;
    const resolved = known.get(key) ?? (await resolveVaried(base, stack, { host, diagnostics }));
    if (resolved === undefined) continue;
    known.set(key, resolved);
    prepared.push({
      name: variant.name,
      varied: varied.value,
      resolved: withPriceFactors(resolved, prices),
    });
  }
  return prepared.length === variants.length ? success(prepared) : failure(...diagnostics);
}

async function resolveVaried(
  base: VariableStack,
  stack: LoadedStack,
  { host, diagnostics }: { readonly host: EngineHost; readonly diagnostics: Diagnostic[] },
): Promise<ResolvedProblem | undefined> {
  if (stack === base.stack) return base.resolved;
  const resolved = await resolveStack(stack, base.flags, host);
  if (resolved.ok) return resolved.value;
  diagnostics.push(...resolved.diagnostics.filter((item) => item.severity === 'error'));
  return undefined;
}

/** Tells the share of all variants that is done, and the one that was last heard of. */
function progressOf(
  variants: readonly Prepared[],
  host: EngineHost,
): (index: number, stage: string, share: number) => void {
  const shares = variants.map(() => 0);
  return (index, stage, share) => {
    shares[index] = Math.max(shares[index] ?? 0, share);
    const done = shares.filter((item) => item === 1).length;
    const whole = shares.reduce((sum, item) => sum + item, 0) / Math.max(1, shares.length);
    const detail = stage === 'done' ? '' : `${variants[index]?.name ?? ''}, ${stage}`;
    progress(host, 'what-if', detail, [done, shares.length, whole]);
  };
}

async function draftVariant(
  base: VariableStack,
  { name, varied, resolved }: Prepared,
  answer: Answer,
  host: EngineHost,
): Promise<PlannedVariant> {
  const { stack } = varied;
  if (!answer.ok) return { name, varied, diagnostics: answer.diagnostics };
  const { offerings } = resolved;
  const decision = withReplays(answer.decision, offerings, recordedTraces(offerings, stack.spot));
  if (decision.status === 'infeasible') return { name, varied, decision, diagnostics: [] };
  const quiet: EngineHost = { ...host, emit: () => undefined };
  const packs = await loadPacks(stack.problem.policies, stack.folder, quiet);
  if (!packs.ok) return { name, varied, diagnostics: packs.diagnostics };
  const drafted = draftPlan({ stack, resolved, packs: packs.value, decision }, base.flags, quiet);
  return drafted.ok
    ? { name, varied, decision, plan: drafted.value.plan, diagnostics: drafted.diagnostics }
    : { name, varied, diagnostics: drafted.diagnostics };
}
