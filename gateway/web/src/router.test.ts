import { expect, it, vi } from 'vitest';

vi.stubGlobal('location', { pathname: '/', search: '', origin: 'http://gavel.test', href: '' });
vi.stubGlobal('addEventListener', () => undefined);
vi.stubGlobal('document', { addEventListener: () => undefined });
const { parseRoute } = await import('./router.svelte');

it.each([
  ['/', { page: 'sales' }],
  ['/sales/s1', { page: 'sale', saleId: 's1' }],
  ['/sales/s1/', { page: 'sale', saleId: 's1' }],
  ['/sales/s1/lots/l1', { page: 'lot', saleId: 's1', lotId: 'l1' }],
  ['/console/s1', { page: 'console', saleId: 's1' }],
  ['/my', { page: 'my' }],
  ['/sales/s1/lots', { page: 'not-found' }],
  ['/console', { page: 'not-found' }],
  ['/anything', { page: 'not-found' }],
])('%s', (path, route) => {
  expect(parseRoute(path, '')).toEqual(route);
});

it('comes back after a sign-in, but never to another site', () => {
  const next = (value: string) => parseRoute('/sign-in', `?next=${encodeURIComponent(value)}`);
  expect(next('/sales/s1')).toEqual({ page: 'sign-in', next: '/sales/s1' });
  for (const evil of [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    'javascript:0',
  ]) {
    expect(next(evil)).toEqual({ page: 'sign-in', next: '/' });
  }
});
