import { defineConfig } from 'vitest/config';

/**
 * Three kinds of tests, told apart by how long one of them may take. Each test file has a process of its own
 * (`forks`): the simulator's tripwires replace globals, and must not reach the file that runs beside it.
 */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^lightsout$/, replacement: new URL('./src/index.ts', import.meta.url).pathname },
      {
        find: /^lightsout\/(rdb|aof)$/,
        replacement: new URL('./src/codecs/', import.meta.url).pathname + '$1.ts',
      },
      { find: /^lightsout\/node$/, replacement: new URL('./src/server/store.ts', import.meta.url).pathname },
      {
        find: /^lightsout\/oracle$/,
        replacement: new URL('./sim/oracle/index.ts', import.meta.url).pathname,
      },
      {
        find: /^lightsout\/properties$/,
        replacement: new URL('./sim/arbitrary/index.ts', import.meta.url).pathname,
      },
      { find: /^lightsout\/sim$/, replacement: new URL('./sim/index.ts', import.meta.url).pathname },
    ],
  },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: false,
    restoreMocks: true,
    reporters: process.env['GITHUB_ACTIONS'] ? ['default', 'github-actions'] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/bench/**', 'test/fixtures/**'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: { name: 'properties', include: ['properties/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
