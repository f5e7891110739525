import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { microUsd, usd } from '../../units/index.ts';
import { PLAIN } from '../text/palette.ts';
import { textWidth } from '../text/text-width.ts';
import { changeWords } from './change-words.ts';
import { renderSensitivity, renderSensitivityMarkdown } from './sensitivity-text.ts';
import type { SensitivityReport } from './sensitivity-report.ts';
import type { ModelRun, VariantOutcome, VariantPlan, WhatIfReport } from './what-if-report.ts';
import { renderWhatIf, renderWhatIfCsv, renderWhatIfMarkdown } from './what-if-text.ts';

const CHAT: ModelRun = {
  workload: 'chat',
  accelerators: ['h100-sxm'],
  pools: ['h100'],
  runs: ['fp8 tp2'],
  replicas: { min: 3, max: 6 },
  spotShare: 0.5,
  perMonth: usd(100),
};
const PLAN: VariantPlan = {
  perMonth: usd(100),
  violations: 0,
  models: [CHAT],
  services: [],
  nodes: 0,
  headroom: { where: 'chat tpot p99', share: 0.2 },
};
const BASE: VariantOutcome = {
  name: 'as declared',
  changes: [],
  prices: [],
  status: 'optimal',
  gap: 0,
  plan: PLAN,
  differences: [],
  binding: [],
  diagnostics: [],
};
const DEARER: VariantOutcome = {
  ...BASE,
  name: 'pools.h100.price=+20%',
  plan: { ...PLAN, perMonth: usd(120) },
  delta: { perMonth: usd(20), share: 0.2 },
};
const { plan: _plan, ...WITHOUT } = BASE;
const INFEASIBLE: VariantOutcome = {
  ...WITHOUT,
  name: 'workloads.chat.rate=x9',
  status: 'infeasible',
  binding: [
    {
      constraint: 'budget/monthly',
      description: 'Budget',
      relaxation: { change: 'raise it to 200 USD/month', perMonth: microUsd(2e8) },
    },
  ],
};
const REPORT: WhatIfReport = {
  formatVersion: '1.0',
  stack: 'demo',
  base: BASE,
  variants: [DEARER, INFEASIBLE],
};

/** A name that Markdown, HTML, a spreadsheet and a terminal would each take for something. */
const HOSTILE = '=cmd|"<script>alert(1)</script>\u001b[31m|**x**\n# y';

describe('what-if reports', () => {
  it('fit the width of a terminal and end with one sentence', () => {
    for (const width of [60, 80, 120]) {
      const lines = renderWhatIf(REPORT, { ...PLAIN, width })
        .trimEnd()
        .split('\n');
      expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
    }
    expect(renderWhatIf(REPORT).trimEnd().split('\n').at(-1)).toBe(
      'demo costs 100.00 USD/month as declared, 120.00 USD/month with pools.h100.price=+20%; 1 variant of 2 without a plan.',
    );
  });

  it('name the binding constraint of a variant without a plan, with what would help', () => {
    expect(renderWhatIf(REPORT)).toContain(
      'workloads.chat.rate=x9: no plan: budget/monthly (raise it to 200 USD/month, a plan then costs 200.00 USD/month)',
    );
  });

  it('take names as data in every form', () => {
    const hostile = { ...REPORT, stack: HOSTILE, variants: [{ ...DEARER, name: HOSTILE }] };
    const [text, markdown, csv] = [
      renderWhatIf(hostile),
      renderWhatIfMarkdown(hostile),
      renderWhatIfCsv(hostile),
    ];
    for (const form of [text, markdown, csv]) expect(form).not.toContain('\u001b');
    expect(markdown).not.toContain('<script>');
    expect(markdown).not.toMatch(/^# y/m);
    const rows: readonly Record<string, string>[] = parse(csv, { columns: true });
    expect(rows[1]?.['variant']?.startsWith("'=")).toBe(true);
    expect(rows).toHaveLength(2);
  });
});

describe('differences of variants in words', () => {
  it('are empty where only the cost differs, and name accelerator, run, replicas and spot share', () => {
    expect(changeWords(PLAN, { ...PLAN, perMonth: usd(1) })).toEqual([]);
    const other: ModelRun = {
      ...CHAT,
      accelerators: ['a100'],
      pools: ['a100'],
      runs: ['fp8 tp4'],
      replicas: { min: 2, max: 2 },
      spotShare: 0,
    };
    expect(changeWords(PLAN, { ...PLAN, models: [other], violations: 1 })).toEqual([
      'chat: h100-sxm → a100, fp8 tp2 → fp8 tp4, replicas 3–6 → 2, spot 50 % → 0 %',
      'mandatory violations 0 → 1',
    ]);
    expect(changeWords(PLAN, { ...PLAN, models: [] })).toEqual(['chat: is gone']);
  });

  it('tell a few services one by one and count the rest', () => {
    const services = Array.from({ length: 9 }, (_, index) => ({
      workload: `s${index}`,
      size: 'a',
      replicas: { min: 1, max: 1 },
      spotShare: 0,
      perMonth: usd(1),
    }));
    const [before, after] = [services, services.map((item) => ({ ...item, size: 'b' }))];
    const words = changeWords({ ...PLAN, services: before }, { ...PLAN, services: after, nodes: 2 });
    expect(words).toHaveLength(8);
    expect(words.slice(-2)).toEqual(['3 other services changed', 'shared nodes 0 → 2']);
  });
});

describe('sensitivity', () => {
  const report: SensitivityReport = {
    workload: 'chat',
    stack: 'demo',
    base: PLAN,
    factors: [
      { kind: 'price', share: -0.2, outcome: DEARER, differences: [] },
      { kind: 'traffic', share: 0.5, outcome: INFEASIBLE, differences: [] },
      { kind: 'slo', share: 0.25, outcome: DEARER, differences: ['replicas 3 → 2'] },
    ],
    breakEvens: [
      { pool: 'h100', factor: 1.38, rival: 'a100, fp8 tp4', rivalPerMonth: usd(138), method: 'planned' },
    ],
    remarks: ['Something.'],
  };

  it('says what stays, what changes and what has no plan, and at which price the rival wins and how that is known', () => {
    const text = renderSensitivity(report);
    for (const part of [
      'price of its pools -20 %: 120.00 USD/month (+20 %), the same decision',
      'traffic +50 %: no plan: budget/monthly',
      'latency limits +25 %: 120.00 USD/month (+20 %), replicas 3 → 2',
      'at prices of h100 +38 %, a100, fp8 tp4 is as good',
      'planned at that price',
    ])
      expect(text).toContain(part);
    expect(renderSensitivityMarkdown(report)).toContain('- traffic +50 %: no plan');
  });
});
