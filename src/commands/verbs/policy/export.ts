import { Args, Flags } from '@oclif/core';
import { exportPolicyObjects } from '../../../engine/index.ts';
import type { ExportedPolicies } from '../../../engine/index.ts';
import { EXPORT_TARGETS } from '../../../policy/index.ts';
import { plural } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';

export default class PolicyExport extends BaseCommand {
  static override description =
    'Write the rules of a plan, a stack or a pack as policies that a cluster enforces at admission.';

  static override examples = [
    '<%= config.bin %> policy export chat --to validating-admission-policy --out deploy/policies',
    '<%= config.bin %> policy export --pack security --to kyverno --namespace llm | kubectl apply -f -',
  ];

  static override args = {
    target: Args.string({
      ignoreStdin: true,
      description: 'Plan file, its folder, the name of a stack under plans/, or a stack (it is not planned).',
    }),
  };

  static override flags = {
    ...outputFlag(),
    to: Flags.option({ options: EXPORT_TARGETS, required: true })({
      description:
        'What enforces the rules: the API server itself (Kubernetes 1.30 and later) or Kyverno (1.17 and later).',
    }),
    pack: Flags.string({
      multiple: true,
      default: [],
      description: 'Pack to export, beside the policies of the target: a shipped name or a file.',
      helpValue: 'NAME',
    }),
    namespace: Flags.string({
      multiple: true,
      default: [],
      description:
        'Namespace whose objects are judged; default: those of the target, or without one all but those of Kubernetes itself.',
      helpValue: 'NAME',
    }),
    repairs: Flags.boolean({
      description:
        'Write the repairs of rules at level remediate as mutating policies too (API servers: Kubernetes 1.36 and later).',
    }),
    out: Flags.string({
      description: 'Folder to write, one file per object; without it all objects are printed.',
      helpValue: 'DIR',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PolicyExport);
    const outcome = await exportPolicyObjects(
      args.target,
      {
        target: flags.to,
        packs: flags.pack,
        namespaces: flags.namespace,
        repairs: flags.repairs,
        ...(flags.out === undefined ? {} : { output: flags.out }),
        ...(await this.standardInput(args.target ?? '')),
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), (result) => ({
      json: {
        ...result,
        files: undefined,
        objects: result.files.map(({ path, manifest }) => ({ path, manifest })),
      },
      text: result.folder === undefined ? documents(result) : summary(result, result.folder),
    }));
  }
}

function documents({ files }: ExportedPolicies): string {
  return files.map((file) => file.text).join('---\n');
}

function summary({ files, exported, notExported }: ExportedPolicies, folder: string): string {
  const offline =
    notExported.length === 0 ? '' : ` ${plural(notExported.length, 'rule')} can only be judged offline.`;
  return `${plural(files.length, 'object')} for ${plural(exported.length, 'rule')} written to ${folder}.${offline}\n`;
}
