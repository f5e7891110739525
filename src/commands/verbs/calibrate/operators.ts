import { Flags } from '@oclif/core';
import { importOperatorTables } from '../../../engine/index.ts';
import { renderOperatorTables } from '../../../report/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';
import { DATE_FLAG } from '../../date-flag.ts';

export default class CalibrateOperators extends BaseCommand {
  static override description =
    'Import measured operator tables of an accelerator, which then win over the shipped laws inside their range.';

  static override examples = [
    '<%= config.bin %> calibrate operators --tables gpu-ops/h100_sxm --layout plimsoll-parquet --accelerator h100-sxm --out h100-tables.json',
    '<%= config.bin %> calibrate operators --tables apex_plus --layout apex-plus --system H100-SXM-80GB --accelerator h100-sxm',
  ];

  static override flags = {
    ...outputFlag(),
    tables: Flags.string({
      description: 'Folder of measured tables; docs/operator-tables.md shows the layouts.',
      helpValue: 'DIR',
      required: true,
    }),
    layout: Flags.option({
      options: ['plimsoll-parquet', 'apex-plus'] as const,
      default: 'plimsoll-parquet' as const,
    })({ description: 'Layout of the folder.' }),
    accelerator: Flags.string({
      description: 'Accelerator measured, by its catalogue name or an alias.',
      helpValue: 'NAME',
      required: true,
    }),
    system: Flags.string({
      description: 'Sub-folder of the system, where the folder holds several; default the only one.',
      helpValue: 'NAME',
    }),
    backend: Flags.string({
      description: 'Program whose kernels to take where several were measured; default vllm, trtllm, sglang.',
      helpValue: 'NAME',
    }),
    date: DATE_FLAG({
      description: 'Date of the measurements; default today.',
      helpValue: 'YYYY-MM-DD',
    }),
    out: Flags.string({
      description:
        'Table file (JSON) that `calibration` of a stack can name; without it tables are only checked.',
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(CalibrateOperators);
    const { layout, accelerator, system, backend, date, out } = flags;
    const outcome = await importOperatorTables(
      flags.tables,
      {
        layout,
        accelerator,
        ...(system === undefined ? {} : { system }),
        ...(backend === undefined ? {} : { backend }),
        ...(date === undefined ? {} : { date }),
        ...(out === undefined ? {} : { output: out }),
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), (imported) => {
      const { tables, ...facts } = imported;
      return { json: { ...facts, provenance: tables.provenance }, text: renderOperatorTables(imported) };
    });
  }
}
