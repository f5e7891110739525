import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLOURED, PLAIN } from '../text/palette.ts';
import { textWidth } from '../text/text-width.ts';
import { drawSearch } from './draw-search.ts';
import { energyMarks, paretoChart } from './pareto-text.ts';
import { renderSearch, renderSearchMarkdown } from './search-text.ts';
import { confidenceLines, energyLines, proofLines } from './search-rows.ts';
import { samplePart, samplePlan, sampleSearch } from './testing/sample-search.ts';

const lastLine = (text: string): string | undefined => text.trimEnd().split('\n').at(-1);

describe('renderSearch', () => {
  it('tells what was asked, the best plans by rank, chart, energy, proof and one sentence last', () => {
    const text = renderSearch(sampleSearch());
    expect(text).toMatchInlineSnapshot(`
      "Model    example/model, vllm 0.19.0, aggregated or disaggregated
      Cluster  8 × h100-sxm in nodes of 8 (p5.48xlarge), 6.88 USD/hour each
      Load     4 requests/s; stated lengths: input 1000, output 300 tokens
      SLO      tpot p99 ≤ 50 ms, ttft p99 ≤ 1 s
      Aim      least cost per month; predictions are trusted

      Best 3 plans
        #  PLAN             FORMAT        BATCH       GPUS  USD/MONTH  USD/1M  CARRIES  TTFT P99  TPOT P99  E2E P99  J/TOKEN  TOKENS/S/GPU
        1  2 × tp2          fp8, KV bf16  8192 × 256     4     20,000     0.8      5/s    200 ms     20 ms      8 s        2           420
        2  prefill 1 × tp2  fp8, KV bf16  8192 × 256     6     30,000     0.8      5/s    200 ms     20 ms      7 s        3           420
           decode 2 × tp2   fp8, KV bf16  8192 × 256
        3  1 × tp8          fp8, KV bf16  8192 × 256     8     40,000     0.8      5/s    200 ms     20 ms      5 s        4           420

      Not dominated in cost, p99 latency and energy
           PLAN                              FORMAT        GPUS  USD/MONTH  E2E P99  J/TOKEN
        ○  2 × tp2                           fp8, KV bf16     4     20,000      8 s        2
        ◐  prefill 1 × tp2 + decode 2 × tp2  fp8, KV bf16     6     30,000      7 s        3
        ●  1 × tp8                           fp8, KV bf16     8     40,000      5 s        4

      p99 end-to-end latency over cost, energy as mark
        8 s ┤○
            │
            │
            │                            ◐
            │
            │
            │
            │
        5 s ┤                                                       ●
            └────────────────────────────────────────────────────────
             20,000 USD/month                        40,000 USD/month
             ○ 2  ◐ 3  ● 4 J/token

      Energy beside latency
        least energy:  2 × tp2, 2 J/token, E2E p99 8 s
        least latency: 1 × tp8, 4 J/token, E2E p99 5 s
        the energy-optimal plan takes 50 % less energy per token, the latency-optimal one 38 % less time to the last token (p99)

      Proof
        1,296 candidates: 56 simulated in 240 runs of 480,000 requests in all
        left out: 640 out-of-memory, 12 costlier
        20,000 USD/month; at most 5 % from the best possible by this model; search complete

      Chosen and assumed
        Formats of the weights: bf16, fp8.

      Best plan: 2 × tp2 on 4 accelerators, 20,000 USD/month, carries 5/s (4/s asked for) within the SLO, 2 J/token, E2E p99 8 s.
      "
    `);
  });

  it.each([60, 80, 100, 140])('fits lines of tables into %i characters', (width) => {
    const text = renderSearch(sampleSearch(), { ...PLAIN, width });
    const tables = text.slice(text.indexOf('Best 3 plans'), text.indexOf('p99 end-to-end latency over'));
    for (const line of tables.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  it('says the accelerator and the engine of a plan only where they differ', () => {
    expect(renderSearch(sampleSearch())).toContain('2 × tp2  ');
    const mixed = sampleSearch({
      plans: [
        samplePlan({ id: 'a', cost: 1, e2e: 1, energy: 1 }),
        samplePlan({ id: 'b', cost: 2, e2e: 1, energy: 1 }, { parts: [samplePart({ engine: 'sglang' })] }),
      ],
    });
    expect(renderSearch(mixed)).toContain('2 × tp2 sglang');
  });

  it('shows no money without prices', () => {
    const [plan] = sampleSearch().plans;
    if (plan === undefined) throw new Error('unreachable');
    const { costPerMonth, costPerMillionTokens, ...free } = plan;
    expect([costPerMonth, costPerMillionTokens]).toEqual([20_000, 0.8]);
    const text = renderSearch(sampleSearch({ isPriced: false, plans: [free], pareto: [free] }));
    expect(text).not.toContain('USD/month');
    expect(lastLine(text)).toMatch(/^Best plan: 2 × tp2 on 4 accelerators, carries 5\/s/);
  });

  it('colours only when asked to', () => {
    const escape = String.fromCharCode(27);
    expect(renderSearch(sampleSearch())).not.toContain(escape);
    expect(renderSearch(sampleSearch(), COLOURED)).toContain(escape);
  });

  it('names what no engine runs, and uneven stages by their layers', () => {
    const part = samplePart({
      notExecutable: 'vllm does not',
      stages: [
        { accelerator: 'h100-sxm', layers: 48 },
        { accelerator: 'h100-sxm', layers: 32 },
      ],
    });
    const plan = samplePlan({ id: 'a', cost: 1, e2e: 1, energy: 1 }, { parts: [part] });
    expect(renderSearch(sampleSearch({ plans: [plan] }))).toContain(
      '2 × tp2 (48 + 32 layers) (not executable)',
    );
  });
});

describe('renderSearchMarkdown', () => {
  it('holds the same plans as tables and the chart in a fence', () => {
    const text = renderSearchMarkdown(sampleSearch());
    expect(text).toContain('| 1 | 2 × tp2 | fp8, KV bf16 |');
    expect(text).toMatch(/```\n.*┤.*○|◐|●/s);
    expect(text.startsWith('## Search for example/model\n\nBest plan: ')).toBe(true);
  });
});

describe('lines of a search', () => {
  it('compare the energy-optimal with the latency-optimal plan', () => {
    expect(energyLines(sampleSearch()).at(-1)).toBe(
      'the energy-optimal plan takes 50 % less energy per token, the latency-optimal one 38 % less time to the last token (p99)',
    );
    const [plan] = sampleSearch().plans;
    if (plan === undefined) throw new Error('unreachable');
    expect(energyLines(sampleSearch({ leastLatency: plan, leastEnergy: plan }))).toHaveLength(1);
  });

  it('say what safety costs, or why that is not known', () => {
    const confidence = { level: 0.9, factors: { ttft: 1.4, tpot: 1.1, e2e: 1.15 } };
    expect(confidenceLines(sampleSearch())).toEqual([]);
    const priced = { ...confidence, costWithout: 15_000, extraCost: 5000, acceleratorsWithout: 2 };
    expect(confidenceLines(sampleSearch({ confidence: priced }))).toEqual([
      'with 90 % confidence latencies may exceed their predictions by ttft 40 %, tpot 10 %, e2e 15 %',
      'safety costs 5,000 USD/month: without it the best plan is 15,000 USD/month',
    ]);
    expect(confidenceLines(sampleSearch({ confidence }))[1]).toContain('time ran out');
    expect(
      confidenceLines(
        sampleSearch({ isPriced: false, confidence: { ...confidence, acceleratorsWithout: 2 } }),
      )[1],
    ).toBe('safety costs 2 accelerators: without it the best plan has 2');
  });

  it('say how near the best possible is, and when the time ran out', () => {
    expect(proofLines(sampleSearch())).toEqual([
      '1,296 candidates: 56 simulated in 240 runs of 480,000 requests in all',
      'left out: 640 out-of-memory, 12 costlier',
      '20,000 USD/month; at most 5 % from the best possible by this model; search complete',
    ]);
    const { gap, ...unbounded } = sampleSearch().proof;
    expect(gap).toBe(0.05);
    const lines = proofLines(sampleSearch({ proof: { ...unbounded, isComplete: false } }));
    expect(lines.at(-1)).toMatch(/no bound is known here; the time ran out/);
    expect(proofLines(sampleSearch({ proof: { ...unbounded, gap: 0 } })).at(-1)).toContain(
      'nothing better exists',
    );
  });
});

describe('paretoChart', () => {
  it('marks plans by energy and needs two of them', () => {
    const { pareto } = sampleSearch();
    expect(energyMarks(pareto)).toEqual(['○', '◐', '●']);
    expect(energyMarks(pareto.slice(0, 1))).toEqual(['◐']);
    expect(paretoChart(sampleSearch({ pareto: pareto.slice(0, 1) }))).toBe('');
  });

  it('draws every plan inside its frame, whatever the merits', () => {
    const merits = fc.record({
      cost: fc.double({ min: 1, max: 1e7, noNaN: true }),
      e2e: fc.double({ min: 0.001, max: 1000, noNaN: true }),
      energy: fc.double({ min: 0.01, max: 1000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(merits, { minLength: 2, maxLength: 20 }), (all) => {
        const pareto = all.map((item, index) => samplePlan({ id: String(index), ...item }));
        const lines = paretoChart(sampleSearch({ pareto })).split('\n');
        expect(lines).toHaveLength(12);
        const frame = lines.slice(0, 9);
        const marks = frame.join('').match(/[○◐●]/g) ?? [];
        expect(marks.length).toBeGreaterThan(0);
        expect(marks.length).toBeLessThanOrEqual(all.length);
        const width = textWidth(lines[9] ?? '');
        for (const line of frame) expect(textWidth(line)).toBeLessThanOrEqual(width);
        // The cheapest stands at the left end, the slowest at the top.
        expect(frame.some((line) => /[│┤][○◐●]/.test(line))).toBe(true);
        const latencies = all.map((item) => item.e2e);
        if (Math.max(...latencies) > Math.min(...latencies)) expect(frame[0]).toMatch(/[○◐●]/);
      }),
    );
  });
});

describe('drawSearch', () => {
  it('draws the same bytes for the same report, with title and description for screen readers', async () => {
    const [first, second] = [
      await drawSearch(sampleSearch(), 'svg'),
      await drawSearch(sampleSearch(), 'svg'),
    ];
    // Compared first: a failure must not print two drawings.
    expect(first === second).toBe(true);
    expect(first).toMatch(/^<svg .*role="img".*<title id="chart-title">Search for example\/model<\/title>/);
    expect(first).toContain('prefill 1 × tp2 + decode 2 × tp2');
  });

  it('makes a page with the figures, escaped and without scripts', async () => {
    const page = await drawSearch(sampleSearch({ model: '<b>x</b>' }), 'html');
    expect(page).toContain('&lt;b&gt;x&lt;/b&gt;');
    expect(page).not.toMatch(/<b>x|<script/);
    expect(page).toContain('Best 3 plans');
  });
});
