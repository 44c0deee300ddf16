import { defineConfig } from '@playwright/test';
import tests from '../playwright.config';

/** `npm run screenshots`: the pictures in docs/images, from a running demonstration. */
export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: 'screenshots.ts',
  outputDir: '../test-results',
  workers: 1,
  timeout: 180_000,
});
