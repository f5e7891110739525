import path from 'node:path';
import { failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { synthesizePulumi } from '../synth/index.ts';
import type { WrittenProgram } from '../synth/index.ts';
import { displayPath } from './files.ts';
import { refuseFolder } from './resynthesize.ts';
import type { EngineHost } from './messages.ts';
import { readPlan } from './plan-folder.ts';
import { writeFolder } from './write-folder.ts';

/** Where projects are written. */
export interface PulumiOptions {
  /** Folder to write to, relative to the working directory; default `pulumi` beside the plan. */
  readonly output?: string;
}

/** The projects written and where. */
export interface PulumiProjects {
  readonly folder: string;
  readonly programs: readonly WrittenProgram[];
}

/**
 * Writes the node groups of a plan as Pulumi projects, in YAML and in TypeScript. Only the files of a project are replaced: stack
 * settings and installed packages beside them stay. A plan that buys nothing of a cloud gives none.
 * Errors: those of reading the plan and of `synthesizePulumi`, `engine-usage`, `plan-write-failed`.
 */
export async function writePulumiProjects(
  target: string,
  options: PulumiOptions,
  host: EngineHost,
): Promise<Outcome<PulumiProjects>> {
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const programs = synthesizePulumi(stored.value.plan);
  if (!programs.ok) return programs;
  const folder = path.resolve(
    host.workingDirectory,
    options.output ?? path.join(stored.value.folder, 'pulumi'),
  );
  const refused = refuseFolder(folder, options.output, host);
  if (refused !== undefined) return failure(refused);
  const problems: Diagnostic[] = [];
  for (const { files } of programs.value) {
    for (const [project, contents] of byProject(files)) {
      const place = path.join(folder, project);
      const written = await writeFolder(place, contents, {
        shown: displayPath(place, host.workingDirectory),
      });
      problems.push(...written.diagnostics);
      if (!written.ok) return failure(...problems);
    }
  }
  return success({ folder: displayPath(folder, host.workingDirectory), programs: programs.value }, [
    ...programs.diagnostics,
    ...problems,
  ]);
}

/** Files by the project that they belong to, the first part of their path. */
function byProject(files: ReadonlyMap<string, string>): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const projects = Map.groupBy(files, ([name]) => name.split('/')[0] ?? name);
  return new Map(
    [...projects].map(([project, members]) => [
      project,
      new Map(members.map(([name, text]) => [name.slice(project.length + 1), text])),
    ]),
  );
}
