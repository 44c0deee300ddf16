import { describe, expect, it } from 'vitest';
import { Api, ApiError } from './client';
import { lifetimeMs } from './token';

interface Call {
  url: string;
  init: RequestInit;
}

function make(...answers: (Response | Error)[]) {
  const calls: Call[] = [];
  const asked: boolean[] = [];
  const api = new Api({
    fetch: ((url: string, init: RequestInit) => {
      calls.push({ url, init });
      const answer = answers.shift();
      return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer);
    }) as typeof fetch,
    token: (fresh) => {
      asked.push(fresh);
      return Promise.resolve(fresh ? 'new' : 'old');
    },
  });
  return { api, calls, asked };
}
const problem = (status: number, body: object, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const authorization = (call: Call | undefined) =>
  (call?.init.headers as Record<string, string>)['authorization'];

describe('calls', () => {
  it('carry the token and read the answer', async () => {
    const { api, calls } = make(Response.json({ sales: [{ id: 's' }] }));
    expect(await api.sales()).toEqual([{ id: 's' }]);
    expect(calls[0]?.url).toBe('/api/v1/sales');
    expect(authorization(calls[0])).toBe('Bearer old');
  });

  it('ask for all of the user’s registrations at once', async () => {
    const { api, calls } = make(Response.json({ registrations: [{ sale_id: 's', paddle: 7 }] }));
    expect(await api.myRegistrations()).toEqual([{ sale_id: 's', paddle: 7 }]);
    expect(calls.map((call) => call.url)).toEqual(['/api/v1/me/registrations']);
  });

  it('are tried once more with a fresh token when the old one has expired', async () => {
    const { api, calls, asked } = make(
      problem(401, { code: 'token_expired' }),
      Response.json({ sales: [] }),
    );
    await api.sales();
    expect(asked).toEqual([false, true]);
    expect(authorization(calls[1])).toBe('Bearer new');
  });

  it('do not loop when the fresh token is refused too', async () => {
    const expired = () => problem(401, { code: 'token_expired' });
    const { api, calls } = make(expired(), expired());
    await expect(api.sales()).rejects.toMatchObject({ code: 'token_expired' });
    expect(calls).toHaveLength(2);
  });

  it('never send a token with a sign-in, nor repeat it', async () => {
    const { api, calls } = make(problem(401, { code: 'bad_credentials', detail: 'No.' }));
    await expect(api.signIn('a', 'b')).rejects.toMatchObject({ code: 'bad_credentials' });
    expect(authorization(calls[0])).toBeUndefined();
    expect(calls).toHaveLength(1);
  });
});

describe('failures', () => {
  it('keep the fields of a problem and the time to wait', async () => {
    const fields = [{ field: 'name', message: 'too short' }];
    const { api } = make(
      problem(422, { code: 'validation', detail: 'x', fields }, { 'retry-after': '7' }),
    );
    const error: unknown = await api.sales().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: 'validation', fields, retryAfterS: 7 });
  });

  it('have a code even when the answer is no problem document', async () => {
    const { api } = make(new Response('<html>', { status: 502 }), new TypeError('network'));
    await expect(api.sales()).rejects.toMatchObject({ code: 'unavailable', status: 502 });
    await expect(api.sales()).rejects.toMatchObject({ code: 'offline', status: 0 });
  });
});

it('reads the lifetime of a token from its own claims', () => {
  const jwt = (claims: object) =>
    `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  expect(lifetimeMs(jwt({ iat: 1_000, exp: 1_900, name: 'Łódź?>' }))).toBe(900_000);
  expect(lifetimeMs(jwt({ exp: 1_900 }))).toBeNull();
  expect(lifetimeMs('opaque')).toBeNull();
});
