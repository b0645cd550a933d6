import { describe, expect, it } from 'vitest';
import { createTokenKeeper, type Token } from '../../../src/adapters/salesforce/token-keeper.ts';
import { AppError, type Recovery } from '../../../src/domain/error.ts';

const MINUTE = 60_000;

/** A token endpoint that counts, answers what the test says, and a clock that the test moves. */
function anEndpoint(grant: (request: number) => Token | AppError = aToken) {
  let at = 0;
  let requests = 0;
  const keeper = createTokenKeeper(
    async () => {
      requests += 1;
      const granted = grant(requests);
      if (granted instanceof AppError) throw granted;
      return granted;
    },
    () => at,
  );
  return {
    keeper,
    requests: () => requests,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

function aToken(serial: number): Token {
  return {
    accessToken: `token-${serial}`,
    instanceUrl: 'https://acme.my.salesforce.com',
    userId: '005000000000001AAA',
  };
}

function aRefusal(code = 'oauth-refused', recovery: Recovery = 'fix-config'): AppError {
  return new AppError({ code, recovery, message: 'refused' });
}

describe('one token for the whole process (D11)', () => {
  it('leaves the user known while a token that has run out is replaced (XE21)', async () => {
    const { keeper, pass } = anEndpoint();
    expect(keeper.latest()).toBeNull();
    const first = await keeper.current();
    keeper.prove(first);
    pass(2 * MINUTE);

    keeper.giveUp(first);

    expect(keeper.latest()).toMatchObject({ userId: first.userId });
  });

  it('makes one sign-in for twenty calls that start at once', async () => {
    const { keeper, requests } = anEndpoint();

    const tokens = await Promise.all(Array.from({ length: 20 }, () => keeper.current()));

    expect(new Set(tokens).size).toBe(1);
    expect(requests()).toBe(1);
  });

  it('makes one new token when twenty calls find theirs expired (XE21)', async () => {
    const { keeper, requests } = anEndpoint();
    const old = await keeper.current();
    keeper.prove(old);

    const refusals = Array.from({ length: 20 }, () => keeper.giveUp(old));
    const tokens = await Promise.all(Array.from({ length: 20 }, () => keeper.current()));

    expect(refusals.every((refusal) => refusal === null)).toBe(true);
    expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-2']));
    expect(requests()).toBe(2);
  });

  it('renews at once a token that had worked, however young', async () => {
    const { keeper } = anEndpoint();
    const first = await keeper.current();
    keeper.prove(first);
    keeper.giveUp(first);

    const second = await keeper.current();

    expect(second.accessToken).toBe('token-2');
  });

  it('asks for no third token when the second was refused before it ever worked', async () => {
    const { keeper, requests } = anEndpoint();
    const first = await keeper.current();
    keeper.prove(first);
    keeper.giveUp(first);
    const second = await keeper.current();

    const refusal = keeper.giveUp(second);

    expect(refusal).toMatchObject({ code: 'session-refused', recovery: 'wait' });
    await expect(keeper.current()).rejects.toMatchObject({ code: 'session-refused' });
    expect(requests()).toBe(2);
  });

  it('renews an unused token that had an hour to run out', async () => {
    const { keeper, pass } = anEndpoint();
    const unused = await keeper.current();
    pass(60 * MINUTE);

    const refusal = keeper.giveUp(unused);

    expect(refusal).toBeNull();
    await expect(keeper.current()).resolves.toMatchObject({ accessToken: 'token-2' });
  });

  it('asks at 0, 1, 3, 7, 15 and then every 15 minutes while it is held off (I25)', async () => {
    const { keeper, requests, pass } = anEndpoint(() => aRefusal('oauth-login-rate', 'wait'));
    const askedAt: number[] = [];

    for (let minute = 0; minute <= 45; minute++) {
      const before = requests();
      await expect(keeper.current()).rejects.toMatchObject({ code: 'oauth-login-rate' });
      if (requests() > before) askedAt.push(minute);
      pass(MINUTE);
    }

    expect(askedAt).toEqual([0, 1, 3, 7, 15, 30, 45]);
  });

  it('asks once for what only a person can mend, until somebody says it is mended (D11)', async () => {
    const { keeper, requests, pass } = anEndpoint((request) => (request === 1 ? aRefusal() : aToken(request)));
    for (let minute = 0; minute < 15; minute++) {
      await expect(keeper.current()).rejects.toMatchObject({ code: 'oauth-refused' });
      pass(MINUTE - 1);
    }
    expect(requests()).toBe(1);

    keeper.forgive();

    await expect(keeper.current()).resolves.toMatchObject({ accessToken: 'token-2' });
  });

  it('renews once a minute at most, even what had worked (D11)', async () => {
    const { keeper, requests, pass } = anEndpoint();
    for (let renewal = 0; renewal < 2; renewal++) {
      const token = await keeper.current();
      keeper.prove(token);
      keeper.giveUp(token);
    }
    await expect(keeper.current()).rejects.toMatchObject({ code: 'session-refused', recovery: 'wait' });
    expect(requests()).toBe(2);

    pass(MINUTE);

    await expect(keeper.current()).resolves.toMatchObject({ accessToken: 'token-3' });
  });

  it('does not hold off after an outage, which says nothing about the credentials', async () => {
    const { keeper, requests } = anEndpoint((request) =>
      request === 1 ? aRefusal('org-unreachable') : aToken(request),
    );
    await expect(keeper.current()).rejects.toMatchObject({ code: 'org-unreachable' });

    await keeper.current();

    expect(requests()).toBe(2);
  });
});
