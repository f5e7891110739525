import path from 'node:path';
import { defineConfig } from 'vitest/config';

const modules = path.join(import.meta.dirname, 'node_modules');

/** Tests of the programs with Pulumi's runtime mocks; `npm run test:stacks` installs what they need first. */
export default defineConfig({
  root: import.meta.dirname,
  resolve: {
    alias: [
      { find: /^plimsoll$/, replacement: path.resolve(import.meta.dirname, '../src/index.ts') },
      { find: /^(@pulumi\/[a-z-]+)$/, replacement: `${modules}/$1/index.js` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Mocks are a state of the process: a process per file.
    pool: 'forks',
    isolate: true,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
