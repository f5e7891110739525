import { describe, expect, it } from 'vitest';
import { chatPlan, comparedReport, REPORTS, reportOf } from '../../../test/support/report-documents.ts';
import { manyServices } from '../../../test/support/sample-service-plan.ts';
import { formatUsd } from '../../units/index.ts';
import { planSentence } from '../phrases.ts';
import { escapeHtml } from './markup/markup.ts';
import { renderHtml } from './render-html.ts';

describe('the page of a report', () => {
  it.each(Object.entries(REPORTS))('is the same bytes for the same report: %s', (_, report) => {
    expect(renderHtml(report()) === renderHtml(report())).toBe(true);
  });

  it('begins with the verdict of the plan, its cost and whether it may be applied', () => {
    const plan = chatPlan();
    const page = renderHtml(reportOf(plan));
    expect(page.includes(escapeHtml(planSentence(plan)))).toBe(true);
    expect(page.includes(`${formatUsd(plan.cost.totalPerMonth, 0)} <small>USD</small>`)).toBe(true);
    expect(page.includes('no mandatory violation')).toBe(true);
    const blocked = renderHtml(
      reportOf({ ...plan, applicable: false, policy: { ...plan.policy, passes: false } }),
    );
    expect(blocked.includes('not applicable')).toBe(true);
  });

  it('links every part from its contents', () => {
    const page = renderHtml(comparedReport());
    const links = [...page.matchAll(/<a href="#([a-z]+)">/g)].map(([, id]) => id);
    expect(links).toContain('changes');
    expect(links.filter((id) => id !== 'main' && !page.includes(` id="${id ?? ''}"`))).toEqual([]);
  });

  it('tells what it does not hold', () => {
    const page = renderHtml({
      ...reportOf(chatPlan()),
      evidence: [],
      remarks: ['No replay: the trace is gone.'],
    });
    expect(page.includes('No replay: the trace is gone.')).toBe(true);
    expect(page.includes('No distributions were computed for this workload.')).toBe(true);
  });

  it('shows the forecast of the spot part as a range of the total', () => {
    const plan = chatPlan();
    const total = plan.cost.totalPerMonth;
    const spotForecast = {
      planned: 0 as typeof total,
      p10: 0 as typeof total,
      p50: 0 as typeof total,
      p90: 1e9 as typeof total,
      withoutHistory: 0 as typeof total,
      sources: ['prices.csv'],
      dates: { oldest: '2026-01-01', newest: '2026-02-01' },
    };
    const page = renderHtml(reportOf({ ...plan, cost: { ...plan.cost, spotForecast } }));
    const high = formatUsd((total + 1e9) as typeof total, 0);
    expect(page.includes(`${formatUsd(total, 0)} to ${high} USD in 8 of 10 months`)).toBe(true);
  });

  it('tells every workload of a large plan, the dearest in full and all below 3 MB', () => {
    const plan = manyServices(1000);
    const page = renderHtml(reportOf(plan));
    expect(page.match(/<details class="workload"/g)).toHaveLength(plan.decision.services?.length ?? 0);
    expect(page).toMatch(/are told in full/);
    expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
  });

  it('shows a comparison as differences: money, decisions, promises, policies, objects', () => {
    const report = comparedReport();
    const page = renderHtml(report);
    const section = page.slice(page.indexOf('<section id="changes"'), page.indexOf('<section id="fleet"'));
    for (const words of [
      formatUsd(report.before?.diff.cost.delta ?? report.plan.cost.totalPerMonth),
      'chat-h100-spot',
      'broken',
      'new-rule',
      '1 to change',
      'spec.replicas',
    ]) {
      expect(section.includes(words), words).toBe(true);
    }
  });
});
