/** A paddle as typed: a positive number, null for none. */
export function parsePaddle(text: string): number | null | 'invalid' {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return /^[1-9]\d{0,8}$/.test(trimmed) ? Number(trimmed) : 'invalid';
}
