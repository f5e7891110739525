import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePack } from './parse-pack.ts';
import { viewsOf } from './plan-view.ts';
import { testPack } from './test-pack.ts';
import { PLAN, PROBLEM, TODAY } from './testing/plan-facts.ts';

const text = readFileSync(path.resolve(import.meta.dirname, '../../docs/policies.md'), 'utf8');

describe('docs/policies.md', () => {
  it('shows a pack that is valid and passes its own tests', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
    const outcome = parsePack(example, { fileName: 'docs/policies.md' });
    expect(outcome.diagnostics).toEqual([]);
    expect(outcome.ok && testPack(outcome.value)).toMatchObject({ passes: true, untested: [] });
  });

  it('names every field that expressions see', () => {
    const { problem, plan } = viewsOf(PROBLEM, PLAN, TODAY);
    const views = [problem, plan, plan.workloads[0], plan.pools[0], plan.pools[0]?.offerings[0], plan.cost];
    const allocation = Object.keys(plan.allocations[0] ?? {}).filter((field) => !field.endsWith('Parallel'));
    const fields = new Set([...views.flatMap((view) => Object.keys(view ?? {})), ...allocation]);
    const known = text.replaceAll('latency.ttft', 'latency`');
    expect(
      [...fields].filter((field) => !known.includes(`\`${field}\``) && !known.includes(`${field}\``)),
    ).toEqual([]);
  });
});
