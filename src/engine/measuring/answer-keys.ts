import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { BenchSubject, BenchTask } from '../../optimize/index.ts';
import { textHash } from '../../plan/index.ts';
import { toolVersion } from '../package-root.ts';
import { exactJson } from './exact-json.ts';

/** The program's folders that an answer of a bench depends on; anything else may change without making answers old. */
const FOLDERS = ['units', 'random', 'model', 'perf', 'traffic', 'sim', 'optimize'];

let program: string | undefined;

/**
 * What identifies the program that measures: its version, and a SHA-256 over its code, because a checkout changes under one
 * version. 10 ms the first time.
 */
function programHash(): string {
  program ??= textHash(`${toolVersion()} ${codeHash(path.resolve(import.meta.dirname, '../..'))}`);
  return program;
}

function codeHash(root: string): string {
  const hash = createHash('sha256');
  for (const folder of FOLDERS) {
    const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.test|\.d)\.[jt]s$/.test(file))
      .sort();
    for (const file of files) hash.update(`${file}\n`).update(readFileSync(path.join(root, folder, file)));
  }
  return hash.digest('hex');
}

/**
 * The key of an answer: SHA-256, 64 hex digits, over program, subject and task. Equal tasks of equal subjects have equal
 * keys; nothing of either can be read from it.
 */
export function answerKeys(subject: BenchSubject): (task: BenchTask) => string {
  const start = textHash(`${programHash()} ${exactJson(subject)}`);
  return (task) => textHash(`${start} ${exactJson(task)}`);
}
