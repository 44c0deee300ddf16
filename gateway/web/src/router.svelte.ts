/** The address bar as state. */
export type Route =
  | { page: 'sales' }
  | { page: 'sale'; saleId: string }
  | { page: 'lot'; saleId: string; lotId: string }
  | { page: 'console'; saleId: string }
  | { page: 'sign-in'; next: string }
  | { page: 'sign-up'; next: string }
  | { page: 'my' }
  | { page: 'not-found' };

export function parseRoute(path: string, search: string): Route {
  const parts = path.split('/').filter(Boolean);
  const next = localPath(new URLSearchParams(search).get('next'));
  const [first, second, third, fourth] = parts;
  if (!first) return { page: 'sales' };
  if (first === 'sign-in' && parts.length === 1) return { page: 'sign-in', next };
  if (first === 'sign-up' && parts.length === 1) return { page: 'sign-up', next };
  if (first === 'my' && parts.length === 1) return { page: 'my' };
  if (first === 'console' && second && parts.length === 2)
    return { page: 'console', saleId: second };
  if (first === 'sales' && parts.length === 1) return { page: 'sales' };
  if (first === 'sales' && second && parts.length === 2) return { page: 'sale', saleId: second };
  if (first === 'sales' && second && third === 'lots' && fourth && parts.length === 4)
    return { page: 'lot', saleId: second, lotId: fourth };
  return { page: 'not-found' };
}

/** Only a path of this site: `?next=//evil.example` must not lead away. */
function localPath(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}

class Router {
  route = $state.raw<Route>(parseRoute(location.pathname, location.search));
  path = $state(location.pathname + location.search);

  constructor() {
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#intercept(event));
  }

  go(path: string, replace = false): void {
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    this.#read();
    scrollTo(0, 0);
  }

  /** The sign-in page that comes back here. */
  get signInPath(): string {
    return `/sign-in?next=${encodeURIComponent(this.path)}`;
  }

  #read(): void {
    this.route = parseRoute(location.pathname, location.search);
    this.path = location.pathname + location.search;
  }

  #intercept(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
    if (url.hash && url.pathname === location.pathname) return;
    event.preventDefault();
    this.go(url.pathname + url.search);
  }
}

export const router = new Router();
