import markdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { VIOLATION, samplePlan } from '../../test/support/sample-plan.ts';
import { serviceSamplePlan } from '../../test/support/sample-service-plan.ts';
import { diagnostic } from '../diagnostics/index.ts';
import type { PlanDocument } from '../model/index.ts';
import { diffPlans, parsePlan, serializePlan } from '../plan/index.ts';
import type { PlainManifest, PlanDiff } from '../plan/index.ts';
import { COMMENT_BYTES, byteLength } from './markdown/comment.ts';
import { renderDiffMarkdown } from './markdown/diff-markdown.ts';
import { renderFailureMarkdown } from './markdown/failure-markdown.ts';
import { commentMarker } from './markdown/marker.ts';
import { escapeHtml, escapeMarkdown, fenced, inlineCode } from './markdown/markdown.ts';
import { renderPlanMarkdown } from './markdown/plan-markdown.ts';
import { policyJunit } from './policy/junit.ts';
import { renderPolicyReport } from './policy/policy-text.ts';
import { policySarif } from './policy/sarif.ts';
import { printableLines } from './printable.ts';
import { HOSTILE, stringPaths, withAllStrings, withString } from './testing/hostile-text.ts';
import { renderDiagnostics } from './text/diagnostics-text.ts';
import { renderExplanation, renderExplanationMarkdown } from './text/explain-text.ts';
import {
  renderServiceExplanation,
  renderServiceExplanationMarkdown,
} from './services/service-explanation.ts';
import { renderDiff } from './text/diff-text.ts';
import { COLOURED } from './text/palette.ts';
import { renderPlan, renderPlanSummary } from './text/plan-text.ts';

const WAIVER = { rule: 'spread', subject: '*', owner: 'sre', reason: 'one zone', expires: '2027-01-01' };
const VERDICTS = {
  verdicts: [VIOLATION, { ...VIOLATION, rule: 'spread', outcome: 'waived' as const, waiver: WAIVER }],
  passes: false,
  rulesEvaluated: 2,
};
const PLANS: Readonly<Record<string, PlanDocument>> = {
  'language models': samplePlan({ policy: VERDICTS }),
  services: serviceSamplePlan({ policy: VERDICTS }),
};

const manifest = (name: string, value: string): PlainManifest => ({
  kind: 'ConfigMap',
  metadata: { name, namespace: 'llm' },
  data: { [`key of ${name}`]: value, list: [value, 'b'] },
});

/** A difference with manifests whose names, keys and values are `text`. */
function diffTo(before: PlanDocument, after: PlanDocument, text = 'a'): PlanDiff {
  const objects = (value: string, name: string): ReadonlyMap<string, PlainManifest> =>
    new Map([
      ['same.yaml', manifest('same', value)],
      [`${name}.yaml`, manifest(name, value)],
    ]);
  return diffPlans(
    { plan: before, manifests: objects('old', 'old') },
    { plan: after, manifests: objects(text, text) },
  );
}

/** What is written as Markdown about a plan. */
const MARKDOWN: Readonly<Record<string, (plan: PlanDocument, before: PlanDocument) => string>> = {
  'the report': (plan) => renderPlanMarkdown(plan),
  'the explanations': (plan) => explained(plan, renderExplanationMarkdown, renderServiceExplanationMarkdown),
  'the comment': (plan, before) => renderDiffMarkdown(diffTo(before, plan)),
  'the comment of what goes': (plan, before) => renderDiffMarkdown(diffTo(plan, before)),
};

/** What is written to a terminal about a plan. */
const TEXT: Readonly<Record<string, (plan: PlanDocument, before: PlanDocument) => string>> = {
  'the plan': (plan) => renderPlan(plan, undefined, true),
  'the summary': (plan) => renderPlanSummary(plan),
  'the difference': (plan, before) => renderDiff(diffTo(before, plan)),
  'the verdicts': (plan) => renderPolicyReport(plan.policy),
  'the explanations': (plan) => explained(plan, renderExplanation, renderServiceExplanation),
};

/** All explanations of a plan one below the other. */
function explained(
  plan: PlanDocument,
  ofModel: (plan: PlanDocument, decision: PlanDocument['decision']['workloads'][number]) => string,
  ofService: (
    plan: PlanDocument,
    decision: NonNullable<PlanDocument['decision']['services']>[number],
  ) => string,
): string {
  return [
    ...plan.decision.workloads.map((decision) => ofModel(plan, decision)),
    ...(plan.decision.services ?? []).map((decision) => ofService(plan, decision)),
  ].join('\n');
}

const HTML = new markdownIt({ html: true, linkify: true });
const ALLOWED = /^<\/?(?:h[1-4]|p|ul|li|table|thead|tbody|tr|th|td|details|summary|strong|em|code|pre)>$/;

/** Whether Markdown holds nothing but the structure of our own renderers, whatever it was given. */
function faultsOf(markdown: string): readonly string[] {
  const html = HTML.render(markdown.replace(/^<!-- plimsoll:diff:[\w.%-]+ -->\n/, ''));
  const tags = [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(' class="language-diff"', ''));
  const words = decoded(html.replaceAll(/<(code|pre)[^>]*>[\s\S]*?<\/\1>/g, ' ').replaceAll(/<[^>]*>/g, ' '));
  return [
    ...tags.filter((tag) => !ALLOWED.test(tag)),
    ...[...words.matchAll(/[@#!$&~%]\w|\bGH-\d|:\/\/|\bwww\./g)].map(
      ([reference]) => `reference ${reference}`,
    ),
    ...markdown.split('\n').filter((line) => /^\s*\//.test(line)),
    ...columnFaults(markdown),
    ...controlFaults(markdown),
  ];
}

function decoded(html: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };
  return html.replaceAll(/&(?:#(\d+)|(lt|gt|quot|amp));/g, (_, code?: string, name?: string) =>
    code === undefined ? (entities[name ?? ''] ?? '') : String.fromCodePoint(Number(code)),
  );
}

/** Rows of tables that have another number of cells than the row above. */
function columnFaults(markdown: string): readonly string[] {
  const cells = (line: string): number => line.replaceAll(/\\./g, '').split('|').length;
  const lines = markdown.split('\n');
  return lines.filter((line, index) => {
    const above = lines[index - 1] ?? '';
    return line.startsWith('|') && above.startsWith('|') && cells(line) !== cells(above);
  });
}

/** Characters that act on a terminal or turn text around. */
// eslint-disable-next-line no-control-regex -- these are the characters that must be absent
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

function controlFaults(text: string): readonly string[] {
  return [...text.matchAll(CONTROLS)].map(([character]) => `U+${character.charCodeAt(0).toString(16)}`);
}

/** Strings that a plan may hold at all: schemas refuse the others. */
function readable(plan: PlanDocument): ReadonlySet<string> {
  const paths = stringPaths(plan).filter((path) => {
    const parsed = parsePlan(serializePlan(withString(plan, path, HOSTILE)), 'plan.json');
    const codes = new Set(parsed.diagnostics.map((item) => item.code));
    const isRefused = codes.has('plan-invalid') || codes.has('plan-unsupported-version');
    expect([path.join('.'), parsed.ok || isRefused]).toEqual([path.join('.'), true]);
    return parsed.ok;
  });
  return new Set(paths.map((path) => JSON.stringify(path)));
}

describe.each(Object.entries(PLANS))('a hostile text in any string of a plan of %s', (_, plan) => {
  const accepted = readable(plan);
  const paths = stringPaths(plan).filter((path) => accepted.has(JSON.stringify(path)));
  const everywhere = withAllStrings(plan, HOSTILE, (path) => accepted.has(JSON.stringify(path)));

  it('is tried in most of them', () => {
    expect(paths.length).toBeGreaterThan(80);
  });

  it.each(Object.entries(MARKDOWN))('stays text in Markdown: %s', (_name, render) => {
    const faults = paths.flatMap((path) =>
      faultsOf(render(withString(plan, path, HOSTILE), plan)).map((fault) => `${path.join('.')}: ${fault}`),
    );
    expect(faults).toEqual([]);
    expect(faultsOf(render(everywhere, plan))).toEqual([]);
    expect(faultsOf(render(everywhere, everywhere))).toEqual([]);
  });

  it.each(Object.entries(TEXT))('adds no line and no control to the terminal: %s', (_name, render) => {
    const lines = (text: string): number => text.split('\n').length;
    const faults = paths.filter((path) => {
      const told = printableLines(render(withString(plan, path, HOSTILE), plan));
      const plain = render(withString(plan, path, 'x y'), plan);
      return lines(told) !== lines(plain) || controlFaults(told).length > 0;
    });
    expect(faults.map((path) => path.join('.'))).toEqual([]);
  });

  it('stays text in SARIF, where square brackets would be links, and in JUnit', () => {
    const report = everywhere.policy;
    const sarif = policySarif(report, { toolVersion: '1', file: HOSTILE });
    const messages = stringPaths(sarif).filter((path) => path.at(-1) === 'text');
    expect(messages.length).toBeGreaterThan(3);
    for (const path of messages) {
      const text = path.reduce<unknown>(
        (value, step) => (value as Record<string, unknown>)[step],
        sarif,
      ) as string;
      expect([text.match(/(?<!\\)[[\]]/), controlFaults(text)]).toEqual([null, []]);
    }
    const xml = policyJunit(report);
    expect(
      [...xml.matchAll(/<[^>]*>/g)].every(([tag]) =>
        /^<[?/]?[a-z-]+(?: [a-z]+="[^"<]*")* ?[?/]?>$/.test(tag),
      ),
    ).toBe(true);
    expect(xml.match(/<(?!\/)\w+/g)?.length).toBe(policyJunit(plan.policy).match(/<(?!\/)\w+/g)?.length);
  });
});

describe('a comment', () => {
  const [plan] = Object.values(PLANS) as [PlanDocument];

  it('has its marker in its first line and no other, whatever manifests hold', () => {
    const text = renderDiffMarkdown(diffTo(plan, { ...plan, stack: HOSTILE }, HOSTILE));
    expect(faultsOf(text)).toEqual([]);
    const lines = text.split('\n');
    expect(lines[0]).toBe(commentMarker('diff', HOSTILE));
    expect(lines.slice(1).some((line) => line.startsWith('<!--'))).toBe(false);
  });

  it('has a marker of its own for each name, of one line without an end in it', () => {
    const names = [
      'a',
      'a.b',
      'ab',
      'A',
      '-a',
      'a-',
      'a--b',
      'a%2Db',
      'x-->',
      HOSTILE,
      `${HOSTILE}.`,
      'é',
      '\ud800',
      '',
    ];
    const markers = names.map((name) => commentMarker('diff', name));
    expect(new Set(markers).size).toBe(names.length);
    for (const marker of markers)
      expect(marker).toMatch(/^<!-- plimsoll:diff:(?!-)(?:[\w.%]|-(?![->]))* -->$/);
  });

  it.each([
    ['long names', 'x'.repeat(20_000)],
    ['names that grow when escaped', '<'.repeat(20_000)],
    ['names of four bytes', '😀'.repeat(20_000)],
    ['hostile names', HOSTILE.repeat(40)],
  ])('stays below the limit with %s everywhere, and whole', (_name, text) => {
    const parts = withAllStrings(plan, text, (path) => readableByName(path));
    const comment = renderDiffMarkdown(diffTo(plan, parts, text));
    expect(byteLength(comment)).toBeLessThanOrEqual(COMMENT_BYTES);
    expect(faultsOf(comment)).toEqual([]);
    expect(comment.match(/<details>/g)?.length ?? 0).toBe(comment.match(/<\/details>/g)?.length ?? 0);
  });

  it('of a failure stays text, too, and within the limit', () => {
    const problems = Array.from({ length: 300 }, () =>
      diagnostic('model-wrong-unit', { summary: HOSTILE, path: HOSTILE, detail: HOSTILE, fix: HOSTILE }),
    );
    const comment = renderFailureMarkdown(problems, HOSTILE);
    expect(faultsOf(comment)).toEqual([]);
    expect(byteLength(comment)).toBeLessThanOrEqual(COMMENT_BYTES);
  });
});

/** Strings that may hold anything without changing what is compared. */
function readableByName(path: readonly (string | number)[]): boolean {
  return ['stack', 'workload', 'pool', 'subject', 'message', 'statement', 'id'].includes(String(path.at(-1)));
}

describe('escapes', () => {
  it('keep words readable', () => {
    expect(escapeMarkdown('p99 of chat is 1.5 s (24 % headroom)')).toBe(
      'p99 of chat is 1.5 s (24 % headroom)',
    );
    expect(escapeMarkdown('ask @team')).toBe('ask \\@&#8203;team');
    expect(escapeHtml('a<b> & "c"')).toBe('a&lt;b&gt; &amp; &#34;c&#34;');
  });

  it('keep code in its fence, however many backticks it holds', () => {
    for (const text of ['a`b', '``', '`', ' x ', HOSTILE]) {
      const html = HTML.renderInline(inlineCode(text));
      expect(html.match(/<[^>]*>/g)).toEqual(['<code>', '</code>']);
    }
    expect(HTML.render(fenced('````\n</pre><script>')).match(/<[^>]*>/g)).toEqual([
      '<pre>',
      '<code>',
      '</code>',
      '</pre>',
    ]);
  });
});

describe('diagnostics on a terminal', () => {
  it('hold no control characters once they are written', () => {
    const text = renderDiagnostics([diagnostic('model-wrong-unit', { summary: HOSTILE, fix: HOSTILE })]);
    expect(controlFaults(printableLines(text).replaceAll('\r\n', '\n'))).toEqual([]);
  });

  it('keep the colours of palettes and no other sequence', () => {
    const text = `${COLOURED.bad('bad')} \u001b[8mhidden\u001b[0m \u001b]0;title\u0007`;
    expect(printableLines(text, true)).toBe(
      `${COLOURED.bad('bad')} \ufffd[8mhidden\u001b[0m \ufffd]0;title\ufffd`,
    );
    expect(printableLines('a\r\nb\tc\rd')).toBe('a\r\nb\tc\ufffdd');
  });
});
