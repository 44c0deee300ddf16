const rules = new Map<string, Intl.PluralRules>();

export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The form of a word that goes with a count, by the language's own rules. */
export function plural(locale: string, count: number, forms: Forms): string {
  let rule = rules.get(locale);
  if (!rule) rules.set(locale, (rule = new Intl.PluralRules(locale)));
  return forms[rule.select(count)] ?? forms.other;
}
