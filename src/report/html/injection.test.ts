import { parse } from 'parse5';
import type { DefaultTreeAdapterTypes } from 'parse5';
import { describe, expect, it } from 'vitest';
import { chatPlan, comparedReport, reportOf } from '../../../test/support/report-documents.ts';
import { serviceSamplePlan } from '../../../test/support/sample-service-plan.ts';
import { renderHtml } from './render-html.ts';
import type { ReportDocument } from './report-document.ts';

type HtmlNode = DefaultTreeAdapterTypes.Node;

/** Breaks out of text, attributes, scripts, styles, comments, drawings and Markdown where something is not escaped. */
const PAYLOAD =
  '"\'><script>PWNED()</script><img src=x onerror=PWNED()></script></style></title></svg><svg onload=PWNED()>--><![CDATA[<a href="javascript:PWNED()">[x](javascript:PWNED())`\u202e\u2028\u0000';

/** Names that the page is made of, by its own reports: nothing else may appear. */
interface Vocabulary {
  readonly elements: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  readonly scripts: number;
}

function walk(node: HtmlNode, visit: (node: DefaultTreeAdapterTypes.Element) => void): void {
  if ('tagName' in node) visit(node);
  if ('childNodes' in node) for (const child of node.childNodes) walk(child, visit);
}

function vocabularyOf(page: string): Vocabulary {
  const elements = new Set<string>();
  const attributes = new Set<string>();
  let scripts = 0;
  walk(parse(page), (element) => {
    elements.add(element.tagName);
    if (element.tagName === 'script') scripts += 1;
    for (const { name } of element.attrs) attributes.add(`${element.tagName} ${name}`);
  });
  return { elements, attributes, scripts };
}

/** Strings that are links of the plan within itself: they change everywhere or nothing is drawn. */
function replaced(value: unknown, change: (text: string, place: string) => string, place = ''): unknown {
  if (typeof value === 'string') return change(value, place);
  if (Array.isArray(value)) return value.map((item) => replaced(item, change, `${place}[]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaced(item, change, `${place}.${key}`)]),
  );
}

/** The same with names of fields that are names of users: workloads, windows, zones. */
function withKeys(value: unknown, names: ReadonlySet<string>, change: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withKeys(item, names, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      names.has(key) ? change(key) : key,
      withKeys(item, names, change),
    ]),
  );
}

function namesOf({ plan }: ReportDocument): ReadonlySet<string> {
  return new Set([
    ...plan.decision.windows.map((item) => item.id),
    ...plan.offerings.map((item) => item.zone),
    ...plan.problem.workloads.map((item) => item.id),
    ...(plan.problem.services ?? []).map((item) => item.id),
  ]);
}

/** A report with a violation that is waived, so that those fields are there as well. */
function withWaiver(report: ReportDocument): ReportDocument {
  const [first] = report.plan.policy.verdicts;
  if (first === undefined) return report;
  const waiver = {
    rule: first.rule,
    subject: first.subject,
    owner: 'me',
    reason: 'soon',
    expires: '2027-01-01',
  };
  const verdicts = [...report.plan.policy.verdicts, { ...first, outcome: 'waived' as const, waiver }];
  return { ...report, plan: { ...report.plan, policy: { ...report.plan.policy, verdicts } } };
}

const REPORTS: Readonly<Record<string, ReportDocument>> = {
  'a language model': withWaiver(reportOf(chatPlan())),
  services: reportOf(serviceSamplePlan()),
  'two plans compared': comparedReport(),
};

describe.each(Object.entries(REPORTS))('a report of %s whose texts are markup', (_, report) => {
  const known = vocabularyOf(renderHtml(report));

  function expectHarmless(hostile: ReportDocument): string {
    const page = renderHtml(hostile);
    const found = vocabularyOf(page);
    expect(found.scripts).toBe(1);
    expect([...found.elements].filter((name) => !known.elements.has(name))).toEqual([]);
    expect([...found.attributes].filter((name) => !known.attributes.has(name))).toEqual([]);
    expect(['\u202e', '\u2028', '\u0000'].filter((mark) => page.includes(mark))).toEqual([]);
    return page;
  }

  it('has the elements of any other when every string is one', () => {
    const hostile = (text: string): string => `${text}${PAYLOAD}`;
    const texts = replaced(report, hostile);
    const page = expectHarmless(withKeys(texts, namesOf(report), hostile) as ReportDocument);
    expect(page.split('&lt;script&gt;PWNED()').length).toBeGreaterThan(50);
  });

  it('has the elements of any other when the strings of any one field are', () => {
    const places = new Set<string>();
    replaced(report, (text, place) => {
      places.add(place);
      return text;
    });
    expect(places.size).toBeGreaterThan(100);
    // What is compared is a plan as in the other reports; only what the comparison adds is new.
    const added = [...places].filter(
      (place) => report.before === undefined || place.startsWith('.before.diff'),
    );
    for (const place of added) {
      const hostile = replaced(report, (text, at) => (at === place ? PAYLOAD : text));
      expectHarmless(hostile as ReportDocument);
    }
  });
});

describe('the page of a report', () => {
  it('lets nothing run but its own script and style, known by their hashes', () => {
    const page = renderHtml(reportOf(chatPlan()));
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]+='; script-src 'sha256-[\w+/]+='; img-src data:; base-uri 'none'; form-action 'none'$/,
    );
    expect(page).not.toMatch(/<[^>]* style="|<[^>]* on\w+="|https?:\/\//);
  });
});
