import path from 'node:path';
import { failure, hasErrors } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { ProblemDocument } from '../../model/index.ts';
import type { EngineHost } from '../messages.ts';
import { writeOutputFile } from '../write-output-file.ts';
import { importProblem } from './import-problem.ts';
import type { ImportedProblem } from './import-problem.ts';
import { readObjects } from './kubernetes-objects.ts';
import { readManifestFiles, standardInputFile } from './manifest-files.ts';
import type { DefaultRequests } from './pod-resources.ts';
import { stackSource } from './stack-source.ts';
import type { StackForm } from './stack-source.ts';

export type { DefaultRequests } from './pod-resources.ts';
export type { StackForm } from './stack-source.ts';

/** How manifests are imported. */
export interface ImportManifestsOptions {
  /** Name of the stack; default: that of the folder or file. */
  readonly name?: string;
  readonly form: StackForm;
  /** Requests of containers that state none. */
  readonly defaults: DefaultRequests;
  /** Standard input, read in place of files when the target is `-`. */
  readonly stdin?: string;
  /** Stack file to write, relative to the working directory; nothing is written without it. */
  readonly output?: string;
}

/** A stack made of manifests. */
export interface ImportedStack {
  readonly document: ProblemDocument;
  readonly counts: ImportedProblem['counts'];
  /** The stack as a file. */
  readonly text: string;
}

/**
 * Reads Kubernetes manifests (a file, a folder, or `-`) and makes a stack that declares their Deployments and StatefulSets as
 * services as they stand.
 * Errors: those of reading, `import-no-workload`, `plan-write-failed`; warnings name what could not be carried over.
 */
export async function importManifests(
  target: string,
  options: ImportManifestsOptions,
  host: EngineHost,
): Promise<Outcome<ImportedStack>> {
  const files =
    target === '-'
      ? standardInputFile(options.stdin ?? '')
      : await readManifestFiles(target, host.workingDirectory);
  if (!files.ok) return files;
  const read = files.value.map((file) => readObjects(file.text, file.shown));
  const diagnostics = read.flatMap((item) => item.diagnostics);
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  const imported = importProblem(
    read.flatMap((item) => item.objects),
    { name: options.name ?? nameOf(target, host), defaults: options.defaults },
  );
  if (!imported.ok) return failure(...diagnostics, ...imported.diagnostics);
  const { document, counts } = imported.value;
  const text = stackSource(document, options.form);
  const all = [...diagnostics, ...imported.diagnostics];
  if (options.output !== undefined) {
    const written = await writeOutputFile(options.output, text, host);
    if (!written.ok) return failure(...all, ...written.diagnostics);
  }
  return { ok: true, value: { document, counts, text }, diagnostics: all };
}

/** A stack name from a path: what Kubernetes takes as a name. */
function nameOf(target: string, host: EngineHost): string {
  const absolute = path.resolve(host.workingDirectory, target === '-' ? '.' : target);
  const base = path.basename(absolute).replace(/\.[^.]*$/, '');
  const name = base
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  return name === '' ? 'imported' : name;
}
