import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  mkdirSync,
  writeFileSync,
  rmSync,
} from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileOperations } from './write-folder.ts';
import { writeFolder } from './write-folder.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-write-'));
  mkdirSync(path.join(folder, 'manifests'));
  writeFileSync(path.join(folder, 'manifests', 'a.yaml'), 'old a');
  writeFileSync(path.join(folder, 'manifests', 'gone.yaml'), 'old gone');
  writeFileSync(path.join(folder, 'plan.json'), 'old plan');
  writeFileSync(path.join(folder, 'NOTES.md'), 'mine');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CONTENTS = new Map([
  ['plan.json', 'new plan'],
  ['report.md', 'new report'],
  ['manifests/vanilla/a.yaml', 'new a'],
]);

function snapshot(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file), readFileSync(file, 'utf8')];
    }),
  );
}

/** Real operations of which the n-th write or rename fails as on a full disk. */
function failingAt(n: number): { files: FileOperations; reached: () => boolean } {
  let count = 0;
  const tick = (): void => {
    count += 1;
    if (count === n) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  return {
    reached: () => count >= n,
    files: {
      mkdir: async (target) => void (await mkdir(target, { recursive: true })),
      mkdtemp: (prefix) => mkdtemp(prefix),
      writeFile: async (file, text) => {
        tick();
        await writeFile(file, text);
      },
      rename: async (from, to) => {
        tick();
        await rename(from, to);
      },
      remove: (target) => rm(target, { recursive: true, force: true }),
    },
  };
}

describe('writing a plan folder', () => {
  it('replaces what is named, removes stale manifests and leaves other files alone', async () => {
    const outcome = await writeFolder(folder, CONTENTS, { shown: 'plans/chat' });
    expect(outcome.ok).toBe(true);
    expect(snapshot()).toEqual({
      'NOTES.md': 'mine',
      'plan.json': 'new plan',
      'report.md': 'new report',
      'manifests/vanilla/a.yaml': 'new a',
    });
  });

  it('leaves every earlier file whole wherever a full disk strikes', async () => {
    const before = snapshot();
    let failures = 0;
    for (let n = 1; n < 50; n++) {
      const { files, reached } = failingAt(n);
      const outcome = await writeFolder(folder, CONTENTS, { shown: 'plans/chat', files });
      if (!reached()) break;
      failures += 1;
      expect(outcome.ok).toBe(false);
      expect(outcome.diagnostics[0]).toMatchObject({
        code: 'plan-write-failed',
        summary: expect.stringContaining('full'),
      });
      expect(snapshot()).toEqual(before);
    }
    expect(failures).toBeGreaterThanOrEqual(CONTENTS.size + 5);
  });

  it('says so when the folder is a file', async () => {
    const outcome = await writeFolder(path.join(folder, 'plan.json'), CONTENTS, { shown: 'plan.json' });
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['plan-write-failed']);
  });

  it('makes missing folders above it', async () => {
    const deep = path.join(folder, 'a', 'b', 'c');
    expect((await writeFolder(deep, CONTENTS, { shown: 'c' })).ok).toBe(true);
    expect(readdirSync(deep).sort()).toEqual(['manifests', 'plan.json', 'report.md']);
  });

  it.skipIf(!existsSync('/proc/self'))('says so where the system refuses new folders', async () => {
    const outcome = await writeFolder('/proc/plimsoll/x', CONTENTS, { shown: '/proc/plimsoll/x' });
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['plan-write-failed']);
  });
});
