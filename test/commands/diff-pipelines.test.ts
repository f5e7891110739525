import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../support/run-command.ts';

/** A step and a job, as far as these tests look at them. */
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = path.join(ROOT, 'examples/github-action');
const texts = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
);
const workflow = (name: string): Workflow => parse(texts.get(name) ?? '') as Workflow;

describe.each([...texts.keys()])('the workflow %s', (name) => {
  const { on, permissions, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it('gives no permission unless a job asks for it, and never runs a stranger’s code with a token that may write', () => {
    expect(permissions).toEqual({});
    expect(Object.keys(on)).not.toContain('pull_request_target');
    for (const job of Object.values(jobs)) {
      const mayWrite = Object.values(job.permissions ?? {}).includes('write');
      const refs = job.steps
        .filter((step) => step.uses?.startsWith('actions/checkout@'))
        .map((step) => step.with?.['ref']);
      const trusted = name === 'plimsoll.yml' ? '${{ github.event.pull_request.base.sha }}' : undefined;
      expect(mayWrite ? refs : [trusted]).toEqual([trusted]);
    }
  });

  it('pins every action to a commit and names its version', () => {
    const uses = (texts.get(name) ?? '').split('\n').filter((line) => /\buses:/.test(line));
    expect(uses.length).toBe(steps.filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('puts no expression into a shell, and leaves no token in the checkout', () => {
    for (const step of steps) expect(step.run ?? '').not.toContain('${{');
    const checkouts = steps.filter((step) => step.uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(checkouts.map(() => false));
  });
});

describe('the jobs of GitLab', () => {
  const jobs = parse(readFileSync(path.join(ROOT, 'examples/gitlab/.gitlab-ci.yml'), 'utf8')) as Readonly<
    Record<
      string,
      { readonly script: readonly string[]; readonly variables: object; readonly environment?: object }
    >
  >;

  it('hold no token, and run the script of the target branch where there is one', () => {
    expect(JSON.stringify(jobs)).not.toMatch(/TOKEN/);
    expect(jobs['plimsoll comment']?.environment).toEqual({ name: 'plimsoll-comment', action: 'access' });
    expect(jobs['plimsoll comment']?.script[0]).toContain('git show "$CI_MERGE_REQUEST_DIFF_BASE_SHA:');
  });

  it('quote every variable that they hand to the shell', () => {
    const lines = [jobs['plimsoll review'], jobs['plimsoll comment']].flatMap((job) => job?.script ?? []);
    for (const line of lines) expect(line.replaceAll(/"[^"]*"/g, '')).not.toContain('$');
  });
});
