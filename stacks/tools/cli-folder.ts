import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const TOOLS = ['pulumi', 'pulumi-language-yaml'] as const;

/** Where Pulumi's command line is built: a cache folder outside the repository, named after what is built. */
export function cliFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const sums = ['cli/go.sum', 'yaml/go.sum'].map((file) =>
    readFileSync(path.join(import.meta.dirname, file), 'utf8'),
  );
  const hash = createHash('sha256').update(sums.join('\n')).digest('hex').slice(0, 12);
  return path.join(cache, 'plimsoll', 'pulumi-cli', hash);
}

/** The folder that holds Pulumi's command line and its YAML language: on `PATH`, else built earlier; undefined where there is neither. */
export function findCli(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), cliFolder()];
  return folders.find(
    (folder) => folder !== '' && TOOLS.every((tool) => existsSync(path.join(folder, tool))),
  );
}
