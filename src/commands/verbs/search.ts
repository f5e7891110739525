import { failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { searchCluster, writeSearch, writeSearchChart } from '../../engine/index.ts';
import type { SearchedCluster } from '../../engine/index.ts';
import { planSentence, renderSearch, renderSearchMarkdown } from '../../report/index.ts';
import { BaseCommand, FULL_FLAG } from '../base-command.ts';
import { SEARCH_FLAGS, searchOptions } from '../search-flags.ts';

export default class Search extends BaseCommand {
  static override description =
    'Search the best ways to serve one model on one cluster: parallelism, precision, batch limits, replicas, prefill and decode apart; by cost, latency or energy within an SLO.';

  static override examples = [
    '<%= config.bin %> search --model meta-llama/Llama-3.1-70B-Instruct --cluster 8xh100_sxm --isl 1000 --osl 300 --rate 4 --ttft-p99 1s --tpot-p99 50ms',
    '<%= config.bin %> search --model deepseek-r1 --cluster 72xgb200 --profile azure-llm-2023-conversation --tpot-p99 40ms --ttft-p99 2s --budget 30s',
    '<%= config.bin %> search --model qwen3-32b --cluster 8xh100+8xl40s --isl 2000 --osl 200 --concurrency 64 --e2e-p95 10s --fewest-gpus',
    '<%= config.bin %> search --model llama-3.1-8b-instruct --cluster 4xl40s --trace azure-llm-2023-conv.csv.gz --rate 12 --ttft-p99 1s --confidence 0.9 --out plans/chat',
    '<%= config.bin %> search --model gpt-oss-120b --cluster 16xh200 --isl 1000 --osl 1000 --rate 20 --tpot-p99 30ms --objective energy --chart pareto.html',
  ];

  static override flags = { ...FULL_FLAG, ...SEARCH_FLAGS };

  async run(): Promise<void> {
    const { flags } = await this.parse(Search);
    const { output } = flags;
    const form = flags.json ? 'json' : output !== undefined && 'form' in output ? output.form : 'text';
    const folder = flags.out ?? (output !== undefined && 'folder' in output ? output.folder : undefined);
    const searched = await searchCluster(searchOptions(flags), this.host());
    const drawn = await this.#drawn(searched, flags.chart);
    const written = await this.#written(drawn, folder);
    this.finish(written, form, ({ report, note }) => ({
      json: report,
      text:
        form === 'markdown'
          ? renderSearchMarkdown(report)
          : `${note}${flags.chart === undefined ? '' : `Chart written to ${flags.chart}.\n`}${note === '' && flags.chart === undefined ? '' : '\n'}${renderSearch(report, this.palette)}`,
    }));
  }

  async #written(
    outcome: Outcome<SearchedCluster>,
    folder: string | undefined,
  ): Promise<Outcome<{ readonly report: SearchedCluster['report']; readonly note: string }>> {
    if (!outcome.ok) return outcome;
    const { report } = outcome.value;
    if (folder === undefined) return success({ report, note: '' }, outcome.diagnostics);
    const written = await writeSearch(outcome.value, folder, this.host());
    if (!written.ok) return failure(...outcome.diagnostics, ...written.diagnostics);
    const note = `Written to ${folder}/: plan.json, problem.yaml, report.md, manifests/. ${planSentence(written.value)}\n`;
    return success({ report, note }, [...outcome.diagnostics, ...written.diagnostics]);
  }

  async #drawn(
    outcome: Outcome<SearchedCluster>,
    chart: string | undefined,
  ): Promise<Outcome<SearchedCluster>> {
    if (!outcome.ok || chart === undefined) return outcome;
    const written = await writeSearchChart(outcome.value.report, chart, this.host());
    return written.ok ? outcome : failure(...outcome.diagnostics, ...written.diagnostics);
  }
}
