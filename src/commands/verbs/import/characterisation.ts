import { Args, Flags } from '@oclif/core';
import { importCharacterisation } from '../../../engine/index.ts';
import type { ResourcesDocument } from '../../../model/index.ts';
import { BaseCommand, formOf, outputFlag } from '../../base-command.ts';
import { CPU_FLAG, MEMORY_FLAG, SECONDS_FLAG } from '../../quantity-flags.ts';

const MEMORY_UNITS = { bytes: 1, MiB: 2 ** 20, GiB: 2 ** 30, MB: 1e6, GB: 1e9 } as const;

export default class ImportCharacterisation extends BaseCommand {
  static override description =
    'Read a load test (Locust history, CPU and memory over time) and print the performance of a service to paste into a stack.';

  static override examples = [
    '<%= config.bin %> import characterisation auth_stats_history.csv --cpu-series cpu.csv --memory-series mem.csv --cpu-request 500m --memory-request 256Mi',
    '<%= config.bin %> import characterisation run_stats_history.csv --cpu-series cpu.csv --cpu-unit share --cpu-limit 400m --cpu-window 5min --memory-series mem.csv --memory-unit GB --cpu-request 400m --memory-request 600Mi --pods 2 --as queueing',
  ];

  static override args = {
    history: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'History that Locust writes with --csv (…_stats_history.csv).',
    }),
  };

  static override flags = {
    ...outputFlag(),
    as: Flags.option({ options: ['measured', 'queueing'] as const, default: 'measured' as const })({
      description: 'Rows as measured, or a queueing description fitted to them.',
    }),
    name: Flags.string({
      description: 'Request whose rows count; default: all together.',
      helpValue: 'NAME',
    }),
    pods: Flags.integer({ min: 1, default: 1, description: 'Replicas that shared the requests.' }),
    'cpu-series': Flags.string({ required: true, helpValue: 'FILE', description: 'CPU over time (CSV).' }),
    'cpu-unit': Flags.option({
      options: ['cores', 'millicores', 'share'] as const,
      default: 'cores' as const,
    })({
      description: 'Unit of the CPU series: summed over the replicas, or a share (0..1) of the CPU limit.',
    }),
    'cpu-window': SECONDS_FLAG({
      default: 0,
      defaultHelp: () => Promise.resolve('0s'),
      description: 'Time over which every CPU value is an average, as 5min in rate(...[5m]).',
    }),
    'memory-series': Flags.string({
      required: true,
      helpValue: 'FILE',
      description: 'Memory over time (CSV).',
    }),
    'memory-unit': Flags.option({
      options: ['bytes', 'MiB', 'GiB', 'MB', 'GB'] as const,
      default: 'bytes' as const,
    })({ description: 'Unit of the memory series, summed over the replicas.' }),
    shift: Flags.integer({
      default: 0,
      description: 'Seconds to add to the times of CPU and memory, where their clock is off.',
    }),
    'cpu-request': CPU_FLAG({ required: true, description: 'CPU request of a replica.' }),
    'memory-request': MEMORY_FLAG({ required: true, description: 'Memory request of a replica.' }),
    'cpu-limit': CPU_FLAG({ description: 'CPU limit of a replica; default: none.' }),
    'memory-limit': MEMORY_FLAG({ description: 'Memory limit of a replica; default: none.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImportCharacterisation);
    const cpuLimit = flags['cpu-limit'];
    const millicores = cpuLimit ?? flags['cpu-request'];
    const limitCores = flags['cpu-unit'] === 'share' ? millicores / 1000 : 1 / flags.pods;
    const outcome = await importCharacterisation(
      {
        history: args.history,
        cpu: flags['cpu-series'],
        memory: flags['memory-series'],
        ...(flags.name === undefined ? {} : { name: flags.name }),
        pods: flags.pods,
        coresPerUnit: flags['cpu-unit'] === 'millicores' ? limitCores / 1000 : limitCores,
        bytesPerUnit: MEMORY_UNITS[flags['memory-unit']],
        cpuWindow: flags['cpu-window'],
        shift: flags.shift,
        resources: resourcesOf({
          cpu: flags['cpu-request'],
          memory: flags['memory-request'],
          cpuLimit,
          memoryLimit: flags['memory-limit'],
        }),
        cores: millicores / 1000,
        form: flags.as,
      },
      this.host(),
    );
    this.finish(outcome, formOf(flags), ({ text, ...json }) => ({ json, text }));
  }
}

interface Quantities {
  readonly cpu: number;
  readonly memory: number;
  readonly cpuLimit: number | undefined;
  readonly memoryLimit: number | undefined;
}

/** Flags in millicores and bytes as a stack writes them. */
function resourcesOf({ cpu, memory, cpuLimit, memoryLimit }: Quantities): ResourcesDocument {
  const limits = {
    ...(cpuLimit === undefined ? {} : { cpu: `${cpuLimit}m` as const }),
    ...(memoryLimit === undefined ? {} : { memory: `${memoryLimit / 2 ** 20}Mi` as const }),
  };
  return {
    requests: { cpu: `${cpu}m`, memory: `${memory / 2 ** 20}Mi` },
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}
