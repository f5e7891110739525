import { describe, expect, it } from 'vitest';
import { VIOLATION, sampleParts, samplePlan } from '../../test/support/sample-plan.ts';
import { diagnostic } from '../diagnostics/index.ts';
import { diffPlans } from '../plan/index.ts';
import { usd } from '../units/index.ts';
import { byteLength } from './markdown/comment.ts';
import { escapeMarkdown, fenced } from './markdown/markdown.ts';
import { escapeXml } from './policy/junit.ts';
import { textWidth } from './text/text-width.ts';
import {
  COLOURED,
  policyJunit,
  policySarif,
  renderDiagnostics,
  renderDiff,
  renderDiffMarkdown,
  renderExplanation,
  renderPlan,
  renderPlanMarkdown,
  renderPlanSummary,
  renderTable,
} from './index.ts';

const plan = samplePlan();
const violated = { verdicts: [VIOLATION], passes: false, rulesEvaluated: 1 };

describe('plan text', () => {
  it('ends with one sentence that names cost, replicas, SLO, proof and objects', () => {
    const last = renderPlanSummary(plan).trimEnd().split('\n').at(-1) ?? '';
    expect(last).toContain('Plan for chat: 49,822.21 USD/month, 5 replicas');
    expect(last).toContain('SLO met with 50 % headroom');
    expect(last).toContain('optimal');
    expect(last).toContain('2 objects');
  });

  it('states replicas as a range where they follow the hour of the week', () => {
    expect(renderPlan(plan)).toMatch(/chat-h100-on-demand .* 1–3 /);
  });

  it('says when a plan may not be applied', () => {
    expect(renderPlan(samplePlan({ policy: violated }))).toContain('1 mandatory violation: not applicable');
  });

  it('holds no colour codes unless asked', () => {
    // eslint-disable-next-line no-control-regex -- the escape character is what must be absent
    expect(renderPlan(plan)).not.toMatch(/\u001b/);
    expect(renderPlan(plan, COLOURED)).toContain('\u001b[');
  });
});

describe('tables', () => {
  it('align columns by what the eye sees, not by colour codes', () => {
    const table = renderTable(
      [{ title: 'A' }, { title: 'B', align: 'right' }],
      [
        [COLOURED.bad('red'), '1'],
        ['plain', '100'],
      ],
    );
    expect(new Set(table.split('\n').map(textWidth)).size).toBe(1);
  });
});

describe('explanations', () => {
  const [decision] = plan.decision.workloads;
  const text = renderExplanation(plan, decision!);

  it('name the winner, the runner-up with its extra cost, and rejections by reason', () => {
    expect(text).toContain('vllm fp8/kv-bf16 tp4');
    expect(text).toContain('Runner-up: chat/l40s/vllm-fp8-tp4-b2048x128');
    expect(text).toContain('1,000.00 USD/month more');
    expect(text).toContain('1 × out-of-memory');
    expect(text).toContain('needs 70 GiB of 44 GiB');
    expect(text).toContain('ttft.p99 breaks first');
  });
});

describe('Markdown', () => {
  it('passes user values as text, never as markup', () => {
    expect(escapeMarkdown('a|b <script>*x*\n# y')).toBe('a\\|b &lt;script&gt;\\*x\\* \\# y');
    expect(fenced('```\nx', 'diff').startsWith('````diff\n')).toBe(true);
    const report = renderPlanMarkdown(samplePlan({ policy: violated }));
    expect(report).not.toContain('<b>more</b>');
    expect(report).toContain('&lt;b&gt;more&lt;/b&gt;');
  });

  it('is the same for the same plan and holds no clock', () => {
    expect(renderPlanMarkdown(samplePlan())).toBe(renderPlanMarkdown(plan));
  });

  it('of a difference starts with a marker and one sentence', () => {
    const parts = sampleParts();
    const after = samplePlan({ cost: { ...parts.cost, totalPerMonth: usd(60_000) } });
    const lines = renderDiffMarkdown(
      diffPlans({ plan, manifests: new Map() }, { plan: after, manifests: new Map() }),
    ).split('\n');
    expect(lines[0]).toBe('<!-- plimsoll:diff:chat -->');
    expect(lines[2]).toContain('10,177.79 USD/month');
  });

  it('of a huge difference stays below the limit of a comment and says that it was cut', () => {
    const objects = (value: string) =>
      new Map(
        Array.from({ length: 3000 }, (_, i) => [
          `o${i}.yaml`,
          { kind: 'ConfigMap', metadata: { name: `o${i}` }, value },
        ]),
      );
    const text = renderDiffMarkdown(
      diffPlans({ plan, manifests: objects('before') }, { plan, manifests: objects('after') }),
    );
    expect(byteLength(text)).toBeLessThan(65_536);
    expect(text).toContain('**Left out** because a comment may hold no more: manifests field by field');
  });
});

describe('differences as text', () => {
  it('print only the arguments that changed, matched by container name', () => {
    const object = (args: string[]) => ({
      kind: 'Deployment',
      metadata: { name: 'chat' },
      spec: { template: { spec: { containers: [{ name: 'engine', args }] } } },
    });
    const text = renderDiff(
      diffPlans(
        { plan, manifests: new Map([['d.yaml', object(['--a=1', '--b=2'])]]) },
        { plan, manifests: new Map([['d.yaml', object(['--a=1', '--b=3'])]]) },
      ),
    );
    expect(text).toContain('spec.template.spec.containers[name=engine].args');
    expect(text).toContain('- --b=2');
    expect(text).toContain('+ --b=3');
    expect(text).not.toContain('--a=1');
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      'cost unchanged at 49,822.21 USD/month, SLO risk unchanged, 0 to create, 1 to change, 0 to delete.',
    );
  });

  it('say so when there are none', () => {
    const same = { plan, manifests: new Map() };
    expect(renderDiff(diffPlans(same, same))).toContain('No differences');
  });
});

describe('policy formats', () => {
  const waiver = { rule: 'spread', subject: '*', owner: 'sre', reason: 'one zone', expires: '2027-01-01' };
  const report = {
    ...violated,
    verdicts: [
      VIOLATION,
      { ...VIOLATION, rule: 'advice', level: 'advisory' as const },
      { ...VIOLATION, rule: 'spread', outcome: 'waived' as const, waiver },
      { ...VIOLATION, rule: 'fine', outcome: 'pass' as const },
    ],
  };

  it('SARIF lists every rule once, results for violations, and suppressions for waivers', () => {
    const sarif = policySarif(report, { toolVersion: '1', file: 'plans/a b/plan.json' }) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; level: string; suppressions?: unknown[] }[];
      }[];
    };
    const [run] = sarif.runs;
    expect(run?.tool.driver.rules.map((rule) => rule.id)).toHaveLength(4);
    expect(run?.results.map((result) => [result.ruleId, result.level])).toEqual([
      ['cost-guardrails/budget', 'error'],
      ['cost-guardrails/advice', 'note'],
      ['cost-guardrails/spread', 'error'],
    ]);
    expect(run?.results[2]?.suppressions).toHaveLength(1);
    expect(JSON.stringify(sarif)).toContain('plans/a%20b/plan.json');
  });

  it('JUnit fails only mandatory violations and escapes what users wrote', () => {
    const xml = policyJunit(report);
    expect(xml).toContain('tests="4" failures="1"');
    expect(xml).toContain('&lt;b&gt;more&lt;/b&gt; &amp; &quot;too much&quot;');
    expect(xml).toContain('<skipped message="one zone"/>');
    expect(escapeXml('a\u0000b')).toBe('a\ufffdb');
  });
});

describe('diagnostics as text', () => {
  it('show errors first, each with place, reason and next step', () => {
    const text = renderDiagnostics([
      diagnostic('catalog-price-old', { summary: 'Old price.' }),
      diagnostic('model-wrong-unit', {
        summary: 'Wrong unit.',
        path: 'workloads[0].slo.ttft.p99',
        source: { file: 'problem.yaml', line: 3, column: 7 },
        fix: 'Write "1.5s".',
      }),
    ]);
    expect(text.indexOf('model-wrong-unit')).toBeLessThan(text.indexOf('catalog-price-old'));
    expect(text).toContain('at workloads[0].slo.ttft.p99, problem.yaml:3:7');
    expect(text).toContain('→ Write "1.5s".');
  });

  it('name a file once when it is the place as well', () => {
    const at = (path: string) =>
      renderDiagnostics([
        diagnostic('traffic-empty', { summary: 'Empty.', path, source: { file: 'a.csv', line: 2 } }),
      ]);
    expect(at('a.csv')).toContain('at a.csv:2');
    expect(at('a.csv')).not.toContain('a.csv,');
    expect(at('a')).toContain('at a, a.csv:2');
  });

  it('put warnings of one code together and say their next step once', () => {
    const old = (pool: string) =>
      diagnostic('catalog-price-old', { summary: `Pool ${pool} is old.`, fix: 'Import prices.' });
    const text = renderDiagnostics([old('a'), old('b')]);
    expect(text.match(/Import prices/g)).toHaveLength(1);
    expect(text).toContain('• Pool a is old.');
    expect(text).toContain('• Pool b is old.');
  });
});
