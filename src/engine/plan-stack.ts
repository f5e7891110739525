import path from 'node:path';
import { priceDates } from '../catalog/index.ts';
import { priceDecision } from '../cost/index.ts';
import { DiagnosticError, diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type {
  BindingConstraint,
  Decision,
  PlanDocument,
  PlanInputs,
  ResolvedProblem,
} from '../model/index.ts';
import { keptDecision, optimize, withReplays } from '../optimize/index.ts';
import type { PreviousDecision, ProgressEvent } from '../optimize/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { buildPlan, hashInputs, textHash } from '../plan/index.ts';
import { evaluatePolicies } from '../policy/index.ts';
import type { RulePack } from '../policy/index.ts';
import { formatPercent, formatUsd } from '../units/index.ts';
import { fileOfObject, synthesize } from '../synth/index.ts';
import type { SynthesizedFile } from '../synth/index.ts';
import { confidenceAssumptions, correctionAssumptions, listAssumptions } from './assumptions.ts';
import { decideWithConfidence, safetyErrors } from './confidence.ts';
import { loadPacks } from './load-policies.ts';
import { loadStack } from './load-stack.ts';
import type { LoadedStack } from './load-stack.ts';
import { gatherCrewFor } from './measuring/gather-crew.ts';
import type { GatheredCrew, MeasuringOptions } from './measuring/gather-crew.ts';
import { progress } from './messages.ts';
import type { EngineHost } from './messages.ts';
import { toolVersion } from './package-root.ts';
import { loadPrevious, previousDecision } from './previous-plan.ts';
import { recordFlags } from './plan-flags.ts';
import type { PlanFlags } from './plan-flags.ts';
import { recordedOfferings } from './recorded-offerings.ts';
import { plannedServiceTraffic, plannedTraffic, resolveStack } from './resolve-problem.ts';
import { recordedTraces } from './spot-records/recorded-risk.ts';
import { replayRemarks } from './spot-records/replay-remarks.ts';

/** How a stack is planned. */
export interface PlanOptions extends PlanFlags, MeasuringOptions {
  /** Text of standard input, when the stack is `-`. */
  readonly stdin?: string;
}

/** A plan with its objects, not yet written anywhere. */
export interface PlannedStack {
  readonly stack: LoadedStack;
  readonly plan: PlanDocument;
  readonly manifests: readonly SynthesizedFile[];
}

/** Default target profile. */
export const DEFAULT_PROFILE = 'vanilla';

/**
 * Plans a stack: load, resolve, optimise, price, synthesise, judge. Nothing is written.
 * An infeasible problem fails with `optimize-*` diagnostics that name the binding constraints and the nearest relaxation;
 * a plan with mandatory violations is a value whose `applicable` is false, with `policy-violation` among the diagnostics.
 */
export async function planStack(
  file: string,
  options: PlanOptions,
  host: EngineHost,
): Promise<Outcome<PlannedStack>> {
  const loaded = await loadStack(file, host, options.stdin);
  if (!loaded.ok) return loaded;
  const resolved = await resolveStack(loaded.value, options, host);
  const packs = await loadPacks(loaded.value.problem.policies, loaded.value.folder, host);
  const early = [...loaded.diagnostics, ...resolved.diagnostics, ...packs.diagnostics];
  if (!resolved.ok || !packs.ok) return failure(...early);

  const { coefficients } = loaded.value;
  const before = await loadPrevious(options.previous, host);
  if (!before.ok) return failure(...early, ...before.diagnostics);
  const sources = { stack: loaded.value, resolved: resolved.value, packs: packs.value };
  const previous =
    before.value === undefined
      ? {}
      : { previous: previousDecision(before.value, currentInputs(sources, recordFlags(options))) };
  const decided = await decide({ resolved: resolved.value, coefficients, ...previous }, options, host);
  if (!decided.ok) return failure(...early, ...decided.diagnostics);
  const { offerings } = resolved.value;
  const decision = withReplays(decided.value, offerings, recordedTraces(offerings, loaded.value.spot));
  if (decision.status === 'infeasible')
    return failure(...early, ...decided.diagnostics, ...infeasibleDiagnostics(decision, loaded.value));
  const drafted = draftPlan(
    { ...sources, decision, ...(before.value === undefined ? {} : { previousHash: before.value.hash }) },
    options,
    host,
  );
  return drafted.ok
    ? success(drafted.value, [
        ...[...early, ...decided.diagnostics, ...replayRemarks(decision)],
        ...drafted.diagnostics,
      ])
    : failure(...early, ...decided.diagnostics, ...drafted.diagnostics);
}

/** What is decided about. */
interface Question {
  readonly resolved: ResolvedProblem;
  readonly coefficients: OperatorCoefficients;
  readonly previous?: PreviousDecision;
}

/** The decision by the crews that the options ask for; warnings tell what they could not keep. */
async function decide(
  question: Question,
  options: PlanOptions,
  host: EngineHost,
): Promise<Outcome<Decision>> {
  const crew = gatherCrewFor(options, host);
  if (!crew.ok) return crew;
  let warnings: readonly Diagnostic[] = [];
  const decided = await decideBy(crew.value, question, { options, host }).finally(async () => {
    warnings = await crew.value.close();
  });
  const diagnostics = [...crew.diagnostics, ...warnings, ...decided.diagnostics];
  return decided.ok ? success(decided.value, diagnostics) : failure(...diagnostics);
}

async function decideBy(
  { gatherCrew }: GatheredCrew,
  { resolved, coefficients, previous }: Question,
  { options, host }: { readonly options: PlanOptions; readonly host: EngineHost },
): Promise<Outcome<Decision>> {
  try {
    const { solver, timeLimitSeconds, maxWindows } = options;
    const kept = previous === undefined ? undefined : keptDecision(resolved, previous);
    if (kept !== undefined) return success(kept);
    return success(
      await decideWithConfidence(resolved, {
        coefficients,
        isTimed: timeLimitSeconds !== undefined,
        decide: (problem, safety, share) =>
          optimize(problem, {
            seed: problem.problem.seed,
            coefficients,
            ...(solver === undefined ? {} : { solver }),
            ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds: share * timeLimitSeconds }),
            ...(maxWindows === undefined ? {} : { maxWindows }),
            safety,
            ...(previous === undefined ? {} : { previous }),
            gatherCrew,
            now: () => host.elapsedSeconds(),
            onProgress: (event) => showProgress(event, host),
          }),
      }),
    );
  } catch (error) {
    if (error instanceof DiagnosticError) return failure(...error.diagnostics);
    throw error;
  }
}

function showProgress(event: ProgressEvent, host: EngineHost): void {
  const isPriced = 'bestPerMonth' in event && event.bestPerMonth !== undefined;
  const gap = 'gap' in event && event.gap !== undefined ? `, gap ${formatPercent(event.gap, 2)}` : '';
  const best = isPriced ? `best so far ${formatUsd(event.bestPerMonth, 0)} USD/month${gap}` : '';
  const detail = [event.workload ?? '', best].filter((text) => text !== '').join(', ');
  progress(host, event.stage, detail, [event.done, event.total, 'share' in event ? event.share : undefined]);
}

/** A decision and what it was made from. */
export interface Draft extends InputSources {
  readonly decision: Decision;
  /** Hash of the plan that it was made from. */
  readonly previousHash?: string;
}

/** The plan of a decision: priced, synthesised, judged. Nothing is written. Errors: `synth-*`, `policy-*`. */
export function draftPlan(draft: Draft, options: PlanOptions, host: EngineHost): Outcome<PlannedStack> {
  const { stack, resolved, packs, decision } = draft;
  const traffic = plannedTraffic(resolved);
  const requests = plannedServiceTraffic(resolved);
  const serviceTraffic = requests === undefined ? {} : { serviceTraffic: requests };
  const { offerings, problem } = resolved;
  const cost = priceDecision({ decision, offerings, problem, traffic, ...serviceTraffic });
  const facts = {
    stack: stack.problem.name,
    formatVersion: '',
    inputs: currentInputs(draft, recordFlags(options, draft.previousHash)),
    problem: stack.document,
    offerings: recordedOfferings(resolved, decision),
    traffic,
    ...serviceTraffic,
    decision,
    cost,
    assumptions: [
      ...listAssumptions(resolved, decision, traffic),
      ...correctionAssumptions(resolved, decision, stack.coefficients),
      ...confidenceAssumptions(decision),
    ],
  };
  progress(host, 'synth', 'writing manifests');
  const profile = options.profile ?? DEFAULT_PROFILE;
  const files = synthesize(facts, { profile });
  if (!files.ok) return files;
  progress(host, 'policy', 'evaluating policies');
  const judged = evaluatePolicies({
    problem: stack.document,
    plan: facts,
    manifests: files.value,
    policies: stack.problem.policies,
    packs,
    waivers: stack.problem.waivers,
    today: host.today,
    pricesAsOf: facts.inputs.priceDates.newest,
  });
  if (!judged.ok) return failure(...files.diagnostics, ...judged.diagnostics);
  const manifests = remediated(files.value, judged.value.manifests, profile);
  const plan = buildPlan({
    ...facts,
    policy: judged.value.report,
    objects: manifests.map(({ path, apiVersion, kind, namespace, name, text }) => ({
      path: `manifests/${path}`,
      apiVersion,
      kind,
      namespace,
      name,
      sha256: textHash(text),
    })),
  });
  return success({ stack, plan, manifests }, [...files.diagnostics, ...judged.value.diagnostics]);
}

/** Files of a profile with the manifests that policies repaired, written anew where they changed. */
export function remediated(
  files: readonly SynthesizedFile[],
  manifests: readonly { readonly path: string; readonly manifest: SynthesizedFile['manifest'] }[],
  profile: string,
): readonly SynthesizedFile[] {
  const repaired = new Map(manifests.map((item) => [item.path, item.manifest]));
  return files.map((file) => {
    const manifest = repaired.get(file.path) ?? file.manifest;
    return manifest === file.manifest ? file : fileOfObject(profile, manifest);
  });
}

/** What the inputs of a plan are taken from. */
export interface InputSources {
  readonly stack: LoadedStack;
  readonly resolved: ResolvedProblem;
  readonly packs: readonly RulePack[];
}

/** Hashes and versions of everything that decides a plan of these sources. */
export function currentInputs(
  { stack, resolved, packs }: InputSources,
  flags: PlanInputs['flags'],
): PlanInputs {
  return {
    toolVersion: toolVersion(),
    stackFile: stack.stackFile,
    seed: resolved.problem.seed,
    flags,
    hashes: hashInputs({
      document: stack.document,
      resolved,
      coefficients: plannedCoefficients(stack.coefficients, resolved),
      policies: { packs: describablePacks(packs), waivers: stack.problem.waivers },
    }),
    priceDates: priceDates(resolved.offerings),
  };
}

/** What a plan takes from measurements: the coefficients, and the errors that safety rests on where a confidence is asked for. */
function plannedCoefficients(coefficients: OperatorCoefficients, resolved: ResolvedProblem): unknown {
  const errors = safetyErrors(resolved, coefficients);
  return errors === undefined ? coefficients : { coefficients, errors };
}

/** Packs as plain data: rules written as functions count by their text. */
function describablePacks(packs: readonly RulePack[]): unknown {
  return JSON.parse(
    JSON.stringify(packs, (_key, value: unknown) => (typeof value === 'function' ? String(value) : value)),
  ) as unknown;
}

/** One diagnostic that names the binding constraints, and one per nearest relaxation. */
export function infeasibleDiagnostics(
  decision: Decision,
  stack: Pick<LoadedStack, 'shown' | 'problem'>,
): readonly Diagnostic[] {
  const code = decision.workloads.some((item) => item.pareto.length === 0)
    ? 'optimize-no-candidate'
    : 'optimize-infeasible';
  return decision.bindingConstraints.length === 0
    ? [
        diagnostic('optimize-infeasible', {
          summary: 'No plan meets all constraints.',
          source: { file: stack.shown },
        }),
      ]
    : decision.bindingConstraints.map((item) => {
        const others =
          decision.bindingConstraints.length > 1 ? ' together with the other constraints named' : '';
        return diagnostic(code, {
          summary: `No plan meets ${item.constraint}${others}: ${item.description.replace(/^(No|The) /, (word) => word.toLowerCase())}.`,
          path: item.constraint,
          source: { file: stack.shown },
          fix:
            item.relaxation === undefined
              ? 'Relaxing this one alone does not help.'
              : relaxationPhrase(item.relaxation),
        });
      });
}

function relaxationPhrase({ change, perMonth }: NonNullable<BindingConstraint['relaxation']>): string {
  const sentence = `${change.charAt(0).toUpperCase()}${change.slice(1)}`;
  return perMonth === undefined
    ? `${sentence}.`
    : `${sentence}: a plan then costs ${formatUsd(perMonth)} USD/month.`;
}

/** The folder that pack files named by a stored plan start from. */
export function stackFolder(plan: PlanDocument, host: EngineHost): string {
  return path.dirname(path.resolve(host.workingDirectory, plan.inputs.stackFile));
}
