import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/*
 * Inside this repository the programs import the checkout around them. As a dependency `file:..` the checkout's own dependencies would
 * be part of this lock file; elsewhere, `npm install plimsoll` takes the place of this file.
 */
const modules = path.join(import.meta.dirname, 'node_modules');
const link = path.join(modules, 'plimsoll');

mkdirSync(modules, { recursive: true });
if (!existsSync(link)) symlinkSync(path.join('..', '..'), link, 'dir');
