import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/redis.ts'],
    testTimeout: 60_000,
    // Whole daemons run against whole orgs: on a machine that others load, a second look tells a slow one from a wrong one.
    retry: process.env['CI'] === undefined ? 0 : 2,
    hookTimeout: 30_000,
    pool: 'forks',
    // On purpose: tests share no state, and vitest need not suggest otherwise.
    isolate: true,
  },
});
