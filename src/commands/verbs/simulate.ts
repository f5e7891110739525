import { Args, Errors, Flags } from '@oclif/core';
import type { Interfaces } from '@oclif/core';
import { failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import {
  simulateConfiguration,
  simulatePlan,
  simulatePlanOnSpot,
  writeSimulationChart,
  writeSpotSimulationChart,
} from '../../engine/index.ts';
import type { SimulationOptions, TraceMapping } from '../../engine/index.ts';
import type { LatencyLimit, LatencyMetric, Percentile } from '../../model/index.ts';
import {
  renderSimulations,
  renderSimulationsMarkdown,
  renderSpotSimulations,
  renderSpotSimulationsMarkdown,
} from '../../report/index.ts';
import type { SimulationReport } from '../../report/index.ts';
import { parseDuration } from '../../units/index.ts';
import type { Parsed } from '../../units/index.ts';
import { BaseCommand, FULL_FLAG, formOf, outputFlag } from '../base-command.ts';
import { CONFIGURATION_FLAGS, deploymentOptions, present, reading } from '../configuration-flags.ts';
import { readChartFile } from '../search-readers.ts';
import { readTraceMapping } from '../trace-mapping.ts';
import { TRAFFIC_FLAGS, trafficOptions } from '../traffic-flags.ts';

/** `ttft.p99=1s,tpot.p99=50ms`. */
function readLimits(input: string): Parsed<readonly LatencyLimit[]> {
  const limits = input.split(',').flatMap((part): LatencyLimit[] => {
    const [, metric, percentile, text] = /^(ttft|tpot|e2e)\.(p50|p90|p95|p99)=(.+)$/.exec(part.trim()) ?? [];
    const limit = parseDuration(text);
    return limit.ok && limit.value > 0
      ? [{ metric: metric as LatencyMetric, percentile: percentile as Percentile, limit: limit.value }]
      : [];
  });
  return limits.length === input.split(',').length
    ? { ok: true, value: limits }
    : { ok: false, expected: 'limits such as "ttft.p99=1s,tpot.p99=50ms"' };
}

/** Flags that a replay of traces does not take: the fleet and its load are the plan's. */
const REPLACED_BY_TRACES = [
  ...Object.keys(CONFIGURATION_FLAGS),
  ...['trace', 'profile', 'isl', 'osl', 'length-spread', 'rate', 'rate-scale', 'burstiness'],
  ...['prefix-hit-rate', 'requests', 'routing'],
];

/** Throws when one of the flags was given. */
function refuse(flags: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const stated = names.filter((name) => flags[name] !== undefined);
  if (stated.length > 0) {
    throw new Errors.CLIError(
      `--spot-trace replays the plan's own fleet under the plan's own load: leave out ${stated.map((name) => `--${name}`).join(', ')}.`,
    );
  }
}

/** Told before the figures: the last line is what they say. */
function chartNote(chart: string | undefined): string {
  return chart === undefined ? '' : `Chart written to ${chart}.\n\n`;
}

type SimulateFlags = Interfaces.InferredFlags<typeof Simulate.flags> & {
  readonly json?: boolean | undefined;
};

export default class Simulate extends BaseCommand {
  static override description =
    'Simulate requests on a plan, a stack or one configuration: latency percentiles with confidence intervals, goodput, utilisation, timeline, chart.';

  static override examples = [
    '<%= config.bin %> simulate plans/chat/plan.json --chart chat.svg',
    '<%= config.bin %> simulate chat --trace azure-llm-2023-conv.csv.gz --rate-scale 1.5',
    '<%= config.bin %> simulate examples/chat/stack.ts --workload chat --duration 10min --json',
    '<%= config.bin %> simulate chat --spot-trace traces.csv.gz --map us-west-2a=h100/us-east-1a --map us-west-2b=h100/us-east-1b',
    '<%= config.bin %> simulate --model llama-3.1-8b-instruct --accelerator l40s --replicas 2 --isl 800 --osl 150 --rate 6 --slo ttft.p99=1s,tpot.p99=60ms',
    '<%= config.bin %> simulate --model qwen3-32b --accelerator h100-sxm --tp 2 --replicas 4 --trace conversation_trace.jsonl --routing prefix-aware',
  ];

  static override args = {
    target: Args.string({
      ignoreStdin: true,
      description:
        'Plan (file, folder, name under plans/) or stack (.ts, .js, .yaml; planned first; - for YAML on stdin). Without it, --model and --accelerator describe one configuration.',
    }),
  };

  static override flags = {
    ...outputFlag('markdown'),
    ...FULL_FLAG,
    ...CONFIGURATION_FLAGS,
    ...TRAFFIC_FLAGS,
    workload: Flags.string({ description: 'Workload of the plan or stack; default all.', helpValue: 'ID' }),
    routing: Flags.option({ options: ['round-robin', 'least-loaded', 'prefix-aware'] as const })({
      description: 'How requests reach the replicas; default least-loaded, of a plan what it declares.',
    }),
    'prefix-cache': Flags.boolean({
      description: 'Whether engines keep the KV cache of prompt prefixes.',
      default: true,
      allowNo: true,
    }),
    slo: Flags.custom<readonly LatencyLimit[]>({ parse: reading(readLimits) })({
      description: "Limits to judge by; default the plan's.",
      helpValue: 'ttft.p99=1s,tpot.p99=50ms',
    }),
    seed: Flags.integer({
      description: "Seed of drawn lengths and arrivals; default 1, of a plan the plan's.",
      min: 0,
    }),
    'spot-trace': Flags.string({
      description:
        'Replay availability traces of spot capacity against the plan: reclaims, replacements, attainment, and cost against all on demand. CSV; .gz is decompressed.',
      helpValue: 'FILE',
    }),
    map: Flags.custom<TraceMapping>({ parse: reading(readTraceMapping) })({
      description:
        'Trace (id or zone) that stands for a spot offering (pool/zone) of the plan; default those of its own zone and instance type. May be repeated.',
      helpValue: 'TRACE=OFFERING',
      multiple: true,
      dependsOn: ['spot-trace'],
    }),
    policy: Flags.option({ options: ['plan', 'adaptive'] as const })({
      description:
        'Who steers the fleet of a replay: the plan with a node autoscaler that replaces what is lost (default), or the adaptive policy that learns reclaims and falls back on demand.',
      dependsOn: ['spot-trace'],
    }),
    chart: Flags.custom<string>({ parse: reading(readChartFile) })({
      description: 'File for a chart of latencies and timeline: FILE.svg, or FILE.html with the figures.',
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Simulate);
    this.holdThread();
    if (flags['spot-trace'] !== undefined) return this.#onSpot(args.target, flags);
    const options = {
      ...trafficOptions(flags),
      prefixCache: flags['prefix-cache'],
      ...present({ routing: flags.routing, limits: flags.slo, seed: flags.seed }),
    };
    const simulated =
      args.target === undefined
        ? await this.#configuration(flags, options)
        : await this.#plan(args.target, flags, options);
    const outcome = await this.#drawn(simulated, flags.chart);
    this.finish(outcome, formOf(flags), (reports) => ({
      json: reports,
      text:
        flags.output === 'markdown'
          ? renderSimulationsMarkdown(reports)
          : `${chartNote(flags.chart)}${renderSimulations(reports, this.palette)}`,
    }));
  }

  async #onSpot(target: string | undefined, flags: SimulateFlags): Promise<void> {
    const { 'spot-trace': spotTrace = '', map, policy, duration, slo, seed, workload } = flags;
    if (target === undefined) throw new Errors.CLIError('--spot-trace replays a plan or a stack: name one.');
    refuse(flags, REPLACED_BY_TRACES);
    const stdin = await this.standardInput(target);
    const stated = present({ mappings: map, policy, duration, limits: slo, seed, workload });
    const replayed = await simulatePlanOnSpot(target, { spotTrace, ...stated, ...stdin }, this.host());
    const chart = flags.chart;
    const written =
      replayed.ok && chart !== undefined
        ? await writeSpotSimulationChart(replayed.value, chart, this.host())
        : undefined;
    const outcome =
      written === undefined || written.ok
        ? replayed
        : failure(...replayed.diagnostics, ...written.diagnostics);
    this.finish(outcome, formOf(flags), (reports) => ({
      json: reports,
      text:
        flags.output === 'markdown'
          ? renderSpotSimulationsMarkdown(reports)
          : `${chartNote(chart)}${renderSpotSimulations(reports, this.palette)}`,
    }));
  }

  async #configuration(
    flags: Parameters<typeof deploymentOptions>[0] & { readonly workload: string | undefined },
    options: SimulationOptions,
  ): Promise<Outcome<readonly SimulationReport[]>> {
    if (flags.model === undefined) {
      throw new Errors.CLIError(
        'Name a plan or a stack, or one configuration with --model and --accelerator.',
      );
    }
    if (flags.workload !== undefined) {
      throw new Errors.CLIError('--workload names a workload of a plan or stack, and none is given.');
    }
    const outcome = await simulateConfiguration(deploymentOptions(flags), options, this.host());
    return outcome.ok ? success([outcome.value], outcome.diagnostics) : outcome;
  }

  async #plan(
    target: string,
    flags: Parameters<typeof deploymentOptions>[0] & { readonly workload: string | undefined },
    options: SimulationOptions,
  ): Promise<Outcome<readonly SimulationReport[]>> {
    const stated = Object.keys(CONFIGURATION_FLAGS).filter(
      (name) => flags[name as keyof typeof CONFIGURATION_FLAGS] !== undefined,
    );
    if (stated.length > 0) {
      throw new Errors.CLIError(
        `${target} tells its own configuration: leave out ${stated.map((name) => `--${name}`).join(', ')}.`,
      );
    }
    const stdin = await this.standardInput(target);
    return simulatePlan(
      target,
      { ...options, ...stdin, ...present({ workload: flags.workload }) },
      this.host(),
    );
  }

  async #drawn(
    outcome: Outcome<readonly SimulationReport[]>,
    chart: string | undefined,
  ): Promise<Outcome<readonly SimulationReport[]>> {
    if (!outcome.ok || chart === undefined) return outcome;
    const written = await writeSimulationChart(outcome.value, chart, this.host());
    return written.ok ? outcome : failure(...outcome.diagnostics, ...written.diagnostics);
  }
}
