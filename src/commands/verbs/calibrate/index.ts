import { Flags } from '@oclif/core';
import { calibrateDeployments } from '../../../engine/index.ts';
import { renderCalibration, renderCalibrationMarkdown } from '../../../report/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../../base-command.ts';
import { MEASUREMENT_FLAGS, deploymentFacts } from '../../measurement-flags.ts';

export default class Calibrate extends BaseCommand {
  static override description =
    'Fit a correction of the performance model to measurements of your own deployment, and say how much it helps.';

  static override examples = [
    '<%= config.bin %> calibrate --measurements runs.csv --out calibration.json',
    '<%= config.bin %> calibrate --measurements bench.json --model meta-llama/Llama-3.1-70B --system h100-sxm --engine vllm --precision fp8 --tp 4 --out calibration.json',
  ];

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    ...MEASUREMENT_FLAGS,
    out: Flags.string({
      description: 'Calibration file (JSON) that `calibration` of a stack can name.',
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Calibrate);
    const { measurements, stack, out } = flags;
    const outcome = await calibrateDeployments(
      {
        measurements,
        ...(await this.standardInput(measurements)),
        deployment: deploymentFacts(flags),
        ...(stack === undefined ? {} : { stack }),
        ...(out === undefined ? {} : { output: out }),
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), (calibration) => ({
      json: calibration,
      text:
        flags.output === 'markdown'
          ? renderCalibrationMarkdown(calibration)
          : renderCalibration(calibration, this.palette),
    }));
  }
}
