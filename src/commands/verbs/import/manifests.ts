import { Args, Flags } from '@oclif/core';
import { importManifests } from '../../../engine/index.ts';
import { plural } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';
import { IMPORT_FLAGS } from '../../import-flags.ts';

export default class ImportManifests extends BaseCommand {
  static override description =
    'Read Kubernetes manifests (Deployments, StatefulSets and what refers to them) and write a stack that declares them as services.';

  static override examples = [
    '<%= config.bin %> import manifests deploy/ --out stacks/shop.yaml',
    '<%= config.bin %> import manifests deploy/ --format typescript --out stacks/shop.ts',
    'helm template shop ./chart | <%= config.bin %> import manifests - --name shop',
  ];

  static override args = {
    source: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Manifest, folder of manifests (searched through), or `-` for standard input.',
    }),
  };

  static override flags = {
    ...outputFlag(),
    name: Flags.string({
      description: 'Name of the stack; default: that of the folder or file.',
      helpValue: 'NAME',
    }),
    ...IMPORT_FLAGS,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImportManifests);
    const { name, out } = flags;
    const outcome = await importManifests(
      args.source,
      {
        form: flags.format,
        defaults: { cpuMillicores: flags['default-cpu'], memory: flags['default-memory'] },
        ...(name === undefined ? {} : { name }),
        ...(out === undefined ? {} : { output: out }),
        ...(await this.standardInput(args.source)),
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), ({ document, counts, text }) => ({
      json: { counts, document, file: out ?? null },
      text:
        out === undefined
          ? text
          : `${plural(counts.services, 'service')} with ${plural(counts.replicas, 'replica')} written to ${out}; edit its pool, then run \`plimsoll validate ${out}\`.\n`,
    }));
  }
}
