export type Theme = 'system' | 'light' | 'dark';
const KEY = 'gavel.theme';

class ThemeStore {
  // theme.js has put a remembered choice on the root element before the first paint.
  value = $state<Theme>(
    (document.documentElement.dataset['theme'] as Theme | undefined) ?? 'system',
  );

  set(theme: Theme): void {
    this.value = theme;
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    try {
      if (theme === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // Only the next visit forgets it.
    }
  }
}

export const theme = new ThemeStore();
