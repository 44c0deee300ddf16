import { defineConfig } from '@playwright/test';
import { launchOptions } from './e2e/support/chromium';

/** The apps as people use them: Debian's Chromium, the real binary, nothing faked in between. */
export default defineConfig({
  testDir: './e2e',
  testMatch: '**/*.spec.ts',
  outputDir: './test-results',
  fullyParallel: true,
  workers: 2,
  // A busy machine may starve a browser once; what passes only then is reported as flaky.
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: !!process.env['CI'],
  reporter: 'list',
  timeout: 90_000,
  expect: { timeout: 10_000 },
  use: {
    launchOptions,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    colorScheme: 'light',
    viewport: { width: 1280, height: 900 },
    trace: 'off',
  },
});
