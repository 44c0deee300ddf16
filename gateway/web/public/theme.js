// Runs before the first paint, so that a chosen theme or language never flashes the other one.
(function () {
  try {
    var theme = localStorage.getItem('gavel.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    var language = localStorage.getItem('gavel.language');
    if (language === 'en' || language === 'ru') document.documentElement.lang = language;
  } catch (_) {
    // Storage may be closed to us; the defaults are fine.
  }
})();
