import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests against a real control plane (docs/cluster-tests.md). Files run one after another, because they share it.
export default defineConfig({
  resolve: { alias: { plimsoll: path.resolve(import.meta.dirname, 'src/index.ts') } },
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/cluster/support/global-setup.ts'],
    fileParallelism: false,
    isolate: false,
    pool: 'threads',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
  },
});
