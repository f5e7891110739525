import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PlanDocument } from '../../src/model/index.ts';
import { ROOT, codesOf, jsonOf, plimsoll } from '../support/run-command.ts';
import { SMALL_PROBLEM } from '../support/small-problem.ts';

/** The real trace, where this machine has it (it is not part of the repository). */
const AZURE_TRACE = path.resolve(
  process.env['PLIMSOLL_DATA'] ?? path.join(ROOT, '../shared/data'),
  'llm/azure-llm-2023-conv.csv.gz',
);

let cwd: string;

/** One planned stack that all tests of this file read. */
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'plimsoll-main-'));
  writeFileSync(path.join(cwd, 'problem.yaml'), SMALL_PROBLEM);
  const planned = plimsoll(['plan', 'problem.yaml'], { cwd });
  if (planned.exitCode !== 0) throw new Error(`planning failed: ${planned.stderr}`);
}, 120_000);

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function readPlanFile(folder = 'plans/small'): PlanDocument {
  return JSON.parse(readFileSync(path.join(cwd, folder, 'plan.json'), 'utf8')) as PlanDocument;
}

function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(path.join(cwd, folder), { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(path.join(cwd, folder), file), readFileSync(file, 'utf8')]),
  );
}

describe('plan', () => {
  it('writes plan.json, report.md and one manifest per object', () => {
    const plan = readPlanFile();
    const files = Object.keys(filesOf('plans/small'));
    expect(files).toEqual(['plan.json', 'report.md', ...plan.objects.map((object) => object.path)].sort());
    expect(files.length).toBeGreaterThan(6);
  });

  it('gives the same bytes again, and when the problem is written in another order', () => {
    const shuffled = parse(SMALL_PROBLEM) as Record<string, unknown>;
    const reversed = Object.fromEntries(Object.entries(shuffled).reverse());
    expect(plimsoll(['plan', 'problem.yaml', '--out', 'again'], { cwd }).exitCode).toBe(0);
    expect(filesOf('again')).toEqual(filesOf('plans/small'));
    writeFileSync(path.join(cwd, 'other.json'), JSON.stringify(reversed));
    expect(plimsoll(['plan', 'other.json', '--out', 'other'], { cwd }).exitCode).toBe(0);
    const plan = readPlanFile('other');
    expect({ ...plan, inputs: { ...plan.inputs, stackFile: 'problem.yaml' } }).toEqual(readPlanFile());
  }, 120_000);

  it('proves its answer: every constraint holds and the bound is not above the objective', () => {
    const { decision, cost } = readPlanFile();
    expect(decision.checks.filter((check) => !check.holds)).toEqual([]);
    expect(decision.checks.length).toBeGreaterThan(5);
    expect(decision.boundPerMonth).toBeLessThanOrEqual(decision.objectivePerMonth);
    expect(cost.totalPerMonth).toBe(cost.lineItems.reduce((sum, item) => sum + item.effectiveCost, 0));
  });

  it('holds no absolute path, host name or time of the run', () => {
    const text = Object.values(filesOf('plans/small')).join('\n');
    expect(text).not.toContain(cwd);
    expect(text).not.toContain(new Date().toISOString().slice(0, 10));
  });

  it('reads YAML from standard input', () => {
    const finished = plimsoll(['plan', '-', '--dry-run', '--json'], { cwd, input: SMALL_PROBLEM });
    expect(finished.exitCode).toBe(0);
    expect((jsonOf(finished).result as PlanDocument).stack).toBe('small');
  }, 60_000);

  it('ends with one sentence on stdout and no progress when there is no terminal', () => {
    const finished = plimsoll(['plan', 'problem.yaml', '--dry-run'], { cwd });
    expect(finished.stdout).toMatch(/Plan for small: [\d,.]+ USD\/month, \d+ replicas?, SLO met with/);
    expect(finished.stderr).not.toContain('\r');
  }, 60_000);
});

describe('reading a plan', () => {
  it('show prints the sentence last, and the whole plan as JSON and YAML', () => {
    const text = plimsoll(['show', 'small'], { cwd });
    expect(text.stdout.trimEnd().split('\n').at(-1)).toContain('Plan for small');
    const plan = readPlanFile();
    expect(jsonOf(plimsoll(['show', 'plans/small/plan.json', '--json'], { cwd })).result).toEqual(plan);
    const yaml = parse(plimsoll(['show', 'small', '-o', 'yaml'], { cwd }).stdout) as { result: unknown };
    expect(yaml.result).toEqual(plan);
    expect(plimsoll(['show', 'small', '-o', 'markdown'], { cwd }).stdout).toBe(
      readFileSync(path.join(cwd, 'plans/small/report.md'), 'utf8'),
    );
  });

  it('explain tells winner, runner-up and rejections of a workload', () => {
    const { stdout, exitCode } = plimsoll(['explain', 'helper'], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Why helper runs as it does');
    expect(stdout).toMatch(/breaks first/);
    expect(stdout).toMatch(/Runner-up|No plan exists without/);
    expect(plimsoll(['explain', 'hepler', '--plan', 'small'], { cwd }).stderr).toContain(
      'Did you mean "helper"?',
    );
  });

  it('cost prints line items, and FOCUS rows that sum to the plan', () => {
    expect(plimsoll(['cost', 'small'], { cwd }).stdout).toContain('g6e.2xlarge');
    const csv = plimsoll(['cost', 'small', '--output', 'focus', '--period', '2026-12'], { cwd }).stdout;
    expect(csv.split('\r\n')).toHaveLength(readPlanFile().cost.lineItems.length + 2);
    expect(csv).toContain('2026-12-01T00:00:00Z');
  });

  it('policy check judges the stored plan as text, JSON, SARIF and JUnit', () => {
    const text = plimsoll(['policy', 'check', 'small'], { cwd });
    expect([text.exitCode, text.stdout]).toEqual([0, expect.stringContaining('Policies pass.')]);
    expect(jsonOf(plimsoll(['policy', 'check', 'small', '--json'], { cwd })).result).toMatchObject({
      passes: true,
    });
    const sarif = plimsoll(['policy', 'check', 'small', '-o', 'sarif', '--pack', 'reliability'], { cwd });
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0' });
    expect(plimsoll(['policy', 'check', 'small', '-o', 'junit'], { cwd }).stdout).toContain('<testsuites');
  });

  it('synth writes the very manifests again', () => {
    const before = filesOf('plans/small');
    const target = readPlanFile().objects[0]?.path ?? '';
    writeFileSync(path.join(cwd, 'plans/small', target), 'edited: by hand\n');
    expect(codesOf(plimsoll(['show', 'small', '--json'], { cwd }))).toEqual(['plan-stale']);
    const finished = plimsoll(['synth', 'small'], { cwd });
    expect(finished.exitCode).toBe(0);
    expect(filesOf('plans/small')).toEqual(before);
  });
});

describe('synth --out', () => {
  it('writes a folder of its own and touches nothing beside it', () => {
    mkdirSync(path.join(cwd, 'out/keep'), { recursive: true });
    writeFileSync(path.join(cwd, 'out/keep/notes.txt'), 'mine');
    const finished = plimsoll(['synth', 'small', '--out', 'out/m'], { cwd });
    expect([finished.exitCode, finished.stdout]).toEqual([0, expect.stringContaining('written to out/m.')]);
    expect(readFileSync(path.join(cwd, 'out/keep/notes.txt'), 'utf8')).toBe('mine');
    expect(Object.keys(filesOf('out/m')).map((file) => `manifests/${file}`)).toEqual(
      readPlanFile().objects.map((object) => object.path),
    );
    expect(plimsoll(['synth', 'small', '--out', 'plans/other'], { cwd }).exitCode).toBe(0);
    expect(existsSync(path.join(cwd, 'plans/small/plan.json'))).toBe(true);
  });

  it.each(['.', '..', ''])('refuses "%s", which is or holds the working directory', (out) => {
    expect(plimsoll(['synth', 'small', '--out', out], { cwd }).exitCode).toBe(64);
    expect(existsSync(path.join(cwd, 'problem.yaml'))).toBe(true);
  });
});

describe('diff', () => {
  it('of a stack with its committed plan is empty when nothing changed', () => {
    const finished = plimsoll(['diff', 'problem.yaml', '--detailed-exitcode'], { cwd });
    expect([finished.exitCode, finished.stdout]).toEqual([0, expect.stringContaining('No differences')]);
  }, 60_000);

  it('shows decisions, cost, SLO and objects when traffic doubles, and exits with 2 when asked', () => {
    writeFileSync(
      path.join(cwd, 'problem-busy.yaml'),
      SMALL_PROBLEM.replace('meanRate: 3/s', 'meanRate: 30/s'),
    );
    const finished = plimsoll(
      ['diff', 'plans/small', 'problem-busy.yaml', '--detailed-exitcode', '-o', 'markdown'],
      { cwd },
    );
    expect(finished.exitCode).toBe(2);
    expect(finished.stdout).toMatch(/^<!-- plimsoll:diff:small -->/);
    expect(finished.stdout).toMatch(/\+[\d,.]+ USD\/month/);
    const diff = jsonOf(plimsoll(['diff', 'plans/small', 'problem-busy.yaml', '--json'], { cwd })).result as {
      inputs: { input: string }[];
      allocations: unknown[];
    };
    expect(diff.inputs.map((item) => item.input)).toEqual(expect.arrayContaining(['problem', 'traffic']));
    expect(diff.allocations.length).toBeGreaterThan(0);
  }, 120_000);
});

describe('staleness', () => {
  it('show --check passes on a fresh plan and exits with 5 on a changed stack, naming what changed', () => {
    expect(plimsoll(['show', 'small', '--check'], { cwd }).exitCode).toBe(0);
    const other = mkdtempSync(path.join(tmpdir(), 'plimsoll-stale-'));
    try {
      cpSync(cwd, other, { recursive: true });
      writeFileSync(path.join(other, 'problem.yaml'), SMALL_PROBLEM.replace('p99: 80ms', 'p99: 70ms'));
      const finished = plimsoll(['show', 'small', '--check', '--json'], { cwd: other });
      expect(finished.exitCode).toBe(5);
      expect(jsonOf(finished).diagnostics[0]).toMatchObject({
        code: 'plan-stale',
        summary: expect.stringContaining('problem'),
      });
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});

describe('policies', () => {
  it('a mandatory violation makes plan exit 3 and the plan not applicable; a waiver lets it pass', () => {
    const rule = `policies:
  - id: house
    rules:
      - id: no-l40s
        title: No L40S here
        level: mandatory
        target: allocation
        condition: self.pool != "l40s"
`;
    const strict = SMALL_PROBLEM.replace(/policies:[\s\S]*$/, rule);
    writeFileSync(path.join(cwd, 'strict.yaml'), strict);
    const finished = plimsoll(['plan', 'strict.yaml', '--out', 'strict', '--json'], { cwd });
    expect(finished.exitCode).toBe(3);
    expect(codesOf(finished)).toContain('policy-violation');
    expect(readPlanFile('strict').applicable).toBe(false);
    const waiver = 'waivers:\n  - { rule: no-l40s, owner: sre, reason: trial, expires: "2999-01-01" }\n';
    writeFileSync(path.join(cwd, 'waived.yaml'), `${strict}${waiver}`);
    const waived = plimsoll(['plan', 'waived.yaml', '--out', 'waived', '--json'], { cwd });
    expect(waived.exitCode).toBe(0);
    expect(readPlanFile('waived').applicable).toBe(true);
  }, 120_000);
});

describe('other commands', () => {
  it('validate counts what a stack declares', () => {
    expect(plimsoll(['validate', 'problem.yaml'], { cwd }).stdout).toContain(
      'small is valid: 1 workload, 1 pool with 4 offerings',
    );
  });

  it('doctor finds nothing missing here', () => {
    const finished = plimsoll(['doctor', '--json'], { cwd });
    expect(finished.exitCode).toBe(0);
    const checks = jsonOf(finished).result as { name: string; state: string }[];
    expect(checks.filter((check) => check.state === 'missing')).toEqual([]);
    expect(checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['node', 'solver highs', 'solver javascript-lp-solver']),
    );
  });

  it('catalog list finds by name, kind and region', () => {
    expect(plimsoll(['catalog', 'list', 'h100'], { cwd }).stdout).toContain('h100-sxm');
    const prices = plimsoll(['catalog', 'list', 'p5.48xlarge', '--kind', 'price', '--region', 'us-east-1'], {
      cwd,
    });
    expect(prices.stdout).toContain('55.04');
  });

  it('catalog import writes a file that a stack reads back', () => {
    const csv =
      'InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region,AvailabilityZone\n' +
      'neo-1,16,128,L40S,1,1.25,0.5,us-east-1,us-east-1a\n';
    writeFileSync(path.join(cwd, 'neo.csv'), csv);
    const args = [
      'catalog',
      'import',
      'neo.csv',
      '--layout',
      'skypilot',
      '--provider',
      'neo',
      '--date',
      '2026-11-01',
      '--out',
      'neo.yaml',
    ];
    expect(plimsoll(args, { cwd }).exitCode).toBe(0);
    const problem = SMALL_PROBLEM.replace('provider: aws', 'provider: neo')
      .replace('g6e.2xlarge', 'neo-1')
      .replace('[us-east-1a, us-east-1b]', '[us-east-1a]');
    writeFileSync(path.join(cwd, 'neo-problem.yaml'), `${problem}catalog:\n  files: [neo.yaml]\n`);
    expect(plimsoll(['validate', 'neo-problem.yaml'], { cwd })).toMatchObject({ exitCode: 0 });
  });

  it('traffic fit writes a traffic block that a problem can hold', () => {
    const rows = Array.from(
      { length: 500 },
      (_, i) => `${i * 0.5},${100 + (i % 7) * 50},${20 + (i % 5) * 10}`,
    );
    writeFileSync(
      path.join(cwd, 'trace.csv'),
      `t_seconds,context_tokens,generated_tokens\n${rows.join('\n')}\n`,
    );
    const finished = plimsoll(['traffic', 'fit', 'trace.csv', '--out', 'traffic.yaml'], { cwd });
    expect([finished.exitCode, finished.stdout]).toEqual([0, expect.stringContaining('mean rate')]);
    const problem = parse(SMALL_PROBLEM) as { workloads: { traffic: unknown }[] };
    problem.workloads[0]!.traffic = parse(readFileSync(path.join(cwd, 'traffic.yaml'), 'utf8'));
    writeFileSync(path.join(cwd, 'fitted.json'), JSON.stringify(problem));
    expect(plimsoll(['validate', 'fitted.json'], { cwd })).toMatchObject({ exitCode: 0 });
  });

  it('traffic fit reads columns by the names given, and leaves broken lines out when told to', () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${i},${200 + (i % 3)},${40 + (i % 5)}`);
    rows[7] = 'x,y,z';
    writeFileSync(path.join(cwd, 'named.csv'), `at,prompt,completion\n${rows.join('\n')}\n`);
    const columns = ['--layout', 'csv', '--columns', 'arrival=at,isl=prompt,osl=completion', '--json'];
    expect(codesOf(plimsoll(['traffic', 'fit', 'named.csv', ...columns], { cwd }))).toContain(
      'traffic-broken-line',
    );
    const skipped = plimsoll(['traffic', 'fit', 'named.csv', '--skip-broken-lines', ...columns], { cwd });
    expect([skipped.exitCode, (jsonOf(skipped).result as { requests: number }).requests]).toEqual([0, 299]);
    expect(plimsoll(['traffic', 'fit', 'named.csv', '--columns', 'size=prompt'], { cwd }).exitCode).toBe(64);
  });

  it.skipIf(!existsSync(AZURE_TRACE))(
    'plan --trace plans for the Azure conversation trace and replays it',
    () => {
      const finished = plimsoll([
        'plan',
        'examples/chat/stack.ts',
        '--trace',
        AZURE_TRACE,
        '--dry-run',
        '--json',
      ]);
      expect(finished.exitCode).toBe(0);
      const plan = jsonOf(finished).result as PlanDocument;
      expect(plan.traffic[0]?.meanRate).toBeCloseTo(5.56, 1);
      expect(plan.decision.workloads[0]?.replay?.isStationary).toBe(true);
      expect(plan.decision.checks.filter((check) => !check.holds)).toEqual([]);
    },
    120_000,
  );

  it('plan --trace plans for the trace, replays it, and records the flag', () => {
    const rows = Array.from(
      { length: 2000 },
      (_, i) => `${i * 0.4},${500 + (i % 7) * 50},${60 + (i % 5) * 10}`,
    );
    writeFileSync(
      path.join(cwd, 'trace.csv'),
      `t_seconds,context_tokens,generated_tokens\n${rows.join('\n')}\n`,
    );
    expect(
      plimsoll(['plan', 'problem.yaml', '--trace', 'trace.csv', '--out', 'traced'], { cwd }).exitCode,
    ).toBe(0);
    const plan = readPlanFile('traced');
    expect(plan.inputs.flags).toEqual({ trace: 'trace.csv' });
    expect(plan.traffic[0]?.meanRate).toBeCloseTo(2.5, 1);
    expect(plan.decision.workloads[0]?.replay?.requests).toBeGreaterThan(100);
  }, 60_000);

  it('--help lists every command', () => {
    const { stdout, exitCode } = plimsoll(['--help'], { cwd });
    expect(exitCode).toBe(0);
    for (const word of [
      'plan',
      'show',
      'diff',
      'explain',
      'cost',
      'synth',
      'validate',
      'doctor',
      'policy',
      'catalog',
      'traffic',
    ]) {
      expect(stdout).toContain(word);
    }
    expect(existsSync(path.join(cwd, 'plans'))).toBe(true);
  });
});
