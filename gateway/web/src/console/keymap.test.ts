import { describe, expect, it } from 'vitest';
import { actionOf, keymap, type KeyPress } from './keymap';

const press = (change: Partial<KeyPress>): KeyPress => ({
  code: '',
  key: '',
  repeat: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  target: { tagName: 'BODY' },
  ...change,
});

describe('keys', () => {
  it('has a key of its own for every action', () => {
    const codes = Object.values(keymap).map((binding) => binding.code);
    expect(new Set(codes).size).toBe(codes.length);
    const caps = Object.values(keymap).map((binding) => binding.cap);
    expect(new Set(caps).size).toBe(caps.length);
  });

  it('go by their place on the keyboard, whatever the layout', () => {
    expect(actionOf(press({ code: 'Space', key: ' ' }), false)).toBe('floor');
    expect(actionOf(press({ code: 'KeyF', key: 'f' }), false)).toBe('warn');
    expect(actionOf(press({ code: 'KeyF', key: 'а' }), false)).toBe('warn');
    expect(actionOf(press({ code: 'KeyZ', key: 'z' }), false)).toBeNull();
  });

  it('? is help on every layout', () => {
    expect(actionOf(press({ code: 'Slash', key: '?', shiftKey: true }), false)).toBe('help');
    expect(actionOf(press({ code: 'Digit7', key: '?', shiftKey: true }), false)).toBe('help');
    expect(actionOf(press({ code: 'Slash', key: ',', shiftKey: true }), false)).toBe('help');
  });

  it.each([
    ['in a field', { target: { tagName: 'INPUT', type: 'text' } }],
    ['in a search field', { target: { tagName: 'INPUT', type: 'search' } }],
    ['in a text area', { target: { tagName: 'TEXTAREA' } }],
    ['in a select', { target: { tagName: 'SELECT' } }],
    ['in editable text', { target: { tagName: 'DIV', isContentEditable: true } }],
    ['held down', { repeat: true }],
    ['with Ctrl', { ctrlKey: true }],
    ['with Alt', { altKey: true }],
    ['with ⌘', { metaKey: true }],
    ['with Shift', { shiftKey: true }],
  ])('do nothing %s', (_, change) => {
    expect(actionOf(press({ code: 'KeyS', key: 's', ...change }), false)).toBeNull();
  });

  it('do nothing while a dialog asks', () => {
    expect(actionOf(press({ code: 'KeyS', key: 's' }), true)).toBeNull();
  });

  it('leave Space to a focused button, but not the letters', () => {
    const target = { tagName: 'BUTTON' };
    expect(actionOf(press({ code: 'Space', key: ' ', target }), false)).toBeNull();
    expect(actionOf(press({ code: 'KeyS', key: 's', target }), false)).toBe('sold');
  });
});
