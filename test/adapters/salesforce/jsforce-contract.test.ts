import { Connection, OAuth2 } from 'jsforce';
import { describe, expect, it } from 'vitest';
import { putUnder, type HttpRequest } from '../../../src/adapters/salesforce/transport.ts';

const JSON_TYPE = { 'content-type': 'application/json;charset=UTF-8' };

/** What we rely on in jsforce beyond its documentation. A new version that breaks one of these breaks the daemon. */
describe('jsforce', () => {
  it('sends a connection’s requests through the transport that is put under it, options and all', async () => {
    const connection = new Connection({ version: '66.0', callOptions: { client: 'rolecall' } });
    connection.instanceUrl = 'https://acme.my.salesforce.com';
    connection.accessToken = 'a token';
    const seen: { request: HttpRequest; options: unknown }[] = [];
    putUnder(connection, async (request, options) => {
      seen.push({ request, options });
      return { statusCode: 200, headers: JSON_TYPE, body: '{"ok":true}' };
    });

    const answer = await connection.request({ method: 'GET', url: '/limits' }, { deadlineMs: 5 });

    expect(answer).toEqual({ ok: true });
    expect(seen).toMatchObject([
      {
        request: {
          method: 'GET',
          url: 'https://acme.my.salesforce.com/services/data/v66.0/limits',
          headers: { Authorization: 'Bearer a token', 'Sforce-Call-Options': 'client=rolecall' },
        },
        options: { deadlineMs: 5 },
      },
    ]);
  });

  it('takes the token at the moment of the request, before anything is awaited', async () => {
    const connection = new Connection({ version: '66.0', instanceUrl: 'https://acme.my.salesforce.com' });
    const tokens: (string | undefined)[] = [];
    putUnder(connection, async ({ headers }) => {
      tokens.push(headers?.['Authorization']);
      return { statusCode: 200, headers: JSON_TYPE, body: '{}' };
    });

    connection.accessToken = 'first';
    const first = connection.request('/limits');
    connection.accessToken = 'second';
    await Promise.all([first, connection.request('/limits')]);

    expect(tokens).toEqual(['Bearer first', 'Bearer second']);
  });

  it('passes on what the transport throws, and refreshes nothing by itself when it knows no client', async () => {
    const connection = new Connection({ version: '66.0', instanceUrl: 'https://acme.my.salesforce.com' });
    let requests = 0;
    putUnder(connection, async () => {
      requests += 1;
      throw new Error('401');
    });

    await expect(connection.request('/limits')).rejects.toThrow('401');
    expect(requests).toBe(1);
  });

  it.each([
    ['cut JSON', '{"ok":', JSON_TYPE],
    ['HTML', '<html>', { 'content-type': 'text/html' }],
    ['nothing', '', JSON_TYPE],
  ])('answers %s with the bare text, which is how we tell', async (_, body, headers) => {
    const connection = new Connection({ version: '66.0', instanceUrl: 'https://acme.my.salesforce.com' });
    putUnder(connection, async () => ({ statusCode: 200, headers, body }));

    await expect(connection.request('/limits')).resolves.toBe(body);
  });

  it('sends token requests through the transport that is put under its OAuth2 client', async () => {
    const oauth2 = new OAuth2({ loginUrl: 'https://login.salesforce.com', clientId: 'a key' });
    const seen: HttpRequest[] = [];
    putUnder(oauth2, async (request) => {
      seen.push(request);
      return { statusCode: 200, headers: JSON_TYPE, body: '{"access_token":"a token"}' };
    });

    const grant = await oauth2.refreshToken('kept');

    expect(grant).toEqual({ access_token: 'a token' });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: 'https://login.salesforce.com/services/oauth2/token',
        body: 'grant_type=refresh_token&refresh_token=kept&client_id=a%20key',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ]);
  });
});
