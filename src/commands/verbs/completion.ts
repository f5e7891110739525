import { Args } from '@oclif/core';
import { success } from '../../diagnostics/index.ts';
import { listCatalog, shippedPackNames } from '../../engine/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';
import { bashCompletion } from '../completion/bash.ts';
import { completionModel } from '../completion/completion-model.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export default class Completion extends BaseCommand {
  static override description =
    'Print a script that completes commands, flags, their values, plans and files in a shell; docs/terminal.md says how to install it.';

  static override examples = [
    'source <(<%= config.bin %> completion bash)',
    'source <(<%= config.bin %> completion zsh)',
    '<%= config.bin %> completion fish | source',
  ];

  static override args = {
    shell: Args.option({ options: ['bash', 'zsh', 'fish'] as const })({
      required: true,
      ignoreStdin: true,
      description: 'Shell that the script is for.',
    }),
  };

  static override flags = { ...outputFlag() };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Completion);
    const rows = await listCatalog({}, undefined, this.host());
    const names = (kind: 'accelerator' | 'model'): readonly string[] =>
      rows.ok ? rows.value.filter((row) => row.kind === kind).map((row) => row.name) : [];
    const script = SHELLS[args.shell](
      completionModel({
        commands: this.config.commands,
        topics: this.config.topics,
        known: { accelerator: names('accelerator'), model: names('model'), pack: shippedPackNames() },
      }),
    );
    this.finish(success({ shell: args.shell, script }), formOf(flags), (value) => ({
      json: value,
      text: value.script,
    }));
  }
}
