import { Flags } from '@oclif/core';
import { importLive } from '../../../engine/index.ts';
import type { ImportLiveOptions } from '../../../engine/index.ts';
import { plural } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';
import { CLUSTER_FLAGS, clusterChoice } from '../../cluster-flags.ts';
import { IMPORT_FLAGS } from '../../import-flags.ts';
import { SECONDS_FLAG } from '../../quantity-flags.ts';

/** How far back traffic is measured, seconds: a whole week. */
const DEFAULT_WINDOW = 7 * 86_400;

export default class ImportLive extends BaseCommand {
  static override description =
    'Write the current cluster, or a dump of one, as a starting stack: nodes as pools, Deployments and StatefulSets as services, inference engines as language models.';

  static override examples = [
    '<%= config.bin %> import live --context prod --out stacks/prod.yaml',
    '<%= config.bin %> import live --prometheus http://localhost:9090 --format typescript --out stacks/prod.ts',
    'kubectl get nodes,deploy,sts,ds,svc,hpa,pdb,priorityclasses -A -o json | <%= config.bin %> import live --from -',
  ];

  static override flags = {
    ...outputFlag(),
    ...CLUSTER_FLAGS,
    from: Flags.string({
      description:
        'Dump of a cluster (`kubectl get … -o json`), or - for standard input; default the cluster itself.',
      helpValue: 'FILE',
      exclusive: ['context', 'kubeconfig'],
    }),
    namespace: Flags.string({
      char: 'n',
      description:
        'Workloads of this namespace only; may be repeated. Default: all but those of Kubernetes itself.',
      helpValue: 'NAME',
      multiple: true,
    }),
    name: Flags.string({ description: 'Name of the stack.', helpValue: 'NAME', default: 'cluster' }),
    prometheus: Flags.string({
      description:
        'Address of a Prometheus that tells the traffic of language models; without it traffic is assumed.',
      helpValue: 'URL',
    }),
    'prometheus-token-file': Flags.string({
      description: 'File with a bearer token for it; default the variable PLIMSOLL_PROMETHEUS_TOKEN, if set.',
      helpValue: 'FILE',
      dependsOn: ['prometheus'],
    }),
    window: SECONDS_FLAG({
      description: 'How far back traffic is measured, in whole hours.',
      default: DEFAULT_WINDOW,
      defaultHelp: () => Promise.resolve('7d'),
    }),
    ...IMPORT_FLAGS,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ImportLive);
    const { from, prometheus, out } = flags;
    const token = flags['prometheus-token-file'];
    const options: ImportLiveOptions = {
      from:
        from === undefined
          ? { cluster: clusterChoice(flags) }
          : { dump: from, ...(await this.standardInput(from)) },
      name: flags.name,
      form: flags.format,
      defaults: { cpuMillicores: flags['default-cpu'], memory: flags['default-memory'] },
      windowSeconds: flags.window,
      now: Date.now() / 1000,
      ...(flags.namespace === undefined ? {} : { namespaces: flags.namespace }),
      ...(prometheus === undefined
        ? {}
        : { prometheus: { url: prometheus, ...(token === undefined ? {} : { tokenFile: token }) } }),
      ...(out === undefined ? {} : { output: out }),
    };
    const outcome = await importLive(options, this.host());
    this.finish(outcome, formOf(flags), ({ document, counts, usage, text }) => ({
      json: { counts, document, usage, file: out ?? null },
      text:
        out === undefined
          ? text
          : `${plural(counts.nodes, 'node')} as ${plural(counts.pools, 'pool')}, ${plural(counts.services, 'service')} and ${plural(counts.models, 'language model')} written to ${out}; look it over, then run \`plimsoll validate ${out}\`.\n`,
    }));
  }
}
