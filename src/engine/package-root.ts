import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

let root: string | undefined;

/** The folder of this package: where `package.json`, `policies/` and `schemas/` stand, in a checkout or installed. */
export function packageRoot(): string {
  if (root === undefined) {
    let folder = import.meta.dirname;
    while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
    root = folder;
  }
  return root;
}

/** The version of this package. */
export function toolVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
