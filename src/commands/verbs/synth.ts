import { Flags } from '@oclif/core';
import { resynthesize, writePulumiProjects } from '../../engine/index.ts';
import { plural } from '../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';
import { PLAN_ARG } from '../plan-arg.ts';

/** The target that is no profile of manifests but builds the nodes they run on. */
const PULUMI = 'pulumi';

export default class Synth extends BaseCommand {
  static override description =
    'Write the manifests of a plan again, from the plan alone, or Pulumi projects for its nodes.';

  static override examples = [
    '<%= config.bin %> synth plans/chat/plan.json',
    '<%= config.bin %> synth chat --out out/manifests',
    '<%= config.bin %> synth chat --target pulumi',
  ];

  static override args = PLAN_ARG;

  static override flags = {
    ...outputFlag(),
    target: Flags.string({
      aliases: ['profile'],
      description:
        'Target profile; default the one the plan was made with. `pulumi` writes projects that build the nodes.',
      helpValue: 'NAME',
    }),
    out: Flags.string({
      description: 'Folder to write; default manifests/ (or pulumi/) beside the plan.',
      helpValue: 'DIR',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Synth);
    const { target: profile, out } = flags;
    if (profile === PULUMI) return this.#pulumi(args.plan, out, formOf(flags));
    const outcome = await resynthesize(
      args.plan,
      { ...(profile === undefined ? {} : { profile }), ...(out === undefined ? {} : { output: out }) },
      this.host(),
    );
    this.finish(outcome, formOf(flags), ({ folder, files }) => ({
      json: { folder, objects: files.map(({ text: _text, manifest: _manifest, ...file }) => file) },
      text: `${files.map((file) => `${file.kind} ${file.name}`).join('\n')}\n\n${plural(files.length, 'object')} written to ${folder}.\n`,
    }));
  }

  async #pulumi(plan: string, out: string | undefined, form: string): Promise<void> {
    const outcome = await writePulumiProjects(plan, out === undefined ? {} : { output: out }, this.host());
    this.finish(outcome, form, ({ folder, programs }) => {
      const projects = programs.map(({ program, files }) => ({
        name: program.name,
        cloud: program.cloud,
        region: program.region,
        settings: program.settings,
        resources: program.resources.map(({ id, type }) => ({ id, type })),
        files: [...files.keys()],
      }));
      const lines = projects.flatMap(({ resources }) => resources.map(({ id, type }) => `${type} ${id}`));
      return {
        json: { folder, projects },
        text: `${[...lines, ''].join('\n')}\n${plural(projects.length, 'program')} in YAML and TypeScript written to ${folder}.\n`,
      };
    });
  }
}
