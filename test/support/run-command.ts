import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The root of the checkout. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** What a finished command left. */
export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** How a command is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const BIN = path.join(ROOT, 'bin', 'plimsoll.js');

/** Runs the built command line as a process of its own, without a terminal. */
export function plimsoll(
  args: readonly string[],
  { cwd = ROOT, input = '', env = {} }: RunOptions = {},
): Finished {
  if (!existsSync(path.join(ROOT, 'dist', 'help.txt'))) throw new Error('Run `npm run build` first.');
  const { stdout, stderr, status } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    maxBuffer: 1 << 28,
  });
  return { stdout, stderr, exitCode: status };
}

/** Like `plimsoll`, but without blocking: for commands that speak to a server of the test itself. */
export function plimsollBeside(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { cwd = ROOT, input = '', env = {} } = options;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  });
  const outputs = [child.stdout, child.stderr].map(async (stream) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      void Promise.all(outputs).then(([stdout = '', stderr = '']) => resolve({ stdout, stderr, exitCode }));
    });
  });
}

/** The `result` of a command that was run with `--json`. */
export function jsonOf(finished: Finished): {
  readonly ok: boolean;
  readonly diagnostics: readonly { code: string; path: string }[];
  readonly result: never;
} {
  return JSON.parse(finished.stdout) as ReturnType<typeof jsonOf>;
}

/** Codes of the diagnostics a command printed with `--json`. */
export function codesOf(finished: Finished): readonly string[] {
  return jsonOf(finished).diagnostics.map((item) => item.code);
}

/** Runs `use` with a new folder that holds `files`, and removes it afterwards. */
export function withFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-test-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
