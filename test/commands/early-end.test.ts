import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');

/** Runs a command whose reader goes away after the first bytes of its output. */
function readBriefly(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [path.join(root, 'bin', 'plimsoll.js'), ...args], { cwd: root });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stderr });
    });
  });
}

it.each([[['show', 'chat', '--json']], [['diff', '--help']]])(
  'a reader that has enough of %j ends the command without a complaint',
  async (args) => {
    expect(await readBriefly(...args)).toEqual({ code: 0, stderr: '' });
  },
);
