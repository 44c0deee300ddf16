/** Which key does what at the console. Pure: the same table draws the buttons and the help. */
export type Action =
  | 'next'
  | 'open'
  | 'floor'
  | 'amount'
  | 'phone'
  | 'house'
  | 'absentee'
  | 'ask'
  | 'step'
  | 'warn'
  | 'sold'
  | 'lift'
  | 'pass'
  | 'undo'
  | 'reopen'
  | 'skip'
  | 'withdraw'
  | 'reoffer'
  | 'group'
  | 'split'
  | 'choose'
  | 'pause'
  | 'message'
  | 'start'
  | 'end'
  | 'help';

interface Binding {
  /** What is printed on the button. */
  cap: string;
  /** The place on the keyboard, so that a Russian layout has the same keys. */
  code: string;
}

export const keymap: Record<Action, Binding> = {
  floor: { cap: 'Space', code: 'Space' },
  amount: { cap: 'B', code: 'KeyB' },
  phone: { cap: 'P', code: 'KeyP' },
  absentee: { cap: 'L', code: 'KeyL' },
  house: { cap: 'V', code: 'KeyV' },
  warn: { cap: 'F', code: 'KeyF' },
  sold: { cap: 'S', code: 'KeyS' },
  lift: { cap: 'H', code: 'KeyH' },
  pass: { cap: 'X', code: 'KeyX' },
  undo: { cap: 'U', code: 'KeyU' },
  next: { cap: 'N', code: 'KeyN' },
  open: { cap: 'O', code: 'KeyO' },
  reopen: { cap: 'R', code: 'KeyR' },
  skip: { cap: 'J', code: 'KeyJ' },
  withdraw: { cap: 'W', code: 'KeyW' },
  reoffer: { cap: 'Q', code: 'KeyQ' },
  group: { cap: 'C', code: 'KeyC' },
  split: { cap: 'D', code: 'KeyD' },
  choose: { cap: 'T', code: 'KeyT' },
  ask: { cap: 'A', code: 'KeyA' },
  step: { cap: 'I', code: 'KeyI' },
  pause: { cap: 'K', code: 'KeyK' },
  message: { cap: 'M', code: 'KeyM' },
  start: { cap: 'G', code: 'KeyG' },
  end: { cap: 'E', code: 'KeyE' },
  help: { cap: '?', code: '' },
};

export interface KeyPress {
  code: string;
  key: string;
  repeat: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  /** The element that has the focus. */
  target: KeyTarget | null;
}

export interface KeyTarget {
  tagName: string;
  type?: string;
  isContentEditable?: boolean;
}

const TYPING = new Set(['INPUT', 'TEXTAREA', 'SELECT']);
const NOT_TYPED = new Set(['button', 'checkbox', 'radio', 'submit', 'reset', 'range']);

function isTyping(target: KeyTarget): boolean {
  if (target.isContentEditable) return true;
  return TYPING.has(target.tagName) && !NOT_TYPED.has(target.type ?? '');
}

/** A focused control answers to its own keys: Space on a link or button must not bid as well. */
function ownsKey(target: KeyTarget, code: string): boolean {
  const control = ['BUTTON', 'A', 'SUMMARY'].includes(target.tagName);
  return control && (code === 'Space' || code === 'Enter');
}

const byCode = new Map(
  (Object.keys(keymap) as Action[]).map((action) => [keymap[action].code, action]),
);

/** The action of a key press, or null when it is not for the console. */
export function actionOf(press: KeyPress, dialogOpen: boolean): Action | null {
  const { target, code } = press;
  if (dialogOpen || press.repeat || press.ctrlKey || press.altKey || press.metaKey) return null;
  if (target && (isTyping(target) || ownsKey(target, code))) return null;
  if (press.key === '?' || (code === 'Slash' && press.shiftKey)) return 'help';
  if (press.shiftKey) return null;
  return byCode.get(code) ?? null;
}
