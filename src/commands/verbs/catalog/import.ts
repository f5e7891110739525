import { Args, Flags } from '@oclif/core';
import { importCatalog } from '../../../engine/index.ts';
import { plural } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';
import { DATE_FLAG } from '../../date-flag.ts';

export default class CatalogImport extends BaseCommand {
  static override description =
    'Read a price file (AWS, GCP, Azure tables or the SkyPilot catalogue layout) and write a catalogue file for stacks.';

  static override examples = [
    '<%= config.bin %> catalog import aws-us-east-1.csv.gz --out catalog/aws.yaml',
    '<%= config.bin %> catalog import skypilot-aws.csv --layout skypilot --provider aws --date 2026-11-01 --out catalog/aws.yaml',
  ];

  static override args = {
    file: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Price file (.csv; .gz is decompressed).',
    }),
  };

  static override flags = {
    ...outputFlag(),
    layout: Flags.option({
      options: ['auto', 'aws', 'gcp', 'azure', 'skypilot'] as const,
      default: 'auto' as const,
    })({
      description: 'Layout of the file; auto recognises it by its header.',
    }),
    provider: Flags.string({
      description: 'Provider of the prices, where the file does not say.',
      helpValue: 'NAME',
    }),
    date: DATE_FLAG({
      description: 'Date of the prices, where the file does not say.',
      helpValue: 'YYYY-MM-DD',
    }),
    out: Flags.string({
      description: 'Catalogue file (YAML) to write; without it the file is only checked.',
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CatalogImport);
    const { provider, date, out } = flags;
    const outcome = await importCatalog(
      args.file,
      {
        layout: flags.layout,
        ...(provider === undefined ? {} : { provider }),
        ...(date === undefined ? {} : { date }),
        ...(out === undefined ? {} : { output: out }),
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), ({ additions, counts }) => ({
      json: { counts, file: out ?? null },
      text: `${plural(additions.instanceTypes.length, 'instance type')}, ${plural(additions.prices.length, 'price')}${out === undefined ? ' read; nothing was written (no --out).' : ` written to ${out}; name it under catalog.files of a stack.`}\n`,
    }));
  }
}
