import { Args, Flags } from '@oclif/core';
import { packCluster } from '../../engine/index.ts';
import { renderPack, renderPackMarkdown } from '../../report/index.ts';
import { parseDuration } from '../../units/index.ts';
import type { Seconds } from '../../units/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import { reading } from '../configuration-flags.ts';

/** Default of `--time-limit`, in seconds. */
const DEFAULT_TIME_LIMIT = 10;

export default class Pack extends BaseCommand {
  static override description =
    'Pack the pods of a cluster by priority: the most pods of the highest priority, then of the next, then the fewest moves, with a proof.';

  static override examples = [
    'kubectl get nodes,pods,pdb --all-namespaces -o json | <%= config.bin %> pack -',
    '<%= config.bin %> pack cluster.json --time-limit 30s',
    '<%= config.bin %> pack cluster.json --online',
    '<%= config.bin %> pack cluster.json --json',
  ];

  static override args = {
    dump: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Dump of nodes and pods: a v1 List in JSON or YAML, or - for standard input.',
    }),
  };

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    'time-limit': Flags.custom<Seconds>({ parse: reading(parseDuration) })({
      description: 'Wall-clock limit of the search; default 10s. It ends earlier when all is proven.',
      helpValue: 'DURATION',
    }),
    online: Flags.boolean({
      description: 'Place the pending pods one at a time by best fit and move nothing.',
    }),
    seed: Flags.integer({ description: 'Seed of the search; default 1.', min: 0 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Pack);
    const stdin = await this.standardInput(args.dump);
    this.holdThread();
    const outcome = await packCluster(
      {
        dump: args.dump,
        ...stdin,
        timeLimitSeconds: flags['time-limit'] ?? DEFAULT_TIME_LIMIT,
        isOnline: flags.online,
        seed: flags.seed ?? 1,
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), (report) => ({
      json: report,
      text: flags.output === 'markdown' ? renderPackMarkdown(report) : renderPack(report, this.palette),
    }));
  }
}
