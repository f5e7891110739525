import { describe, expect, it } from 'vitest';
import { escapeMarkup } from './draw-chart.ts';
import { drawSimulation } from './draw-simulation.ts';
import { renderEstimate, renderEstimateMarkdown } from './estimate-text.ts';
import { renderSimulations, renderSimulationsMarkdown } from './simulation-text.ts';
import { sparkline } from './sparkline.ts';
import { sampleEstimate, sampleSimulation } from './testing/sample-reports.ts';

const HOSTILE = '</title><script>alert(1)</script> "${x}" {{y}} `z`';

describe('a sparkline', () => {
  it('gives zero a blank, the largest value full height, and anything above zero at least one eighth', () => {
    expect(sparkline([0, 1e-9, 0.5, 1], 4)).toBe(' ▁▄█');
  });

  it('averages neighbours when there are more values than characters', () => {
    expect(sparkline([0, 2, 2, 2], 2)).toBe('▄█');
    expect([
      ...sparkline(
        Array.from({ length: 1000 }, (_, i) => i),
        60,
      ),
    ]).toHaveLength(60);
  });

  it('is empty without values and blank without heights', () => {
    expect(sparkline([], 10)).toBe('');
    expect(sparkline([0, 0], 10)).toBe('  ');
  });
});

describe('an estimate as text', () => {
  const text = renderEstimate(sampleEstimate());

  it('states value, interval and evidence of every figure', () => {
    expect(text).toMatch(/TTFT mean\s+100 ms\s+50 ms – 200 ms\s+fitted/);
    expect(text).toMatch(/experts\s+8 ms\s+80 %\s+memory/);
    expect(text).toContain('KV tokens per replica');
  });

  it('ends with one sentence', () => {
    expect(text.trimEnd().split('\n').at(-1)).toContain('TTFT 100 ms, TPOT 100 ms');
  });

  it('says when the rate is not served', () => {
    expect(renderEstimate(sampleEstimate({ isStationary: false }))).toContain('Overloaded');
  });

  it('escapes user text in Markdown', () => {
    const report = sampleEstimate({ assumptions: ['<b>*x*</b>'] });
    expect(renderEstimateMarkdown(report)).toContain('&lt;b&gt;\\*x\\*&lt;/b&gt;');
  });
});

describe('a simulation as text', () => {
  it('shows percentiles with intervals, limits, replicas and the course of the run', () => {
    const text = renderSimulations([sampleSimulation()]);
    expect(text).toMatch(/TTFT\s+300 ms \(200 ms – 400 ms\)/);
    expect(text).toMatch(/ttft p99 ≤ 1 s\s+300 ms .* met/);
    expect(text).toMatch(/running\s+▂▄▆█\s+4/);
    expect(text).toMatch(/rejected\s+0 of 100 requests/);
  });

  it('names each workload when there are several', () => {
    const text = renderSimulations([sampleSimulation(), sampleSimulation({ subject: 'search' })]);
    expect(text).toContain('Workload chat');
    expect(text).toContain('Workload search');
  });

  it('fences the timeline in Markdown', () => {
    expect(renderSimulationsMarkdown([sampleSimulation()])).toMatch(/```\n.*running/s);
  });
});

it('names a pool that is called as its role once', () => {
  const sample = sampleSimulation();
  const pools = sample.pools.map((pool) => ({
    ...pool,
    configuration: { ...pool.configuration, pool: 'prefill', role: 'prefill' as const },
  }));
  const text = renderSimulations([{ ...sample, pools }]);
  expect(text).toMatch(/^prefill: \d/m);
  expect(text).not.toContain('prefill: prefill');
});

describe('a chart', () => {
  it('is an SVG with a title, a description, and the limits of the SLO', async () => {
    const svg = await drawSimulation([sampleSimulation()], 'svg');
    expect(svg).toMatch(
      /^<svg [^>]*role="img" aria-labelledby="chart-title chart-description"><title id="chart-title">/,
    );
    expect(svg).toContain('chat: SLO met');
    expect(svg).toContain('p99 ≤ 1 s');
    expect(svg).toContain('TTFT in seconds');
  });

  it('counts requests without exponents', async () => {
    const sample = sampleSimulation();
    const pools = sample.timeline.pools.map((pool) => ({ ...pool, running: [100, 200, 300, 400] }));
    const svg = await drawSimulation([{ ...sample, timeline: { ...sample.timeline, pools } }], 'svg');
    expect(svg).toContain('>400<');
    expect(svg).not.toMatch(/>\d+e\+\d+</);
  });

  it('has the same bytes for the same reports, whatever was drawn before', async () => {
    const first = await drawSimulation([sampleSimulation()], 'svg');
    await drawSimulation([sampleSimulation({ subject: 'other' }), sampleSimulation()], 'svg');
    expect(await drawSimulation([sampleSimulation()], 'svg')).toBe(first);
  });

  it('takes text of users as text: no markup, no script, no expression', async () => {
    const report = sampleSimulation({ subject: HOSTILE, pool: HOSTILE });
    for (const form of ['svg', 'html'] as const) {
      const drawn = await drawSimulation([report], form);
      expect(drawn).not.toContain('<script');
      expect(drawn).toContain('&lt;script&gt;');
      expect(drawn).toContain('{{y}}');
      expect(drawn).not.toMatch(/\b(?:href|src)="(?:https?:)?\/\//);
    }
  });

  it('is drawn of a run that served nothing', async () => {
    const empty = sampleSimulation({
      distribution: { ttft: [], tpot: [], e2e: [] },
      timeline: { bucketSeconds: 1, pools: [] },
      rejected: 100,
    });
    const svg = await drawSimulation([empty], 'svg');
    expect(svg).toContain('every request was refused');
    expect(svg).not.toContain('NaN');
  });

  it('is a page with the figures as tables when asked', async () => {
    const page = await drawSimulation([sampleSimulation()], 'html');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('95 % intervals');
  });

  it('escapes the four characters of markup', () => {
    expect(escapeMarkup('<a b="c">&</a>')).toBe('&lt;a b=&quot;c&quot;&gt;&amp;&lt;/a&gt;');
  });
});
