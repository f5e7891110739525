import { Errors, Flags } from '@oclif/core';
import type { Interfaces } from '@oclif/core';
import { MOST_SIMULATED, REPORT_FILE, makeReport, writableReport } from '../../engine/index.ts';
import type { MadeReport, ReportRequest, TraceMapping } from '../../engine/index.ts';
import { plural } from '../../report/index.ts';
import { formatNumber } from '../../units/index.ts';
import { BaseCommand, formOf, outputFlag } from '../base-command.ts';
import { PLAN_ARG } from '../plan-arg.ts';
import { present, reading } from '../configuration-flags.ts';
import { SECONDS_FLAG } from '../quantity-flags.ts';
import { readTraceMapping } from '../trace-mapping.ts';

type ReportFlags = Interfaces.InferredFlags<typeof Report.flags> & { readonly json?: boolean | undefined };

export default class Report extends BaseCommand {
  static override description =
    'Write a plan as one HTML page that needs no network: fleet, latencies against the SLO, capacity curves, hours of the week, replay, cost, constraints, policies, assumptions.';

  static override examples = [
    '<%= config.bin %> report plans/chat/plan.json --html',
    '<%= config.bin %> report chat --compare /tmp/main/plans/chat --out chat.html',
    '<%= config.bin %> report chat --spot-trace traces.csv.gz --map us-west-2a=h100/us-east-1a --map us-west-2b=h100/us-east-1b',
    '<%= config.bin %> report chat --quick --output json',
  ];

  static override args = PLAN_ARG;

  static override flags = {
    ...outputFlag(),
    html: Flags.boolean({
      description: 'Make the HTML page; default unless --output asks for the report as data.',
    }),
    out: Flags.string({
      description: `File of the page, or - for stdout; default ${REPORT_FILE} in the folder of the plan. An earlier one is replaced whole.`,
      helpValue: 'FILE',
    }),
    compare: Flags.string({
      description: 'Earlier plan (file, folder, name under plans/): the page also shows what changed since.',
      helpValue: 'PLAN',
    }),
    'spot-trace': Flags.string({
      description:
        'Replay availability traces of spot capacity against the plan; default those that the stack names. CSV; .gz is decompressed.',
      helpValue: 'FILE',
    }),
    map: Flags.custom<TraceMapping>({ parse: reading(readTraceMapping) })({
      description:
        'Trace (id or zone) that stands for a spot offering (pool/zone) of the plan; default those of its own zone and instance type. May be repeated.',
      helpValue: 'TRACE=OFFERING',
      multiple: true,
      dependsOn: ['spot-trace'],
    }),
    duration: SECONDS_FLAG({
      description: 'Time of a replay of traces at most; default a week, or the shortest trace.',
    }),
    quick: Flags.boolean({ description: 'Simulate nothing: show what the plan itself holds.' }),
    simulate: Flags.integer({
      description: `Language models simulated at most, those that cost most; default ${MOST_SIMULATED}.`,
      helpValue: 'N',
      min: 0,
      exclusive: ['quick'],
    }),
    'time-limit': SECONDS_FLAG({
      description:
        'Begin no simulation after this time; what is left out is remarked in the report. Default none, so that the same plan gives the same bytes.',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Report);
    const made = await makeReport(args.plan, requestOf(flags), this.host());
    this.finish(made, formOf(flags), (report) => ({
      json: writableReport(report.document),
      text: flags.out === '-' ? (report.page?.html ?? '') : writtenText(report),
    }));
  }
}

function requestOf(flags: ReportFlags): ReportRequest {
  return {
    page: pageOf(flags),
    ...present({
      compare: flags.compare,
      spotTrace: flags['spot-trace'],
      mappings: flags.map,
      duration: flags.duration,
      isQuick: flags.quick,
      mostSimulated: flags.simulate,
      timeLimit: flags['time-limit'],
    }),
  };
}

/** Throws where the page and data would both go to stdout. */
function pageOf(flags: ReportFlags): ReportRequest['page'] {
  const { out, html } = flags;
  const isData = formOf(flags) !== 'text';
  if (out === '-') {
    if (isData)
      throw new Errors.CLIError('--out - prints the page on stdout, where --output prints data: choose one.');
    return 'unwritten';
  }
  if (out !== undefined) return { file: out };
  return isData && !html ? 'none' : 'beside';
}

/** Remarks, then one sentence. */
function writtenText({ document, page }: MadeReport): string {
  const { remarks, plan } = document;
  const left = remarks.length === 0 ? '' : `; ${plural(remarks.length, 'remark')}`;
  return `${remarks.map((remark) => `${remark}\n`).join('')}Report of ${plan.stack} written to ${page?.file ?? ''} (${formatNumber((page?.bytes ?? 0) / 1000, 3)} kB${left}).\n`;
}
