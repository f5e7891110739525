import { success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { SynthesisSource } from '../files.ts';
import { fileOfObject } from '../synthesize.ts';
import type { PulumiProgram } from './program.ts';
import { pulumiPrograms } from './pulumi-programs.ts';
import { typescriptProject } from './typescript-project.ts';
import { yamlProject } from './yaml-project.ts';

/** A program and the files that say it in two languages. */
export interface WrittenProgram {
  readonly program: PulumiProgram;
  /** Texts by path with forward slashes: `<cloud>-<region>-yaml/Pulumi.yaml`, `…-typescript/index.ts`, `…-karpenter/ec2nodeclass-<stack>.yaml`. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * The node groups of a plan as Pulumi projects, one per cloud and region and language: choose one of the two. The same plan gives the
 * same bytes. Errors and warnings: those of `pulumiPrograms`.
 */
export function synthesizePulumi(source: SynthesisSource): Outcome<readonly WrittenProgram[]> {
  const programs = pulumiPrograms(source);
  if (!programs.ok) return programs;
  return success(
    programs.value.map((program) => ({ program, files: filesOf(program) })),
    programs.diagnostics,
  );
}

function filesOf(program: PulumiProgram): ReadonlyMap<string, string> {
  const folder = `${program.cloud}-${program.region}`;
  const typescript = [...typescriptProject(program)].map(
    ([name, text]) => [`${folder}-typescript/${name}`, text] as const,
  );
  const nodeClasses = program.nodeClasses.map((object) => {
    const { text, name, kind } = fileOfObject(program.cloud, object);
    return [`${folder}-karpenter/${kind.toLowerCase()}-${name}.yaml`, text] as const;
  });
  return new Map([...nodeClasses, ...typescript, [`${folder}-yaml/Pulumi.yaml`, yamlProject(program)]]);
}
