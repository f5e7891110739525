import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { parseProblem } from '../model/index.ts';
import type { PlanDocument } from '../model/index.ts';
import { textHash } from '../plan/index.ts';
import { evaluatePolicies } from '../policy/index.ts';
import { synthesize } from '../synth/index.ts';
import type { SynthesizedFile } from '../synth/index.ts';
import { displayPath } from './files.ts';
import { loadPacks } from './load-policies.ts';
import type { EngineHost } from './messages.ts';
import { recordedFlags } from './plan-flags.ts';
import { readPlan } from './plan-folder.ts';
import { DEFAULT_PROFILE, remediated, stackFolder } from './plan-stack.ts';
import { writeFolder } from './write-folder.ts';

/** How manifests are rewritten. */
export interface ResynthesisOptions {
  /** Target profile; default the plan's own. */
  readonly profile?: string;
  /** Folder to write to, relative to the working directory; default `manifests` beside the plan. */
  readonly output?: string;
}

/** The manifests written and where. */
export interface Resynthesis {
  readonly folder: string;
  readonly files: readonly SynthesizedFile[];
}

/**
 * Writes the manifests of a plan again, from the plan alone and its policies' repairs.
 * Warns (`plan-stale`) when the plan's own profile gives other bytes than the plan recorded: another program version made it.
 */
export async function resynthesize(
  target: string,
  options: ResynthesisOptions,
  host: EngineHost,
): Promise<Outcome<Resynthesis>> {
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const { plan, shown } = stored.value;
  const ownProfile = recordedFlags(plan.inputs.flags).profile ?? DEFAULT_PROFILE;
  const profile = options.profile ?? ownProfile;
  const files = synthesize(plan, { profile });
  if (!files.ok) return files;
  const repaired = await repair(plan, files.value, { profile, host });
  if (!repaired.ok) return repaired;
  const folder = path.resolve(
    host.workingDirectory,
    options.output ?? path.join(stored.value.folder, 'manifests'),
  );
  const refused = refuseFolder(folder, options.output, host);
  if (refused !== undefined) return failure(refused);
  // Replaced whole: each profile's own sub-folder, so that nothing else in the folder is touched.
  const contents = new Map(repaired.value.map((file): [string, string] => [file.path, file.text]));
  const written = await writeFolder(folder, contents, { shown: displayPath(folder, host.workingDirectory) });
  if (!written.ok) return written;
  const warnings = profile === ownProfile ? changedBytes(plan, repaired.value, shown) : [];
  return success({ folder: displayPath(folder, host.workingDirectory), files: repaired.value }, [
    ...files.diagnostics,
    ...warnings,
  ]);
}

/** A folder that holds the working directory, or is it, is surely not meant: its sub-folders would be replaced. Gives `engine-usage`. */
export function refuseFolder(
  folder: string,
  output: string | undefined,
  host: EngineHost,
): Diagnostic | undefined {
  const isAncestor = !path.relative(folder, host.workingDirectory).startsWith('..');
  return output === undefined || (!isAncestor && output !== '')
    ? undefined
    : diagnostic('engine-usage', {
        summary: `"${output}" is the working directory or holds it; manifests need a folder of their own.`,
        fix: 'Name another folder, such as --out out/manifests.',
      });
}

async function repair(
  plan: PlanDocument,
  files: readonly SynthesizedFile[],
  { profile, host }: { readonly profile: string; readonly host: EngineHost },
): Promise<Outcome<readonly SynthesizedFile[]>> {
  const problem = parseProblem(plan.problem);
  if (!problem.ok) return problem;
  const packs = await loadPacks(problem.value.policies, stackFolder(plan, host), host);
  if (!packs.ok) return packs;
  const { policies, waivers } = problem.value;
  const judged = evaluatePolicies({
    problem: plan.problem,
    plan,
    manifests: files,
    policies,
    packs: packs.value,
    waivers,
    today: host.today,
    pricesAsOf: plan.inputs.priceDates.newest,
  });
  return judged.ok
    ? success(remediated(files, judged.value.manifests, profile))
    : failure(...judged.diagnostics);
}

function changedBytes(
  plan: PlanDocument,
  files: readonly SynthesizedFile[],
  shown: string,
): readonly Diagnostic[] {
  const planned = new Map(plan.objects.map((object) => [object.path, object.sha256]));
  const changed = files.filter((file) => planned.get(`manifests/${file.path}`) !== textHash(file.text));
  return changed.length === 0
    ? []
    : [
        diagnostic('plan-stale', {
          severity: 'warning',
          summary: `${changed.length} of ${files.length} manifests differ from those ${shown} recorded.`,
          detail: changed.map((file) => file.path).join('\n'),
          source: { file: shown },
          fix: 'Another version of the program made the plan; run `plimsoll plan` again.',
        }),
      ];
}
