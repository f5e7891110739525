import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, plimsoll } from '../support/run-command.ts';

/** What planning an example gives: texts by their path under `expected/`. */
export type Given = Readonly<Record<string, string>>;

/** Files of `expected/` that the command prints; every other one is a file of the plan, under the same path. */
const PRINTED = ['plan.txt', 'notes.txt', 'files.txt'] as const;

/** Files under a folder, sorted, with `/` between names; none where there is no folder. */
export function filesUnder(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
      )
      .sort();
  } catch {
    return [];
  }
}

/** Folder of what an example is expected to give. */
export function expectedFolder(example: string): string {
  return path.join(ROOT, 'examples', example, 'expected');
}

/** What an example is expected to give, as committed. */
export function expectedOf(example: string): Given {
  const folder = expectedFolder(example);
  return Object.fromEntries(
    filesUnder(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}

/**
 * Runs `plimsoll plan examples/NAME/stack.ts` as a process of its own and returns what it printed and the files of the plan that `expected/`
 * holds too. The folder it wrote to is printed as `plans/NAME`. Throws with the output when the command fails.
 */
export function planExample(example: string, wanted: readonly string[]): Given {
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-example-'));
  try {
    const run = plimsoll(['plan', `examples/${example}/stack.ts`, '--out', folder]);
    if (run.exitCode !== 0) throw new Error(`exit code ${run.exitCode}\n${run.stdout}\n${run.stderr}`);
    const shown = (text: string): string =>
      text.replaceAll(path.relative(ROOT, folder), `plans/${example}`).replaceAll(folder, `plans/${example}`);
    const written = filesUnder(folder);
    const chosen = wanted.filter((name) => !PRINTED.some((printed) => printed === name));
    return {
      'plan.txt': shown(run.stdout),
      'notes.txt': shown(run.stderr),
      'files.txt': `${written.join('\n')}\n`,
      ...Object.fromEntries(
        chosen
          .filter((name) => written.includes(name))
          .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
      ),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes `expected/` say what was given; files that the plan no longer has go. */
export function renewExpected(example: string, given: Given): void {
  const folder = expectedFolder(example);
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(given)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}
