import { Args, Flags } from '@oclif/core';
import { listCatalog } from '../../../engine/index.ts';
import { catalogPage } from '../../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../../base-command.ts';

export default class CatalogList extends BaseCommand {
  static override description =
    'Search the catalogue of accelerators, instance types, prices and models, with sources.';

  static override examples = [
    '<%= config.bin %> catalog list h100',
    '<%= config.bin %> catalog list llama --kind model',
    '<%= config.bin %> catalog list p5.48xlarge --kind price --region us-east-1',
  ];

  static override args = {
    query: Args.string({ ignoreStdin: true, description: 'Part of a name or alias; everything without it.' }),
  };

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    kind: Flags.option({ options: ['accelerator', 'instance', 'price', 'model'] as const })({
      description: 'Only records of this kind.',
    }),
    provider: Flags.string({ description: 'Only records of this provider.', helpValue: 'NAME' }),
    region: Flags.string({ description: 'Only prices of this region.', helpValue: 'NAME' }),
    stack: Flags.string({ description: 'Add the records this stack declares.', helpValue: 'FILE' }),
    limit: Flags.integer({ description: 'Most rows to print.', default: 50, min: 1 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CatalogList);
    const { kind, provider, region } = flags;
    const query = {
      ...(args.query === undefined ? {} : { query: args.query }),
      ...(kind === undefined ? {} : { kind }),
      ...(provider === undefined ? {} : { provider }),
      ...(region === undefined ? {} : { region }),
    };
    const outcome = await listCatalog(query, flags.stack, this.host());
    this.finish(outcome, formOf(flags), (rows) =>
      this.show(flags.output, rows.slice(0, flags.limit), () => catalogPage(rows, flags.limit)),
    );
  }
}
