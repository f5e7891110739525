import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairProblem } from '../support/pair-problem.ts';
import { ROOT, plimsoll } from '../support/run-command.ts';

const root = mkdtempSync(path.join(tmpdir(), 'plimsoll-review-'));
const repository = path.join(root, 'branch');
const STACK = 'stacks/small.yaml';

/** Two services, quickly planned; the figures are made up. */
const PROBLEM = `${pairProblem(6, 'small')}budgets:
  - id: monthly
    limit: 20000 USD/month
policies:
  - id: own
    rules:
      - id: frugal
        title: The plan is nearly free
        level: advisory
        target: plan
        condition: self.cost.totalPerMonth < 1
        message: it costs money
        remediation: Ask for less.
`;

function git(...args: readonly string[]): void {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.org',
    '-c',
    'init.defaultBranch=main',
  ];
  execFileSync('git', [...identity, ...args], { cwd: repository, stdio: 'pipe' });
}

/** A repository whose base commit has the small stack and its plan, checked out beside the branch as the pipeline does. */
beforeAll(() => {
  mkdirSync(path.join(repository, 'stacks'), { recursive: true });
  cpSync(path.join(ROOT, 'examples/github-action/review.sh'), path.join(repository, 'ci/plimsoll/review.sh'));
  writeFileSync(path.join(repository, STACK), PROBLEM);
  const planned = plimsoll(['plan', STACK], { cwd: repository });
  if (planned.exitCode !== 0) throw new Error(planned.stderr);
  git('init', '--quiet');
  git('add', '-A');
  git('commit', '--quiet', '-m', 'base');
  git('worktree', 'add', '--quiet', '--detach', 'base', 'HEAD');
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Review {
  readonly code: number | null;
  readonly comment: string;
  readonly written: (name: string) => string;
}

/** Commits the stack as changed and runs the step of the pipeline, with nothing in the environment that it does not ask for. */
function review(stack: string, file = STACK): Review {
  writeFileSync(path.join(repository, file), stack);
  git('add', file);
  git('commit', '--quiet', '--allow-empty', '-m', 'change');
  rmSync(path.join(repository, 'out'), { recursive: true, force: true });
  const env = {
    PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: process.env['HOME'] ?? '',
    STACK: file,
    BASE: 'base',
    OUT: 'out',
    PLIMSOLL: `${process.execPath} ${path.join(ROOT, 'bin/plimsoll.js')}`,
  };
  const run = spawnSync('sh', ['ci/plimsoll/review.sh'], { cwd: repository, env, encoding: 'utf8' });
  const written = (name: string): string => {
    const at = path.join(repository, 'out', name);
    return existsSync(at) ? readFileSync(at, 'utf8') : '';
  };
  return { code: run.status, comment: written('comment.md'), written };
}

const marker = '<!-- plimsoll:diff:stacks%2Fsmall.yaml -->';

describe('the review step of the pipelines', () => {
  it('says in one line that nothing changes', () => {
    const { code, comment } = review(PROBLEM);
    expect([code, comment]).toEqual([
      0,
      `${marker}\n\n**small**: no changes; the plans decide, cost and write the same.\n`,
    ]);
  }, 120_000);

  it('tells what more replicas cost, why, and leaves verdicts for code scanning', () => {
    const { code, comment, written } = review(PROBLEM.replace('replicas: 6', 'replicas: 30'));
    expect(code).toBe(0);
    const [first, , sentence] = comment.split('\n');
    expect([first, sentence]).toEqual([
      marker,
      expect.stringMatching(/^\*\*small\*\*: \+[\d,.]+ USD\/month \(\+/),
    ]);
    expect(comment).toContain('performance.fixed.replicas 6 → 30 |');
    expect((JSON.parse(written('policy.sarif')) as { version: string }).version).toBe('2.1.0');
  }, 120_000);

  it('shows a plan that breaks a mandatory policy, and fails with 3', () => {
    const { code, comment } = review(PROBLEM.replace('level: advisory', 'level: mandatory'));
    expect([code, comment]).toEqual([
      3,
      expect.stringContaining('1 mandatory violation: may not be applied'),
    ]);
  }, 120_000);

  it('writes the reason into the same comment when no plan is possible, and fails with 4', () => {
    const { code, comment } = review(PROBLEM.replace('limit: 20000', 'limit: 1'));
    expect(code).toBe(4);
    expect(comment.startsWith(`${marker}\n`)).toBe(true);
    expect(comment).toContain('no plan meets all constraints');
    expect(comment).toContain('Raise the budget to');
  }, 120_000);

  it('writes the mistakes into the same comment when the stack is not valid', () => {
    const { code, comment } = review(PROBLEM.replace('cpu: 500m', 'cpu: 500 GB'));
    expect(code).toBe(1);
    expect(comment.startsWith(`${marker}\n`)).toBe(true);
    expect(comment).toContain('`model-wrong-unit`');
  }, 120_000);

  it('calls a stack without a plan on the base branch new; the name of its file is data', () => {
    const file = 'stacks/$(touch pwned) `x` --.yaml';
    const { code, comment } = review(PROBLEM.replace('name: small', 'name: fresh'), file);
    expect([code, existsSync(path.join(repository, 'pwned'))]).toEqual([0, false]);
    expect(comment).toContain('**fresh**');
    expect(comment).toContain('(from nothing), no latency limit, 2 to create');
    expect(comment.split('\n')[0]).toMatch(/^<!-- plimsoll:diff:[\w.%-]+ -->$/);
  }, 120_000);
});
