import { Flags } from '@oclif/core';
import { createInterface } from 'node:readline/promises';
import { diagnostic, failure } from '../../diagnostics/index.ts';
import { applyPlan } from '../../engine/index.ts';
import type { ApplyOptions } from '../../engine/index.ts';
import { renderApply, renderApplyMarkdown } from '../../report/index.ts';
import type { ApplyReport } from '../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';
import { PLAN_ARG } from '../plan-arg.ts';
import { SECONDS_FLAG } from '../quantity-flags.ts';

/** Longest wait for one step, seconds: large checkpoints take tens of minutes to load (assumed). */
const DEFAULT_TIMEOUT = 30 * 60;

export default class Apply extends BaseCommand {
  static override description =
    'Apply a plan to a cluster: check that it is fresh, show what changes, write by waves, wait until each is ready, delete what the plan no longer has.';

  static override examples = [
    '<%= config.bin %> apply plans/chat/plan.json --dry-run server',
    '<%= config.bin %> apply chat --context prod',
    '<%= config.bin %> apply chat --yes --timeout 45min --json',
  ];

  static override args = PLAN_ARG;

  static override flags = {
    ...outputFlag('markdown'),
    'dry-run': Flags.option({ options: ['client', 'server'] as const })({
      description:
        'Write nothing: server has the cluster check every object and shows the difference, client asks no cluster and shows the order.',
    }),
    yes: Flags.boolean({ char: 'y', description: 'Do not ask; needed where there is no terminal.' }),
    target: Flags.string({
      description: 'Target profile to apply; default the one the plan was made with.',
      helpValue: 'PROFILE',
    }),
    context: Flags.string({
      description: 'Context of the kubeconfig; default its current one.',
      helpValue: 'NAME',
    }),
    kubeconfig: Flags.string({
      description:
        'Kubeconfig; default KUBECONFIG, then ~/.kube/config, then the service account of the pod.',
      helpValue: 'FILE',
    }),
    'force-conflicts': Flags.boolean({
      description: 'Take fields that others own, and write over what others changed since the last apply.',
    }),
    timeout: SECONDS_FLAG({
      description: 'Longest wait for one wave to become ready.',
      default: DEFAULT_TIMEOUT,
      defaultHelp: () => Promise.resolve('30min'),
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Apply);
    const isAsked = !flags.yes && flags['dry-run'] === undefined;
    const hasTerminal = process.stdin.isTTY && process.stderr.isTTY && formOf(flags) === 'text';
    if (isAsked && !hasTerminal) {
      this.finish(failure(unasked()), formOf(flags), () => ({ json: null, text: '' }));
      return;
    }
    const stop = new AbortController();
    const signals = stopOnSignals(stop);
    const options: ApplyOptions = {
      forceConflicts: flags['force-conflicts'],
      timeoutSeconds: flags.timeout,
      signal: stop.signal,
      ...(flags.target === undefined ? {} : { profile: flags.target }),
      ...(flags['dry-run'] === undefined ? {} : { dryRun: flags['dry-run'] }),
      ...(flags.context === undefined ? {} : { context: flags.context }),
      ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
      ...(isAsked ? { confirm: (report) => this.#ask(report, stop.signal) } : {}),
    };
    const outcome = await applyPlan(args.plan, options, this.host());
    signals.release();
    this.finish(outcome, formOf(flags), (report) => ({
      json: report,
      text: flags.output === 'markdown' ? renderApplyMarkdown(report) : renderApply(report, this.palette),
    }));
  }

  async #ask(report: ApplyReport, signal: AbortSignal): Promise<boolean> {
    process.stderr.write(`\r\u001b[2K${renderApply(report, this.palette)}\n`);
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    lines.on('SIGINT', () => process.emit('SIGINT'));
    try {
      const answer = await lines.question(`Apply this to ${report.cluster}? Only "yes" is taken: `, {
        signal,
      });
      return answer.trim() === 'yes';
    } catch {
      return false;
    } finally {
      lines.close();
    }
  }
}

function unasked() {
  return diagnostic('engine-usage', {
    summary: 'There is no terminal to ask on; nothing was applied.',
    fix: 'Add --yes to apply without being asked, or --dry-run server to see what would change.',
  });
}

/**
 * Lets the first Ctrl-C or SIGTERM end the command in order. From then on signals do what they did before: a second one ends the process at once, and
 * the next apply goes on from there.
 */
function stopOnSignals(stop: AbortController): { readonly release: () => void } {
  const names = ['SIGINT', 'SIGTERM'] as const;
  const before = names.map((name) => process.listeners(name));
  const release = (): void => {
    names.forEach((name, index) => {
      process.removeAllListeners(name);
      for (const listener of before[index] ?? []) process.on(name, listener);
    });
  };
  const abort = (): void => {
    release();
    stop.abort();
  };
  for (const name of names) {
    process.removeAllListeners(name);
    process.once(name, abort);
  }
  return { release };
}
