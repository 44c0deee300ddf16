import { plural } from '../plural';

/** The form of a word that goes with a count. */
export const n = (count: number, one: string, other: string) => plural('en', count, { one, other });
