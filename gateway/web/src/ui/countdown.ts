/** What is left of a time, in the parts people read. Pure. */
export interface Left {
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
  over: boolean;
}

export function timeLeft(toMs: number, nowMs: number): Left {
  // Rounded up: "0 s" is shown when the time is over, not a second before.
  const total = Math.max(0, Math.ceil((toMs - nowMs) / 1000));
  return {
    days: Math.floor(total / 86_400),
    hours: Math.floor((total % 86_400) / 3_600),
    minutes: Math.floor((total % 3_600) / 60),
    seconds: total % 60,
    over: total === 0,
  };
}

export function formatLeft(left: Left, locale: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(left.minutes)}:${two(left.seconds)}`;
  if (left.days > 0) {
    const unit = (value: number, name: 'day' | 'hour') =>
      new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(
        value,
      );
    return `${unit(left.days, 'day')} ${unit(left.hours, 'hour')}`;
  }
  return left.hours > 0 ? `${left.hours}:${clock}` : clock;
}
