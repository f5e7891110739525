import { Args, Flags } from '@oclif/core';
import { resynthesize } from '../../engine/index.ts';
import { plural } from '../../report/index.ts';
import { BaseCommand, JSON_FLAG } from '../base-command.ts';

export default class Synth extends BaseCommand {
  static override description = 'Write the manifests of a plan again, from the plan alone.';

  static override examples = [
    '<%= config.bin %> synth plans/chat/plan.json',
    '<%= config.bin %> synth chat --out out/manifests',
  ];

  static override args = {
    plan: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Plan file, its folder, or the name of a stack under plans/.',
    }),
  };

  static override flags = {
    ...JSON_FLAG,
    profile: Flags.string({
      description: 'Target profile; default the one the plan was made with.',
      helpValue: 'NAME',
    }),
    out: Flags.string({
      description: 'Folder to write; default manifests/ beside the plan.',
      helpValue: 'DIR',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Synth);
    const { profile, out } = flags;
    const outcome = await resynthesize(
      args.plan,
      { ...(profile === undefined ? {} : { profile }), ...(out === undefined ? {} : { output: out }) },
      this.host(),
    );
    this.finish(outcome, flags.json ? 'json' : 'text', ({ folder, files }) => ({
      json: { folder, objects: files.map(({ text: _text, manifest: _manifest, ...file }) => file) },
      text: `${files.map((file) => `${file.kind} ${file.name}`).join('\n')}\n\n${plural(files.length, 'object')} written to ${folder}.\n`,
    }));
  }
}
