import path from 'node:path';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { parseProblem } from '../model/index.ts';
import type { PolicyReference, Problem } from '../model/index.ts';
import { exportPolicies } from '../policy/index.ts';
import type { ExportTarget, PolicyExport, RulePack } from '../policy/index.ts';
import { fileOfObject } from '../synth/index.ts';
import type { SynthesizedFile } from '../synth/index.ts';
import { isStackPath } from './diff.ts';
import { displayPath } from './files.ts';
import { loadPack, loadPacks } from './load-policies.ts';
import { loadStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';
import { readPlan } from './plan-folder.ts';
import { stackFolder } from './plan-stack.ts';
import { writeFolder } from './write-folder.ts';

/** Which rules are exported, and to where. */
export interface PolicyExportOptions {
  readonly target: ExportTarget;
  /** Names or files of packs beside the policies of the plan, relative to the working directory. */
  readonly packs: readonly string[];
  /** Namespaces to judge; default those of the plan, or all but those of Kubernetes itself. */
  readonly namespaces: readonly string[];
  /** Whether repairs are written as mutating policies too. */
  readonly repairs: boolean;
  /** Folder to write to, relative to the working directory; absent: nothing is written. */
  readonly output?: string;
  readonly stdin?: string;
}

/** The policies for the cluster and their files. */
export interface ExportedPolicies extends Omit<PolicyExport, 'objects'> {
  readonly files: readonly SynthesizedFile[];
  /** Empty means all but those of Kubernetes itself. */
  readonly namespaces: readonly string[];
  /** Where the files were written, as shown to people. */
  readonly folder?: string;
}

/**
 * Writes the rules of a plan or stack (not planned for this), and of further packs, as objects that a cluster enforces at
 * admission. Errors: those of loading, `policy-*`, and `engine-usage` when there is nothing to export.
 */
export async function exportPolicyObjects(
  source: string | undefined,
  options: PolicyExportOptions,
  host: EngineHost,
): Promise<Outcome<ExportedPolicies>> {
  if (source === undefined && options.packs.length === 0) return failure(nothingToExport());
  const gathered = await gather(source, options, host);
  if (!gathered.ok) return gathered;
  const { policies, packs, waivers } = gathered.value;
  const namespaces =
    options.namespaces.length > 0 ? [...new Set(options.namespaces)].sort() : gathered.value.namespaces;
  const written = exportPolicies({
    ...{ policies, packs, waivers, target: options.target, repairs: options.repairs, today: host.today },
    scope: { namespaces },
  });
  if (!written.ok) return failure(...gathered.diagnostics, ...written.diagnostics);
  const { objects, ...facts } = written.value;
  const files = objects.map((object) => fileOfObject(options.target, object));
  const folder = await writeFiles(files, options, host);
  if (!folder.ok) return folder;
  return success(
    { ...facts, files, namespaces, ...(folder.value === undefined ? {} : { folder: folder.value }) },
    [...gathered.diagnostics, ...written.diagnostics],
  );
}

interface Gathered {
  readonly policies: readonly PolicyReference[];
  readonly packs: readonly RulePack[];
  readonly waivers: Problem['waivers'];
  readonly namespaces: readonly string[];
}

async function gather(
  source: string | undefined,
  options: PolicyExportOptions,
  host: EngineHost,
): Promise<Outcome<Gathered>> {
  const own = source === undefined ? success(NOTHING) : await declared(source, options, host);
  const loaded = await Promise.all(
    options.packs.map((pack) => loadPack({ pack, path: '' }, host.workingDirectory, host)),
  );
  const diagnostics = [...own.diagnostics, ...loaded.flatMap((outcome) => outcome.diagnostics)];
  if (!own.ok || loaded.some((outcome) => !outcome.ok)) return failure(...diagnostics);
  const added = loaded.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  return success(
    {
      ...own.value,
      policies: [...own.value.policies, ...added.map(policyOfPack)],
      packs: [...own.value.packs, ...added],
    },
    diagnostics,
  );
}

const NOTHING: Gathered = { policies: [], packs: [], waivers: [], namespaces: [] };

/** What a plan or stack declares; a stack is only read, not planned. */
async function declared(
  source: string,
  options: PolicyExportOptions,
  host: EngineHost,
): Promise<Outcome<Gathered>> {
  const read = await readDeclaration(source, options, host);
  if (!read.ok) return read;
  const { problem, folder } = read.value;
  const packs = await loadPacks(problem.policies, folder, host);
  if (!packs.ok) return packs;
  const { policies, waivers } = problem;
  const namespaces = [...problem.workloads, ...problem.services].map((item) => item.namespace);
  return success(
    { policies, waivers, packs: packs.value, namespaces: [...new Set(namespaces)].sort() },
    read.diagnostics,
  );
}

interface Declaration {
  readonly problem: Problem;
  readonly folder: string;
}

async function readDeclaration(
  source: string,
  options: PolicyExportOptions,
  host: EngineHost,
): Promise<Outcome<Declaration>> {
  if (isStackPath(source, host)) {
    const stack = await loadStack(source, host, options.stdin);
    return stack.ok
      ? success({ problem: stack.value.problem, folder: stack.value.folder }, stack.diagnostics)
      : stack;
  }
  const stored = await readPlan(source, host);
  if (!stored.ok) return stored;
  const problem = parseProblem(stored.value.plan.problem);
  if (!problem.ok) return problem;
  return success(
    { problem: problem.value, folder: stackFolder(stored.value.plan, host) },
    stored.diagnostics,
  );
}

/** A policy that asks for a pack as it is. */
function policyOfPack(pack: RulePack): PolicyReference {
  return { id: pack.name, path: '', pack: pack.name, levels: {}, parameters: {}, rules: [] };
}

/** Writes the files below a sub-folder of the target's name, which is replaced whole; gives the folder, if there is one to write to. */
async function writeFiles(
  files: readonly SynthesizedFile[],
  { output }: PolicyExportOptions,
  host: EngineHost,
): Promise<Outcome<string | undefined>> {
  if (output === undefined) return success(undefined);
  const folder = path.resolve(host.workingDirectory, output);
  const shown = displayPath(folder, host.workingDirectory) || '.';
  const contents = new Map(files.map((file): [string, string] => [file.path, file.text]));
  const written = await writeFolder(folder, contents, { shown });
  return written.ok ? success(shown, written.diagnostics) : written;
}

function nothingToExport(): Diagnostic {
  return diagnostic('engine-usage', {
    summary: 'There is nothing to export: neither a plan or stack nor a pack was named.',
    fix: 'Name a plan, such as `plimsoll policy export chat --to kyverno`, or a pack with --pack.',
  });
}
