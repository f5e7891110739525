import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { parseProblem } from '../model/index.ts';
import type { PlanDocument, PolicyReport } from '../model/index.ts';
import { evaluatePolicies } from '../policy/index.ts';
import { isStackPath } from './diff.ts';
import { loadPack, loadPacks } from './load-policies.ts';
import type { EngineHost } from './messages.ts';
import { readPlan } from './plan-folder.ts';
import { planStack, stackFolder } from './plan-stack.ts';

/** What to hold a plan to beside its own policies. */
export interface PolicyCheckOptions {
  /** Names or files of further packs, relative to the working directory. */
  readonly packs: readonly string[];
  readonly stdin?: string;
}

/** The verdicts and the plan they are about. */
export interface PolicyCheck {
  readonly report: PolicyReport;
  readonly plan: PlanDocument;
  /** Path of what was judged, as people see it. */
  readonly file: string;
}

/**
 * Judges a plan (or a stack, planned first) by its own policies and further packs, on the host's day.
 * Violations are in the report and, as diagnostics, decide the exit code.
 */
export async function checkPolicies(
  target: string,
  options: PolicyCheckOptions,
  host: EngineHost,
): Promise<Outcome<PolicyCheck>> {
  const source = await loadTarget(target, options, host);
  if (!source.ok) return source;
  const { plan, manifests, folder, file } = source.value;
  const problem = parseProblem(plan.problem);
  if (!problem.ok) return problem;
  const own = await loadPacks(problem.value.policies, folder, host);
  const extra = await Promise.all(
    options.packs.map((pack) => loadPack({ pack, path: '' }, host.workingDirectory, host)),
  );
  const diagnostics = [
    ...source.diagnostics,
    ...own.diagnostics,
    ...extra.flatMap((outcome) => outcome.diagnostics),
  ];
  if (!own.ok || extra.some((outcome) => !outcome.ok)) return failure(...diagnostics);
  const added = extra.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  const judged = evaluatePolicies({
    problem: plan.problem,
    plan,
    manifests,
    policies: [
      ...problem.value.policies,
      ...added.map((pack) => ({
        id: pack.name,
        path: '',
        pack: pack.name,
        levels: {},
        parameters: {},
        rules: [],
      })),
    ],
    packs: [...own.value, ...added],
    waivers: problem.value.waivers,
    today: host.today,
  });
  return judged.ok
    ? success({ report: judged.value.report, plan, file }, [...diagnostics, ...judged.value.diagnostics])
    : failure(...diagnostics, ...judged.diagnostics);
}

interface Judged {
  readonly plan: PlanDocument;
  readonly manifests: readonly { readonly path: string; readonly manifest: JsonManifest }[];
  readonly folder: string;
  readonly file: string;
}

type JsonManifest = Parameters<typeof evaluatePolicies>[0]['manifests'][number]['manifest'];

async function loadTarget(
  target: string,
  options: PolicyCheckOptions,
  host: EngineHost,
): Promise<Outcome<Judged>> {
  if (isStackPath(target, host)) {
    const planned = await planStack(
      target,
      options.stdin === undefined ? {} : { stdin: options.stdin },
      host,
    );
    if (!planned.ok) return planned;
    const { plan, manifests, stack } = planned.value;
    return success({ plan, manifests, folder: stack.folder, file: stack.shown });
  }
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const manifests = [...stored.value.manifests].map(([path, manifest]) => ({
    path,
    manifest: manifest as JsonManifest,
  }));
  return success(
    {
      plan: stored.value.plan,
      manifests,
      folder: stackFolder(stored.value.plan, host),
      file: stored.value.shown,
    },
    stored.diagnostics,
  );
}
