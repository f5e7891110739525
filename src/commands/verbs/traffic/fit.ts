import { Args, Flags } from '@oclif/core';
import { fitTraffic } from '../../../engine/index.ts';
import { trafficPage } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';
import { TRACE_READING_FLAGS } from '../../traffic-flags.ts';

export default class TrafficFit extends BaseCommand {
  static override description =
    'Fit a generative traffic model to a trace: hourly rate, burstiness, lengths, prefix sharing.';

  static override examples = [
    '<%= config.bin %> traffic fit azure-llm-2023-conv.csv.gz',
    '<%= config.bin %> traffic fit trace.jsonl --layout mooncake --out traffic.yaml',
  ];

  static override args = {
    trace: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'Trace file (.csv, .jsonl; .gz is decompressed).',
    }),
  };

  static override flags = {
    ...outputFlag('markdown'),
    ...TRACE_READING_FLAGS,
    name: Flags.string({ description: 'Name of the profile; default the file name.' }),
    out: Flags.string({ description: 'YAML file for the traffic block of a problem.', helpValue: 'FILE' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TrafficFit);
    const { name, out } = flags;
    const outcome = await fitTraffic(
      args.trace,
      {
        format: flags.layout,
        ...(flags.columns === undefined ? {} : { columns: flags.columns }),
        onBrokenLine: flags['skip-broken-lines'] ? 'skip' : 'fail',
        ...(name === undefined ? {} : { name }),
        ...(out === undefined ? {} : { output: out }),
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), ({ profile, statistics, requests }) => {
      const fitted = { profile, statistics, requests };
      return this.show(flags.output, fitted, () =>
        trafficPage({ ...fitted, ...(out === undefined ? {} : { output: out }) }),
      );
    });
  }
}
