import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What asks for the overview of all commands. */
const OVERVIEW = new Set(['', '--help', 'help']);

/**
 * Runs the command line of this process.
 * The overview is printed from a text made at build time, so that asking for help loads no framework.
 * @param binUrl URL of the file in `bin/` that started the process
 */
export async function main(binUrl: string): Promise<void> {
  enableCompileCache();
  const args = process.argv.slice(2);
  if (args.length <= 1 && OVERVIEW.has(args[0] ?? '')) {
    process.stdout.write(readFileSync(path.join(import.meta.dirname, '..', 'help.txt'), 'utf8'));
    return;
  }
  const guard = guardAgainstEarlyEnd();
  endWithReader(guard);
  const { flush, handle, run } = await import('@oclif/core');
  try {
    await run(args, fileURLToPath(binUrl));
    await flush();
    guard.done();
  } catch (error) {
    guard.done();
    await handle(error as Error);
  }
  await drained(process.stdout);
  await drained(process.stderr);
  // Timers or sockets that a stack left open must not keep the command alive.
  process.exit();
}

/**
 * A stack runs inside this process: it may end it, or wait for something that never comes. Neither may look like
 * success, so until `done` is called an end of the process is reported and exits with 1.
 */
function guardAgainstEarlyEnd(): { readonly done: () => void } {
  const onExit = (code: number): void => {
    if (code === 130 || code === 64) return;
    process.stderr.write(
      'error[stack-load-failed] The process ended before the command did: the stack called process.exit or awaits something that never settles.\n' +
        '  → Remove the call, or await only what settles.\n',
    );
    process.exitCode = 1;
  };
  process.on('exit', onExit);
  return { done: () => process.off('exit', onExit) };
}

/** Who reads the output may have enough of it (`| head`): then there is nothing left to do, and nothing went wrong. */
function endWithReader(guard: { readonly done: () => void }): void {
  process.stdout.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') return;
    guard.done();
    process.exit();
  });
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
