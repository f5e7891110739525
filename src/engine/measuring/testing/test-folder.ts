import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A new folder that goes when the test ends. For tests only. */
export function testFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-measuring-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
