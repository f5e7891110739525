import { Flags } from '@oclif/core';
import { estimateConfiguration } from '../../engine/index.ts';
import { renderEstimate, renderEstimateMarkdown } from '../../report/index.ts';
import { parseHourlyUsd } from '../../units/index.ts';
import type { MicroUsdPerHour } from '../../units/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import {
  CONFIGURATION_FLAGS,
  deploymentOptions,
  percentFlag,
  present,
  rateFlag,
  reading,
} from '../configuration-flags.ts';

export default class Estimate extends BaseCommand {
  static override description =
    'Estimate one configuration under one load: latency, throughput, memory, power and cost with 80 % intervals, and where a step spends its time.';

  static override examples = [
    '<%= config.bin %> estimate --model llama-3.1-70b-instruct --accelerator h100-sxm --tp 4 --isl 1000 --osl 300 --concurrency 32',
    '<%= config.bin %> estimate --model qwen3-32b --instance-type p5.48xlarge --tp 2 --weights fp8 --kv fp8 --isl 2000 --osl 200 --rate 6 --output markdown',
    '<%= config.bin %> estimate --model deepseek-r1 --accelerator h200-sxm --prefill tp=8,replicas=2 --decode tp=8,replicas=1 --isl 4000 --osl 500 --rate 2',
    "<%= config.bin %> estimate --model gpt-oss-120b --accelerator h100-sxm --tp 2 --isl 1000 --osl 1000 --concurrency 64 --price '2.50 USD/hour' --json",
  ];

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    ...CONFIGURATION_FLAGS,
    model: Flags.string({
      description: 'Model, by its name in the catalogue or Hugging Face id.',
      helpValue: 'NAME',
      required: true,
    }),
    isl: Flags.integer({
      description: 'Mean input tokens of a request.',
      min: 1,
      required: true,
      helpValue: 'TOKENS',
    }),
    osl: Flags.integer({
      description: 'Mean output tokens of a request.',
      min: 1,
      required: true,
      helpValue: 'TOKENS',
    }),
    'length-spread': percentFlag({
      description: 'Share by which lengths vary evenly to both sides; default 20%.',
      helpValue: 'SHARE',
    }),
    concurrency: Flags.integer({
      description: 'Clients, each with one request at a time. Either this or --rate.',
      min: 1,
      helpValue: 'N',
    }),
    rate: rateFlag({
      description: 'Requests per second that arrive at random. Either this or --concurrency.',
      helpValue: 'RATE',
    }),
    'prefix-hit-rate': percentFlag({
      description: 'Share of the prompt tokens found in the prefix cache; default 0%.',
      helpValue: 'SHARE',
    }),
    price: Flags.custom<MicroUsdPerHour>({ parse: reading(parseHourlyUsd) })({
      description: "Price of one accelerator; default the instance type's on-demand price, if named.",
      helpValue: "'2.50 USD/hour'",
    }),
    region: Flags.string({
      description: "Region of the instance type's price; default the cheapest.",
      helpValue: 'NAME',
    }),
    seed: Flags.integer({ description: 'Seed of lengths and arrivals; default 1.', min: 0 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Estimate);
    const { isl, osl, concurrency, rate, price, region, seed } = flags;
    const options = {
      ...deploymentOptions(flags),
      isl,
      osl,
      ...present({
        concurrency,
        requestRate: rate,
        lengthSpread: flags['length-spread'],
        prefixHitRate: flags['prefix-hit-rate'],
        price,
        region,
        seed,
      }),
    };
    const outcome = await estimateConfiguration(options, this.host());
    this.finish(outcome, formOf(flags), (report) => ({
      json: report,
      text:
        flags.output === 'markdown' ? renderEstimateMarkdown(report) : renderEstimate(report, this.palette),
    }));
  }
}
