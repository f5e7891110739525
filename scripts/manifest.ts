/**
 * Writes `oclif.manifest.json` (so that the command line need not load every command to start) and `dist/help.txt`
 * (the overview that `plimsoll --help` prints). Run by `npm run build` after `tsc`.
 */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Config, Help, Plugin } from '@oclif/core';

const root = path.resolve(import.meta.dirname, '..');
const manifestFile = path.join(root, 'oclif.manifest.json');

rmSync(manifestFile, { force: true });
const plugin = new Plugin({ root, type: 'core', ignoreManifest: true });
await plugin.load();
// Commands are loaded in no fixed order, so they are sorted; what they hold is not: the order of arguments is their meaning.
const { commands, ...rest } = plugin.manifest;
const sorted = Object.fromEntries(Object.entries(commands).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(manifestFile, `${JSON.stringify({ commands: sorted, ...rest }, undefined, 2)}\n`);

const lines: string[] = [];

/** The help of the framework, collected instead of printed. */
class CollectedHelp extends Help {
  protected override log(...args: string[]): void {
    lines.push(...args);
  }
}

const config = await Config.load({ root, enablePerf: false });
await new CollectedHelp(config, { stripAnsi: true }).showHelp(['--help']);
writeFileSync(path.join(root, 'dist', 'help.txt'), `${lines.join('\n').trimEnd()}\n`);
