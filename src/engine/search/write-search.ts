import path from 'node:path';
import { stringify } from 'yaml';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { ConfidenceEvidence, PlanDocument, ProblemDocument, ServingPlan } from '../../model/index.ts';
import { brokenConstraints, decisionOfPlan, factorsFor } from '../../optimize/index.ts';
import { microUsd } from '../../units/index.ts';
import { displayPath } from '../files.ts';
import type { EngineHost } from '../messages.ts';
import { planFolder, writePlan } from '../plan-folder.ts';
import { draftPlan } from '../plan-stack.ts';
import type { PlannedStack } from '../plan-stack.ts';
import { resolveStack } from '../resolve-problem.ts';
import { declaration } from './declaration.ts';
import type { SearchFacts } from './declaration.ts';
import { declare } from './resolve-search.ts';
import type { ResolvedSearch } from './resolve-search.ts';
import type { FoundPlans } from './run-search.ts';
import type { SearchedCluster } from './search-cluster.ts';

/** The file beside a plan that declares the problem it answers. */
const PROBLEM_FILE = 'problem.yaml';
const HEAD =
  '# The problem that `plimsoll search` answered with the plan beside it. `plimsoll plan` on this file plans it anew,\n' +
  '# and can buy spare capacity: state tolerates and availability, zones and capacity types.\n';

/**
 * Writes the best plan of a search into a folder, replacing an earlier one as a whole: plan.json, report.md, manifests/ and the
 * problem that it answers, so that the plan can be checked and made again. Its nodes are whole.
 * Errors: `catalog-no-price` without prices, `synth-*` for what cannot be deployed, `optimize-answer-rejected` for a plan whose whole nodes
 * break a limit, `policy-*`, `plan-write-failed`.
 */
export async function writeSearch(
  { search, found }: SearchedCluster,
  folder: string,
  host: EngineHost,
): Promise<Outcome<PlanDocument>> {
  const [plan] = found.result.plans;
  const refused = plan === undefined ? [] : refusals(plan, search);
  if (plan === undefined || refused.length > 0) return failure(...refused);
  const absolute = planFolder('', folder, host);
  const document = writtenDocument(search, plan, absolute, host);
  const drafted = await draft({ search, found, plan, document }, absolute, host);
  if (!drafted.ok) return drafted;
  const beside = new Map([[PROBLEM_FILE, `${HEAD}${stringify(document)}`]]);
  const written = await writePlan(drafted.value.plan, drafted.value.manifests, {
    folder: absolute,
    host,
    beside,
  });
  return written.ok
    ? success(drafted.value.plan, drafted.diagnostics)
    : failure(...drafted.diagnostics, ...written.diagnostics);
}

/** Why a plan cannot be written. */
function refusals(plan: ServingPlan, { facts }: ResolvedSearch): readonly Diagnostic[] {
  const unpriced = facts.pools
    .filter((pool) => pool.price === undefined)
    .map((pool) => pool.accelerator.name);
  const reasons = plan.parts.flatMap(({ candidate }) => candidate.notExecutable ?? []);
  return [
    ...(unpriced.length === 0
      ? []
      : [
          diagnostic('catalog-no-price', {
            summary: `A plan states what it costs, and no price of ${unpriced.join(' and ')} is known.`,
            path: '--price',
            fix: "State the price of one accelerator, such as --price '2.50 USD/hour'.",
          }),
        ]),
    ...reasons.map((reason) =>
      diagnostic('synth-unsupported', {
        summary: `The best plan cannot be deployed: ${reason}.`,
        path: '--include-unexecutable',
        fix: 'Leave --include-unexecutable out to get the best plan that an engine can run.',
      }),
    ),
  ];
}

/** The declaration as it stands in the plan's folder: at the rate of the plan, with paths from there. */
function writtenDocument(
  search: ResolvedSearch,
  plan: ServingPlan,
  folder: string,
  host: EngineHost,
): ProblemDocument {
  const { options, context } = search;
  const from = (base: string) => (file: string) =>
    path.relative(folder, path.resolve(base, file)).split(path.sep).join('/');
  const facts: SearchFacts = {
    ...search.facts,
    requestRate: options.requestRate ?? plannedRate(plan, options.clients !== undefined),
    ...(options.trace === undefined ? {} : { trace: from(host.workingDirectory)(options.trace) }),
  };
  const document = declaration(options, facts);
  const { stack } = context;
  const base = stack?.document;
  const calibration = [
    ...(base?.calibration ?? []).map(from(stack?.folder ?? '')),
    ...(options.calibration ?? []).map(from(host.workingDirectory)),
  ];
  const catalog = {
    ...base?.catalog,
    ...(base?.catalog?.files === undefined
      ? {}
      : { files: base.catalog.files.map(from(stack?.folder ?? '')) }),
    instanceTypes: [...(base?.catalog?.instanceTypes ?? []), ...(document.catalog?.instanceTypes ?? [])],
  };
  const hasCatalog = Object.values(catalog).some((records) => records.length > 0);
  return {
    ...document,
    ...(hasCatalog ? { catalog } : {}),
    ...(calibration.length === 0 ? {} : { calibration }),
  };
}

/** Requests per second that a plan carries where none were asked for, rounded down to four digits. */
function plannedRate({ capacity, evidence, load }: ServingPlan, isClosedLoop: boolean): number {
  const open = Math.max(capacity.low, Math.min(load, capacity.value));
  const rate = isClosedLoop ? evidence.requestRate : open;
  const unit = 10 ** (Math.floor(Math.log10(rate)) - 3);
  return Number((Math.floor(rate / unit) * unit).toPrecision(4));
}

async function draft(
  made: {
    readonly search: ResolvedSearch;
    readonly found: FoundPlans;
    readonly plan: ServingPlan;
    readonly document: ProblemDocument;
  },
  folder: string,
  host: EngineHost,
): Promise<Outcome<PlannedStack>> {
  const { search, found, plan, document } = made;
  const file = path.join(folder, PROBLEM_FILE);
  const stackFile = path.relative(host.workingDirectory, file).split(path.sep).join('/');
  const shown = displayPath(file, host.workingDirectory);
  const stack = declare(search, { folder, shown, stackFile }, document);
  if (!stack.ok) return stack;
  const resolved = await resolveStack(stack.value, {}, host);
  if (!resolved.ok) return resolved;
  const confidence = confidenceOf(plan, found, search);
  const decision = decisionOfPlan(plan, {
    problem: resolved.value,
    coefficients: stack.value.coefficients,
    result: found.result,
    isClosedLoop: search.options.clients !== undefined,
    ...(confidence === undefined ? {} : { confidence }),
  });
  const broken = brokenConstraints(decision.checks);
  if (broken.length > 0) {
    return failure(
      ...broken.map(({ constraint, used, limit, unit }) =>
        diagnostic('optimize-answer-rejected', {
          summary: `On whole nodes the plan breaks ${constraint}: ${used} of at most ${limit} ${unit}.`,
          path: constraint,
          fix: 'Offer smaller nodes (:N in --cluster), or loosen the limit.',
        }),
      ),
    );
  }
  return draftPlan({ stack: stack.value, resolved: resolved.value, packs: [], decision }, {}, host);
}

function confidenceOf(
  plan: ServingPlan,
  { safety, trusting }: FoundPlans,
  { options }: ResolvedSearch,
): ConfidenceEvidence | undefined {
  const engine = plan.parts[0]?.candidate.engine;
  if (options.confidence === undefined || engine === undefined) return undefined;
  const costWithout = trusting?.merits.costPerMonth;
  return {
    level: options.confidence,
    factors: factorsFor(safety, engine, plan.performance.evidence),
    ...(costWithout === undefined
      ? {}
      : { costWithout, extraCost: microUsd(plan.merits.costPerMonth - costWithout) }),
  };
}
