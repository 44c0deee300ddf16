import { afterEach, expect, it, vi } from 'vitest';
import { newId } from './id';

afterEach(() => vi.unstubAllGlobals());

it('is a version 4 UUID, another one each time, where the page is not secure', () => {
  const secure = globalThis.crypto;
  vi.stubGlobal('crypto', {
    getRandomValues: (into: Uint8Array<ArrayBuffer>) => secure.getRandomValues(into),
  });
  const ids = Array.from({ length: 200 }, newId);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(new Set(ids).size).toBe(ids.length);
});
