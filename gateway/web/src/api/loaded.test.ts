import { describe, expect, it } from 'vitest';
import { ApiError } from './client';
import { Loaded } from './loaded.svelte';
import { Submission } from './submission.svelte';

const offline = () => Promise.reject(new ApiError(0, 'offline', ''));

describe('what a page reads', () => {
  it('is null, then there, and stays when a later attempt fails', async () => {
    const answers = [() => Promise.resolve(1), offline, () => Promise.resolve(2)];
    const loaded = new Loaded(() => answers.shift()!());
    expect(loaded.value).toBeNull();
    await loaded.load();
    expect([loaded.value, loaded.failure]).toEqual([1, null]);
    await loaded.load();
    expect([loaded.value, loaded.failure]).toEqual([1, 'offline']);
    await loaded.load();
    expect([loaded.value, loaded.failure]).toEqual([2, null]);
  });

  it('is what was asked for last, whichever answer comes first', async () => {
    const waiting: ((value: string) => void)[] = [];
    const loaded = new Loaded(() => new Promise<string>((answer) => waiting.push(answer)));
    const both = [loaded.load(), loaded.load()];
    waiting[1]?.('new');
    waiting[0]?.('old');
    await Promise.all(both);
    expect(loaded.value).toBe('new');
  });
});

describe('what the user asked for', () => {
  it('is busy while it lasts and keeps its problem until the next try', async () => {
    const submission = new Submission();
    let end = () => {};
    const first = submission.run(() => new Promise<void>((done) => (end = done)));
    expect(submission.busy).toBe(true);
    end();
    await first;
    expect([submission.busy, submission.problem]).toEqual([false, null]);
    await submission.run(offline);
    expect([submission.busy, submission.problem?.code]).toEqual([false, 'offline']);
    await submission.run(() => Promise.reject(new Error('a bug')));
    expect(submission.problem?.code).toBe('unknown');
    await submission.run(() => Promise.resolve());
    expect(submission.problem).toBeNull();
  });
});
