import { plural } from '../plural';

/** The form of a word that goes with a count. */
export const n = (count: number, one: string, few: string, many: string) =>
  plural('ru', count, { one, few, many, other: few });
