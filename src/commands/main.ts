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
  const { flush, handle, run } = await import('@oclif/core');
  try {
    await run(args, fileURLToPath(binUrl));
    await flush();
  } catch (error) {
    await handle(error as Error);
  }
}
