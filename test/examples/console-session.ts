import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, mkdirSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../support/run-command.ts';

/** One command of a page and what the page says it prints. */
export interface ConsoleStep {
  readonly command: string;
  readonly output: string;
}

const BLOCK = /^```console\n([\s\S]*?)^```$/gm;

/** The steps of every `console` block of a page: a line that starts with `$ ` is a command, what follows its output. */
export function consoleSteps(markdown: string): readonly ConsoleStep[] {
  return [...markdown.matchAll(BLOCK)].flatMap(([, body = '']) =>
    body
      .split(/^(?=\$ )/m)
      .filter((part) => part.startsWith('$ '))
      .map((part) => {
        const [first = '', ...rest] = part.split('\n');
        return { command: first.slice(2), output: rest.join('\n') };
      }),
  );
}

/** The page with other outputs, in the order of its commands. */
export function withOutputs(markdown: string, outputs: readonly string[]): string {
  let at = 0;
  return markdown.replaceAll(BLOCK, (block: string) =>
    block.replaceAll(/^\$ (.*)\n(?:(?!\$ |```$).*\n)*/gm, (_step: string, command: string) => {
      const output = outputs[at] ?? '';
      at += 1;
      return `$ ${command}\n${output}`;
    }),
  );
}

/**
 * Runs commands one after the other in one new folder that holds what a checkout holds for its user: `examples/` and `plans/`, and a
 * command `npx plimsoll`. Returns what each printed on stdout. Throws, with what was printed, when one ends with another code than 0.
 */
export function runConsole(commands: readonly string[]): readonly string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-walk-'));
  try {
    for (const name of ['examples', 'plans'])
      cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
    const bin = path.join(folder, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(ROOT, path.join(folder, 'node_modules', 'plimsoll'));
    writeFileSync(
      path.join(bin, 'npx'),
      `#!/bin/sh\nshift\nexec "${process.execPath}" "${path.join(ROOT, 'bin', 'plimsoll.js')}" "$@"\n`,
    );
    chmodSync(path.join(bin, 'npx'), 0o755);
    return commands.map((command) => runStep(command, folder, bin));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runStep(command: string, folder: string, bin: string): string {
  const run = spawnSync('bash', ['-c', `set -o pipefail; ${command}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: folder, NO_COLOR: '1', LC_ALL: 'C.UTF-8' },
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0)
    throw new Error(`$ ${command}\nends with ${run.status}\n${run.stdout}\n${run.stderr}`);
  return run.stdout === '' || run.stdout.endsWith('\n') ? run.stdout : `${run.stdout}\n`;
}
