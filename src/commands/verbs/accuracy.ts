import { Flags } from '@oclif/core';
import { scoreMeasurements } from '../../engine/index.ts';
import { renderAccuracy, renderAccuracyMarkdown } from '../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import { MEASUREMENT_FLAGS, deploymentFacts } from '../measurement-flags.ts';

export default class Accuracy extends BaseCommand {
  static override description =
    'Score the performance model on measured runs: error of TTFT, TPOT and request latency, and of the decisions it leads to.';

  static override examples = [
    '<%= config.bin %> accuracy --measurements runs.csv',
    '<%= config.bin %> accuracy --measurements runs.csv --predictions predictions.csv --json',
    '<%= config.bin %> accuracy --measurements bench.json --model meta-llama/Llama-3.1-70B --system h100-sxm --engine vllm --precision fp8 --tp 4',
    '<%= config.bin %> accuracy --measurements runs.csv --calibration calibration.json',
  ];

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    ...MEASUREMENT_FLAGS,
    predictions: Flags.string({
      description: 'CSV file for the prediction of every row, with its 80 % interval.',
      helpValue: 'FILE',
    }),
    calibration: Flags.string({
      multiple: true,
      description: 'Calibration file to apply; may be repeated.',
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Accuracy);
    const { measurements, stack, predictions } = flags;
    const outcome = await scoreMeasurements(
      {
        measurements,
        ...(await this.standardInput(measurements)),
        deployment: deploymentFacts(flags),
        calibrations: flags.calibration ?? [],
        ...(stack === undefined ? {} : { stack }),
        ...(predictions === undefined ? {} : { predictions }),
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), (report) => ({
      json: report,
      text:
        flags.output === 'markdown' ? renderAccuracyMarkdown(report) : renderAccuracy(report, this.palette),
    }));
  }
}
