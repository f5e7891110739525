import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineHost } from './messages.ts';
import { writeOutputFile } from './write-output-file.ts';

let folder: string;
const host = (): EngineHost => ({ workingDirectory: folder }) as EngineHost;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-output-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('writing one file', () => {
  it('replaces an earlier file and gives its path', async () => {
    writeFileSync(path.join(folder, 'chart.svg'), 'old');
    expect(await writeOutputFile('chart.svg', 'new', host())).toMatchObject({ ok: true, value: 'chart.svg' });
    expect(readFileSync(path.join(folder, 'chart.svg'), 'utf8')).toBe('new');
  });

  it('leaves a folder of that name with all it holds', async () => {
    mkdirSync(path.join(folder, 'chart.svg'));
    writeFileSync(path.join(folder, 'chart.svg', 'mine'), 'mine');
    const outcome = await writeOutputFile('chart.svg', 'new', host());
    expect(outcome.ok ? [] : outcome.diagnostics.map((item) => item.code)).toEqual(['plan-write-failed']);
    expect(readFileSync(path.join(folder, 'chart.svg', 'mine'), 'utf8')).toBe('mine');
  });

  it('leaves a pipe of that name, and what a link leads to when it is one', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    symlinkSync(pipe, path.join(folder, 'link'));
    for (const name of ['pipe', 'link']) {
      const outcome = await writeOutputFile(name, 'new', host());
      expect(outcome.ok ? [] : outcome.diagnostics.map((item) => item.code)).toEqual(['plan-write-failed']);
    }
    expect(statSync(pipe).isFIFO()).toBe(true);
  });
});
