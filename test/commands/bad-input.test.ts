import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, codesOf, jsonOf, plimsoll, withFolder } from '../support/run-command.ts';
import { SMALL_PROBLEM, smallProblem } from '../support/small-problem.ts';

/** Runs `validate` on one file and returns the finished command. */
function validateFile(name: string, text: string): ReturnType<typeof plimsoll> {
  return withFolder({ [name]: text }, (cwd) => plimsoll(['validate', name, '--json'], { cwd }));
}

describe('a stack that cannot be loaded', () => {
  it.each([
    ['syntax.ts', 'const = 1;', 'stack-load-failed'],
    ['throws.ts', 'throw new Error("boom");', 'stack-load-failed'],
    ['enum.ts', 'enum Color { Red }\nexport default Color;', 'stack-unsupported-syntax'],
    ['nothing.ts', 'export default 1;', 'stack-no-fleet'],
    ['broken.yaml', 'a: [1, 2', 'engine-file-invalid'],
    ['broken.json', '{"a": }', 'engine-file-invalid'],
  ])('%s is reported with a code, a place and a next step', (name, text, code) => {
    const finished = validateFile(name, text);
    expect(finished.exitCode).toBe(1);
    const [first] = jsonOf(finished).diagnostics as unknown as {
      code: string;
      source: { file: string };
      fix: string;
    }[];
    expect(first).toMatchObject({ code, source: { file: name }, fix: expect.stringMatching(/\w/) });
  });

  it.each([
    ['exits.ts', 'process.exit(0);'],
    ['waits.ts', 'await new Promise(() => {});'],
  ])('%s, which ends the process or never settles, does not look like success', (name, text) => {
    withFolder({ [name]: text }, (cwd) => {
      const finished = plimsoll(['validate', name], { cwd });
      expect([finished.exitCode, finished.stderr]).toEqual([1, expect.stringContaining('stack-load-failed')]);
    });
  });

  it('a misspelt flag brings the closest one', () => {
    const finished = plimsoll(['estimate', '--concurency', '3']);
    expect(finished.exitCode).toBe(64);
    expect(finished.stderr).toContain('Did you mean "--concurrency"?');
  });

  it('prints to standard error what a stack prints, and ends although the stack left a timer', () => {
    const text = 'console.log("hello"); setInterval(() => {}, 1000); export default 1;';
    withFolder({ 'talks.ts': text }, (cwd) => {
      const finished = plimsoll(['validate', 'talks.ts', '--json'], { cwd });
      expect(codesOf(finished)).toEqual(['stack-no-fleet']);
      expect(finished.stderr).toContain('hello');
    });
  });

  it('is YAML with merge keys, aliases without end, or several documents', () => {
    const merged = SMALL_PROBLEM.replace('pools:\n  - id: l40s\n', 'pools:\n  - &p\n    id: l40s\n').replace(
      'workloads:',
      '  - { <<: *p, id: second }\nworkloads:',
    );
    expect(validateFile('merged.yaml', merged).exitCode).toBe(0);
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`)
      .join('\n')}\n`;
    expect(codesOf(validateFile('bomb.yaml', bomb))).toEqual(['engine-file-invalid']);
    expect(codesOf(validateFile('two.yaml', `${SMALL_PROBLEM}---\na: 1\n`))).toEqual(['engine-file-invalid']);
  });

  it('names the line of the stack that threw', () => {
    const finished = validateFile('throws.ts', '// one\n// two\nthrow new Error("boom");');
    expect((jsonOf(finished).diagnostics[0] as unknown as { source: { line: number } }).source.line).toBe(3);
  });

  it('that does not exist is named', () => {
    expect(codesOf(plimsoll(['plan', 'nowhere.ts', '--json']))).toEqual(['stack-not-found']);
  });
});

describe('a problem with mistakes', () => {
  it.each([
    ['limit: 20000 USD/month', 'limit: 20000', 'model-wrong-unit'],
    ['p99: 2s', 'p99: 2 GB', 'model-wrong-unit'],
    ['meanRate: 3/s', 'meanRate: 3 rps', 'model-wrong-unit'],
    ['    team: tools', '    taem: tools', 'model-unknown-field'],
    ['meta-llama/Llama-3.1-8B-Instruct', 'meta-llama/Llama-3.1-8B-Instrukt', 'catalog-unknown-model'],
    ['g6e.2xlarge', 'g6e.2xlrage', 'catalog-unknown-instance-type'],
    ['pack: cost-guardrails', 'pack: cost-guardrail', 'policy-unknown-pack'],
    ['region: us-east-1\n', 'region: eu-west-9\n', 'catalog-no-price'],
    [
      '    pack: cost-guardrails',
      '    pack: cost-guardrails\n    levels: { nosuch: mandatory }',
      'policy-unknown-name',
    ],
  ])('%s → %s gives %s', (before, after, code) => {
    const finished = validateFile('problem.yaml', smallProblem(before, after));
    expect(codesOf(finished)).toContain(code);
    expect(finished.exitCode).toBe(1);
  });

  it('is told where the wrong unit stands, line and column', () => {
    const text = smallProblem('p99: 2s', 'p99: 2 GB');
    const [first] = jsonOf(validateFile('problem.yaml', text)).diagnostics as unknown as {
      source: { line: number };
      path: string;
    }[];
    expect(first?.path).toBe('workloads[0].slo.ttft.p99');
    expect(text.split('\n')[(first?.source.line ?? 0) - 1]).toContain('2 GB');
  });

  it('is offered the closest name', () => {
    const finished = validateFile('problem.yaml', smallProblem('3.1-8B-Instruct', '3.1-8B-Instrukt'));
    expect(finished.stdout).toContain('meta-llama/Llama-3.1-8B-Instruct');
  });

  it('hears of all mistakes at once', () => {
    const text = smallProblem('p99: 2s', 'p99: 2 GB')
      .replace('3/s', '3')
      .replace('taem', 'team')
      .replace('99%', '101%');
    expect(codesOf(validateFile('problem.yaml', text)).length).toBeGreaterThanOrEqual(3);
  });

  it('meets the construct path of a TypeScript stack', () => {
    const stack = `import { Fleet, HardwarePool, LlmService, Slo, Traffic } from '${path.join(ROOT, 'dist/index.js')}';
const fleet = new Fleet('demo');
new HardwarePool(fleet, 'l40s', { provider: 'aws', region: 'us-east-1', zones: ['us-east-1a'], instanceType: 'g6e.2xlarge' });
new LlmService(fleet, 'chat', { model: 'meta-llama/Llama-3.1-8B', traffic: Traffic.profile('azure-llm-2023-conversatoin'), slo: new Slo({ ttft: { p99: '1s' } }) });
export default fleet;`;
    const finished = validateFile('stack.ts', stack);
    expect(jsonOf(finished).diagnostics).toEqual([
      expect.objectContaining({ code: 'traffic-unknown-profile', path: 'chat' }),
    ]);
    expect(finished.stdout).toContain('azure-llm-2023-conversation');
  });
});

describe('requests longer than what is served', () => {
  const lengths = '      generate:\n        lengths: { isl: 800, osl: 100 }';

  it('fail a plan when they are many, with the length that would do', () => {
    const finished = validateFile(
      'problem.yaml',
      smallProblem(lengths, '      profile: mooncake-conversation'),
    );
    const problem = jsonOf(finished).diagnostics.find((item) => item.code === 'traffic-too-long');
    expect(problem).toMatchObject({
      severity: 'error',
      path: 'workloads[0]',
      fix: expect.stringMatching(/maxModelLength to \d+/),
    });
  });

  it('are not mentioned when there are none', () => {
    const finished = validateFile('problem.yaml', SMALL_PROBLEM);
    expect([finished.exitCode, finished.stdout]).toEqual([
      0,
      expect.not.stringContaining('traffic-too-long'),
    ]);
  });
});

describe('a trace with a broken line', () => {
  it('1,000,001 is named by its number, and no plan is written', () => {
    const rows = new Array<string>(1_000_000).fill('1.0,100,10');
    rows[0] = 't_seconds,context_tokens,generated_tokens';
    rows.push('oops,100,10');
    withFolder({ 'trace.csv': `${rows.join('\n')}\n`, 'problem.yaml': SMALL_PROBLEM }, (cwd) => {
      const finished = plimsoll(['plan', 'problem.yaml', '--trace', 'trace.csv', '--json'], { cwd });
      expect(finished.exitCode).toBe(1);
      const broken = jsonOf(finished).diagnostics.find((item) => item.code === 'traffic-broken-line');
      expect(broken).toMatchObject({ source: { file: 'trace.csv', line: 1_000_001 } });
      expect(existsSync(path.join(cwd, 'plans'))).toBe(false);
    });
  });

  it('that is a damaged archive is reported as unreadable', () => {
    withFolder({ 'trace.csv.gz': 'not gzip', 'problem.yaml': SMALL_PROBLEM }, (cwd) => {
      const finished = plimsoll(['plan', 'problem.yaml', '--trace', 'trace.csv.gz', '--json'], { cwd });
      expect(codesOf(finished)).toContain('engine-file-unreadable');
      expect(finished.exitCode).toBe(1);
    });
  });
});

describe('wrong usage', () => {
  it.each([
    [['paln'], 'plimsoll plan'],
    [['plan'], 'stack'],
    [['plan', 'a.yaml', '--sede', '1'], '--sede'],
    [['cost', 'x', '--output', 'html'], 'html'],
    [['cost', 'x', '--period', '2026-13'], '2026-13'],
    [['plan', 'a.yaml', '--time-limit', '5'], '5'],
    [['catalog', 'import', 'a.csv', '--date', '2026-02-30'], '2026-02-30'],
    [['catalog', 'import', 'a.csv', '--date', '2026-13-45'], '2026-13-45'],
  ])('%j exits with 64 and says why', (args, word) => {
    const finished = plimsoll(args);
    expect(finished.exitCode).toBe(64);
    expect(finished.stderr).toContain(word);
  });
});

describe('a problem without a solution', () => {
  it('names the SLO limit no configuration can meet, and exits with 4', () => {
    withFolder({ 'problem.yaml': smallProblem('tpot: { p99: 80ms }', 'tpot: { p99: 100us }') }, (cwd) => {
      const finished = plimsoll(['plan', 'problem.yaml', '--json'], { cwd });
      expect(finished.exitCode).toBe(4);
      expect(codesOf(finished)).toContain('optimize-no-candidate');
      expect(finished.stdout).toContain('tpot.p99');
      expect(existsSync(path.join(cwd, 'plans'))).toBe(false);
    });
  });

  it('names the budget and the amount that would do, and exits with 4', () => {
    withFolder({ 'problem.yaml': smallProblem('20000 USD/month', '50 USD/month') }, (cwd) => {
      const finished = plimsoll(['plan', 'problem.yaml', '--json'], { cwd });
      expect(finished.exitCode).toBe(4);
      const budget = jsonOf(finished).diagnostics.find((item) => item.path.startsWith('budget'));
      expect(budget).toMatchObject({ code: 'optimize-infeasible', fix: expect.stringMatching(/USD\/month/) });
    });
  });
});

describe('a full disk', () => {
  it('leaves the earlier plan whole', (context) => {
    withFolder({ 'problem.yaml': SMALL_PROBLEM }, (cwd) => {
      const plans = path.join(cwd, 'plans');
      mkdirSync(plans);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', plans]);
      if (mounted.status !== 0) context.skip('needs the right to mount a small file system');
      try {
        mkdirSync(path.join(plans, 'small'));
        writeFileSync(path.join(plans, 'small', 'plan.json'), 'earlier plan');
        writeFileSync(path.join(plans, 'ballast'), 'x'.repeat(40_000));
        const finished = plimsoll(['plan', 'problem.yaml', '--json'], { cwd });
        expect(codesOf(finished)).toContain('plan-write-failed');
        expect(finished.exitCode).toBe(1);
        expect(readFileSync(path.join(plans, 'small', 'plan.json'), 'utf8')).toBe('earlier plan');
        expect(readdirSync(path.join(plans, 'small'))).toEqual(['plan.json']);
      } finally {
        spawnSync('umount', [plans]);
      }
    });
  });
});
