/** A button's events, as its guard wants them. */
import { nowMs } from '../wire/now';
import type { PressGuard } from './press';

export function pressEvents(guard: PressGuard) {
  return {
    onpointerdown: () => guard.press(nowMs()),
    onpointerup: ({ currentTarget, clientX, clientY }: PointerEvent) => {
      const under = document.elementFromPoint(clientX, clientY);
      if ((currentTarget as Element).contains(under)) guard.lift(nowMs());
      else guard.cancel();
    },
    onpointercancel: () => guard.cancel(),
    /** A finger leaves whenever it is lifted, before its click; where it was lifted is what counts. */
    onpointerleave: (event: PointerEvent) => {
      if (event.pointerType === 'mouse') guard.cancel();
    },
    onkeydown: (event: KeyboardEvent) => {
      if (event.repeat) event.preventDefault();
      else if (event.key === 'Enter' || event.key === ' ') guard.press(nowMs());
    },
  };
}
