import { Args, Flags } from '@oclif/core';
import { fitTraffic } from '../../../engine/index.ts';
import { ratePhrase, renderTable } from '../../../report/index.ts';
import { formatNumber, formatPercent } from '../../../units/index.ts';
import { BaseCommand, JSON_FLAG } from '../../base-command.ts';
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
    ...JSON_FLAG,
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
    this.finish(outcome, flags.json ? 'json' : 'text', ({ profile, statistics, requests }) => ({
      json: { profile, statistics, requests },
      text: `${renderTable(
        [{ title: 'PROFILE' }, { title: profile.name }],
        [
          ['requests', String(requests)],
          ['mean rate', ratePhrase(statistics.meanRate)],
          ['busiest hour', ratePhrase(statistics.peakRate)],
          ['gaps', `${profile.arrivals.family}, CV ${formatNumber(profile.arrivals.cv, 3)}`],
          [
            'input tokens',
            `mean ${formatNumber(statistics.isl.mean)}, p50 ${formatNumber(statistics.isl.p50)}, p99 ${formatNumber(statistics.isl.p99)}`,
          ],
          [
            'output tokens',
            `mean ${formatNumber(statistics.osl.mean)}, p50 ${formatNumber(statistics.osl.p50)}, p99 ${formatNumber(statistics.osl.p99)}`,
          ],
          ['prefix hits', formatPercent(profile.prefix.hitRate, 3)],
        ],
      )}\n${out === undefined ? '' : `\nWritten to ${out}.\n`}`,
    }));
  }
}
