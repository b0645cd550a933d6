import { defineConfig } from 'vitest/config';

/** `npm run test:faults`: what takes minutes, and is on demand. A word after `--` picks files: `npm run test:faults -- storm`. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.faults.ts'],
    globalSetup: ['test/support/redis.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    pool: 'forks',
    isolate: true,
    passWithNoTests: true,
  },
});
