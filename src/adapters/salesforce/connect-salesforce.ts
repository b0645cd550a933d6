import { z } from 'zod';
import { AppError } from '../../domain/error.ts';
import type { Salesforce } from '../../ports.ts';
import { describeObject } from './describe.ts';
import { queryPages, queryTogether } from './queries.ts';
import { readShape } from './refusal.ts';
import { readDeleted, readUpdated } from './replication.ts';
import { openSession, type Session } from './session.ts';
import type { SalesforceSettings } from './settings.ts';
import { FULL, writeRecords } from './writes.ts';

/**
 * A Salesforce org over REST. Nothing is sent before `connect` or the first call.
 * Places in flight, deadlines and the token are shared by all that use one instance.
 */
export function connectSalesforce(settings: SalesforceSettings): Salesforce {
  const session = openSession(settings);
  let isVersionChecked = false;

  /** The version is asked once: who waits for the org to come back connects again and again. */
  async function connect(signal: AbortSignal): Promise<void> {
    session.forgive();
    if (!isVersionChecked) await checkVersion(session, settings.apiVersion, signal);
    isVersionChecked = true;
  }

  return viewOf(session, settings.apiVersion, connect);
}

/** The org by a session, whose lane is the view's. */
function viewOf(session: Session, apiVersion: string, connect: Salesforce['connect']): Salesforce {
  function userId(): string {
    const id = session.userId();
    if (id !== null) return id;
    throw new AppError({
      code: 'not-connected',
      recovery: 'wait',
      message: 'the integration user is not known before the org granted a token',
      mend: 'connect first',
    });
  }

  return {
    connect,
    now: () => session.clock.now(),
    calls: () => session.calls(),
    usage: () => session.usage(),
    budget: () => session.budget(),
    inLane: (lane) => viewOf(session.inLane(lane), apiVersion, connect),
    userId,
    describe: (object, signal) => describeObject(session, object, signal),
    query: (query, signal) => queryPages(session, apiVersion, query, signal),
    queryTogether: (queries, signal) => queryTogether(session, apiVersion, queries, signal),
    deleted: (object, from, to, signal) => readDeleted(session, object, from, to, signal),
    updated: (object, from, to, signal) => readUpdated(session, object, from, to, signal),
    update: (object, records, signal, sizes = FULL) =>
      writeRecords(session, apiVersion, { kind: 'update', object, records, sizes }, signal),
    create: (object, records, signal, sizes = FULL) =>
      writeRecords(session, apiVersion, { kind: 'create', object, records, sizes }, signal),
    close: () => session.close(),
  };
}

const Versions = z.array(z.object({ version: z.string() })).min(1);

/** Only a pinned version that is missing is wrong: instances of one org's family differ by a release for weeks. */
async function checkVersion(session: Session, apiVersion: string, signal: AbortSignal): Promise<void> {
  const answer = await session.read({ kind: 'versions', method: 'GET', path: '/services/data/' }, signal);
  const offered = readShape(Versions, answer, 'versions').map(({ version }) => version);
  if (offered.includes(apiVersion)) return;
  const newest = offered.toSorted((a, b) => Number(b) - Number(a))[0];
  throw new AppError({
    code: 'UNSUPPORTED_API_VERSION',
    recovery: 'fix-config',
    message: `SF_API_VERSION "${apiVersion}" is not offered by the org, its newest is ${newest}`,
    mend: `set SF_API_VERSION to ${newest}`,
  });
}
