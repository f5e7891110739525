/** Manifests that the program writes: those of the committed plans and of the golden cases. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/policy/index.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A manifest and the file it is in, relative to the root. */
export interface RealManifest {
  readonly file: string;
  readonly manifest: JsonObject;
}

/** Every Kubernetes object below the folders, sorted by file. */
export function manifestsIn(...folders: readonly string[]): readonly RealManifest[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.yaml'))
        .map((file) => path.join(folder, file)),
    )
    .sort()
    .map((file) => ({ file, manifest: parse(readFileSync(path.join(ROOT, file), 'utf8')) as JsonObject }))
    .filter(({ manifest }) => 'kind' in manifest && 'metadata' in manifest);
}
