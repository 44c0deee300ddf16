/** The language of the interface, remembered, and everything that is written in it. */
import { en, type Messages } from './en';
import { formatMoney, type MoneyFormat } from './money';
import { ru } from './ru';

export type Language = 'en' | 'ru';

const dictionaries: Record<Language, Messages> = { en, ru };
/** British English: day before month, as auction houses write dates. */
const locales: Record<Language, string> = { en: 'en-GB', ru: 'ru-RU' };
const seconds = new Map<string, Intl.NumberFormat>();
const KEY = 'gavel.language';

function initial(): Language {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === 'en' || kept === 'ru') return kept;
  } catch {
    // No storage: the browser's own language decides.
  }
  return navigator.languages.some((l) => l.toLowerCase().startsWith('ru')) ? 'ru' : 'en';
}

class I18n {
  language = $state<Language>(initial());

  get t(): Messages {
    return dictionaries[this.language];
  }

  get locale(): string {
    return locales[this.language];
  }

  set(language: Language): void {
    this.language = language;
    try {
      localStorage.setItem(KEY, language);
    } catch {
      // Only the next visit forgets it.
    }
  }

  money(minor: number, format: MoneyFormat): string {
    return formatMoney(minor, format, this.locale);
  }

  date(ms: number): string {
    return this.#time(ms, { day: 'numeric', month: 'long', year: 'numeric' });
  }

  dateTime(ms: number): string {
    return this.#time(ms, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
    });
  }

  time(ms: number): string {
    return this.#time(ms, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  }

  /** "2.5s", of tenths of a second. */
  tenths(count: number): string {
    return this.#seconds(count / 10, 1);
  }

  /** "5s" or "90s": how long something takes, in seconds. */
  duration(ms: number): string {
    return this.#seconds(ms / 1000, 0);
  }

  /** "0.18s": how late something was. */
  delay(ms: number): string {
    return this.#seconds(Math.round(ms / 10) / 100, 2);
  }

  /** "2, 3 and 5". */
  list(items: readonly string[]): string {
    return new Intl.ListFormat(this.locale, { type: 'conjunction' }).format(items);
  }

  /** "That does not count" with its reason and, where there is one, what would count. */
  refusal(code: string, minimumMinor: number | null, format: MoneyFormat): string {
    const reason = this.t.refusals[code] ?? this.t.refusals['unknown'] ?? code;
    if (minimumMinor === null) return reason;
    return `${reason} ${this.t.bid.atLeast(this.money(minimumMinor, format))}`;
  }

  problem(code: string): string {
    return this.t.problems[code] ?? this.t.problems['unknown'] ?? code;
  }

  #seconds(value: number, digits: number): string {
    const key = `${this.locale} ${digits}`;
    let format = seconds.get(key);
    if (!format) {
      format = new Intl.NumberFormat(this.locale, {
        style: 'unit',
        unit: 'second',
        unitDisplay: 'narrow',
        minimumFractionDigits: digits,
        maximumFractionDigits: 3,
      });
      seconds.set(key, format);
    }
    return format.format(value);
  }

  #time(ms: number, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.locale, options).format(ms);
  }
}

export const i18n = new I18n();
