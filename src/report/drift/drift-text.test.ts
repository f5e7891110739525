import { describe, expect, it } from 'vitest';
import { renderDriftMarkdown } from './drift-markdown.ts';
import { fieldPhrase, figurePhrase } from './drift-phrases.ts';
import type { DriftReport, DriftedField } from './drift-report.ts';
import { renderDrift } from './drift-text.ts';

const NONE: DriftReport = {
  formatVersion: 1,
  stack: 'chat',
  plan: 'plans/chat/plan.json',
  tolerance: 0.2,
  objects: {
    cluster: 'prod (https://10.0.0.1)',
    compared: 2,
    same: 2,
    findings: [],
    lastApplied: { isThisPlan: true, isComplete: true },
  },
  hasDrifted: false,
};
const EXACT = { value: 12, low: 12, high: 12 };
const DRIFTED: DriftReport = {
  ...NONE,
  hasDrifted: true,
  objects: {
    ...NONE.objects!,
    same: 1,
    findings: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: 'llm',
        name: 'chat',
        state: 'changed',
        fields: [
          { path: 'spec.replicas', change: 'changed', planned: 2, live: 5, managers: ['kubectl-edit'] },
        ],
      },
    ],
  },
  measurements: {
    sources: ['Prometheus at http://localhost:9090'],
    hours: 168,
    rates: [],
    figures: [
      {
        workload: 'chat',
        name: 'request rate, mean',
        unit: 'requests/s',
        planned: EXACT,
        measured: { value: 16, low: 15.9, high: 16.1 },
        verdict: 'beyond',
        metric: 'm',
      },
    ],
    moved: [
      {
        assumption: 'traffic-rate',
        workload: 'chat',
        planned: 12,
        measured: 16,
        unit: 'requests/s',
        change: 0.33,
        statement: 'Request rate up 33 %.',
      },
    ],
    missed: [
      {
        workload: 'chat',
        name: 'ttft p99',
        missed: 'slo',
        statement: 'ttft p99: 2 s.',
        follows: ['traffic-rate'],
      },
    ],
    missing: [{ workload: 'chat', what: ['prefix hit rate'] }],
  },
};

describe('drift as text', () => {
  it('says in one sentence that there is none', () => {
    expect(renderDrift(NONE)).toBe(
      'Objects  2 objects compared with prod (https://10.0.0.1), 2 as planned\n\nNo drift: 2 objects as planned.\n',
    );
  });

  it('names objects, assumptions, latencies, figures and what is not known', () => {
    expect(renderDrift(DRIFTED).split('\n')).toEqual([
      'Objects  2 objects compared with prod (https://10.0.0.1), 1 as planned',
      'changed  Deployment llm/chat',
      '    spec.replicas: 5, planned 2 (kubectl-edit)',
      '',
      'What moved',
      'traffic-rate  chat: Request rate up 33 %.',
      'slo missed  chat: ttft p99: 2 s. Follows from traffic-rate.',
      '',
      'Measured  Prometheus at http://localhost:9090, 168 hours; tolerance 20 %',
      'WORKLOAD  FIGURE                    PLANNED                            MEASURED          NOTE',
      'chat      request rate, mean  12 requests/s  15.9 requests/s to 16.1 requests/s  BEYOND',
      '',
      'Not measured',
      'chat: prefix hit rate',
      '',
      'Drift: 1 object not as planned; moved: traffic-rate of chat; 1 latency missed.',
      '',
    ]);
  });

  it('tells when another plan, or only part of this one, was applied', () => {
    const applied = (isThisPlan: boolean, isComplete: boolean) =>
      renderDrift({ ...NONE, objects: { ...NONE.objects!, lastApplied: { isThisPlan, isComplete } } });
    expect(applied(false, true)).toContain('Another plan of this stack was applied last.');
    expect(applied(true, false)).toContain('did not end');
    const { lastApplied: _, ...never } = NONE.objects!;
    expect(renderDrift({ ...NONE, objects: never })).toContain('has not been run');
  });

  it('shows of long lists only what differs', () => {
    const field: DriftedField = {
      path: 'args',
      change: 'changed',
      planned: ['--a', '--b=1'],
      live: ['--a', '--b=2', '--c'],
      managers: [],
    };
    expect(fieldPhrase(field)).toBe('args: --b=2 --c, planned --b=1');
    expect(fieldPhrase({ ...field, live: ['--b=1', '--a'] })).toBe(
      'args: in another order, planned as in the manifest',
    );
    expect(fieldPhrase({ ...field, change: 'removed' })).toMatch(/^args: absent/);
    expect(fieldPhrase({ ...field, live: 'x'.repeat(500) }).length).toBeLessThan(200);
  });

  it('writes figures with their ends', () => {
    expect(figurePhrase(EXACT, 'tokens')).toBe('12 tokens');
    expect(figurePhrase({ value: 5, low: 5 }, 's')).toBe('more than 5 s');
    expect(figurePhrase({ value: 1.5, low: 0, high: 1.5 }, 's')).toBe('at most 1.5 s');
    expect(figurePhrase({ value: 0.09, low: 0.08, high: 0.1 }, 's')).toBe('80 ms to 100 ms');
    expect(figurePhrase({ value: 0.3, low: 0.3, high: 0.3 }, 'share')).toBe('30 %');
  });
});

describe('drift as Markdown', () => {
  it('begins with a mark for bots and the sentence, and escapes what comes from the cluster', () => {
    const object = { ...DRIFTED.objects!.findings[0]!, name: 'a|b<script>' };
    const text = renderDriftMarkdown({ ...DRIFTED, objects: { ...DRIFTED.objects!, findings: [object] } });
    expect(text).toMatch(/^<!-- plimsoll:drift:chat -->\n\n## Drift of chat\n\n\*\*Drift: 1 object/);
    expect(text).toContain('a\\|b&lt;script&gt;');
    expect(text).toContain('- **traffic-rate** chat: Request rate up 33 %.');
    expect(text).not.toContain('<script>');
  });

  it('counts objects that do not fit', () => {
    const findings = new Array(60).fill(DRIFTED.objects!.findings[0]!);
    const text = renderDriftMarkdown({ ...DRIFTED, objects: { ...DRIFTED.objects!, findings } });
    expect(text).toContain('10 more objects not shown.');
  });
});
