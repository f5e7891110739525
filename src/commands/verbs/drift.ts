import { Flags } from '@oclif/core';
import { driftOfPlan } from '../../engine/index.ts';
import type { DriftOptions } from '../../engine/index.ts';
import { renderDrift, renderDriftMarkdown } from '../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import { PLAN_ARG } from '../plan-arg.ts';
import { CLUSTER_FLAGS, clusterChoice } from '../cluster-flags.ts';
import { percentFlag } from '../configuration-flags.ts';
import { SECONDS_FLAG } from '../quantity-flags.ts';

/** How far back measurements are read, seconds: a whole week, so that every hour of it is seen. */
const DEFAULT_WINDOW = 7 * 86_400;
/** Relative tolerance of figures; *assumed* wide enough for weeks to differ. */
const DEFAULT_TOLERANCE = 0.2;
/** Exit code of drift. */
const DRIFTED = 5;

export default class Drift extends BaseCommand {
  static override description =
    'Hold the live cluster and what was measured in it against a plan: which objects differ, and which assumption moved. Exit code 5 on drift.';

  static override examples = [
    '<%= config.bin %> drift plans/chat/plan.json --context prod',
    '<%= config.bin %> drift chat --prometheus http://localhost:9090 --opencost http://localhost:9003',
    '<%= config.bin %> drift chat --no-live --prometheus https://prometheus.example.com --prometheus-token-file token',
    '<%= config.bin %> drift chat --dump cluster.json --opencost allocation.json --output markdown',
  ];

  static override args = PLAN_ARG;

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    ...CLUSTER_FLAGS,
    live: Flags.boolean({
      description:
        'Compare live objects with the manifests of the plan; --no-live looks at measurements alone.',
      allowNo: true,
      default: true,
    }),
    dump: Flags.string({
      description:
        'Compare with a dump of the cluster (`kubectl get … -o json`, - for standard input) instead.',
      helpValue: 'FILE',
      exclusive: ['context', 'kubeconfig'],
    }),
    prometheus: Flags.string({
      description: 'Address of a Prometheus; credentials in it are never shown.',
      helpValue: 'URL',
    }),
    'prometheus-token-file': Flags.string({
      description: 'File with a bearer token for it; default the variable PLIMSOLL_PROMETHEUS_TOKEN, if set.',
      helpValue: 'FILE',
      dependsOn: ['prometheus'],
    }),
    opencost: Flags.string({
      description: 'Costs: an allocation export of OpenCost in JSON, or the address of an OpenCost.',
      helpValue: 'FILE|URL',
    }),
    'opencost-token-file': Flags.string({
      description: 'File with a bearer token for it; default the variable PLIMSOLL_OPENCOST_TOKEN, if set.',
      helpValue: 'FILE',
      dependsOn: ['opencost'],
    }),
    window: SECONDS_FLAG({
      description: 'How far back measurements are read, in whole hours.',
      default: DEFAULT_WINDOW,
      defaultHelp: () => Promise.resolve('7d'),
    }),
    tolerance: percentFlag({
      helpValue: 'PERCENT',
      description: 'How far a figure may be from the plan before its assumption counts as moved.',
      default: DEFAULT_TOLERANCE,
      defaultHelp: () => Promise.resolve('20%'),
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Drift);
    const { prometheus, opencost, dump } = flags;
    const prometheusToken = flags['prometheus-token-file'];
    const opencostToken = flags['opencost-token-file'];
    const live =
      dump === undefined ? { cluster: clusterChoice(flags) } : { dump, ...(await this.standardInput(dump)) };
    const options: DriftOptions = {
      ...(flags.live ? { live } : {}),
      ...(prometheus === undefined ? {} : { prometheus: { url: prometheus, ...tokenFile(prometheusToken) } }),
      ...(opencost === undefined ? {} : { opencost: { from: opencost, ...tokenFile(opencostToken) } }),
      windowSeconds: flags.window,
      tolerance: { relative: flags.tolerance },
      now: Date.now() / 1000,
    };
    const outcome = await driftOfPlan(args.plan, options, this.host());
    const form = formOf(flags);
    this.finish(outcome, form, (report) => ({
      json: report,
      text: form === 'markdown' ? renderDriftMarkdown(report) : renderDrift(report, this.palette),
      exitCode: report.hasDrifted ? DRIFTED : 0,
    }));
  }
}

function tokenFile(file: string | undefined): { readonly tokenFile?: string } {
  return file === undefined ? {} : { tokenFile: file };
}
