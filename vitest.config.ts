import { availableParallelism } from 'node:os';
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
    // Much of the time goes to commands in processes of their own, so that one worker less than there are cores leaves one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
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
