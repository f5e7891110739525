import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Stacks import the package by its name; tests run them against the source.
  resolve: { alias: { plimsoll: path.resolve(import.meta.dirname, 'src/index.ts') } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['node_modules/**', 'test/cluster/**'],
    isolate: false,
    pool: 'threads',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/**/index.ts'],
      reporter: ['text-summary'],
    },
  },
});
