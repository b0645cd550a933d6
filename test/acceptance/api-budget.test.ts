import { describe, expect, it } from 'vitest';

import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import { looksAtLeads, oldLeads } from '../poll/mass-update.ts';
import { startCompany } from '../support/company-world.ts';
import { companySeed, TUESDAY } from '../support/company.ts';
import type { RunningDaemon } from '../support/world.ts';

function isCounted({ kind }: LoggedRequest): boolean {
  return kind !== 'token' && kind !== 'versions';
}

async function look(daemon: RunningDaemon, page: string): Promise<{ readonly status: number; readonly text: string }> {
  const { host, port } = await daemon.seen('http.listening');
  const response = await fetch(`http://${host}:${port}${page}`);
  return { status: response.status, text: await response.text() };
}

describe('when calls run short', () => {
  it('deals wait while leads are routed, until the org has calls again (F43)', async () => {
    await using started = await startCompany();
    const { world, sandbox, company, org } = started;
    sandbox.limits.setUsed(sandbox.limits.daily * 0.9);
    const lead = company.lead({ LastName: 'Oslo' });
    const deal = company.opportunity('Proposal/Price Quote', [], { Name: 'Nobody' });
    const daemon = world.start();

    const low = await daemon.seen('budget.low');
    await daemon.until(() => company.tasks(lead).length === 1);
    const ready = await look(daemon, '/ready');
    const metrics = await look(daemon, '/metrics');
    const looked = sandbox.log.entries.filter(({ path, body }) =>
      /FROM (OpportunityContactRole|Opportunity)\b/.test(`${decodeURIComponent(path)} ${JSON.stringify(body)}`),
    );
    sandbox.limits.setUsed(100);
    const restored = await daemon.next('budget.restored');
    await daemon.until(() => org.record(deal)?.['Contact_Role_Status__c'] === 'violation');
    await daemon.stop();

    expect(low).toMatchObject({
      lanes: ['contact_roles', 'recycling', 'reports', 'backfill'],
      reason: 'keep_free',
      limit: sandbox.limits.daily,
    });
    expect(ready).toMatchObject({ status: 200 });
    expect(ready.text).toContain('no API calls are left for contact_roles');
    expect(metrics.text).toMatch(/rolecall_api_lane_held\{lane="contact_roles"\} 1/);
    expect(metrics.text).toMatch(/rolecall_api_lane_held\{lane="routing"\} 0/);
    expect(looked).toEqual([]);
    expect(restored.limit).toBe(sandbox.limits.daily);
    expect(daemon.told.filter(({ event }) => event === 'budget.low')).toHaveLength(1);
    expect(daemon.told.some(({ event }) => event === 'org.unreachable' || event === 'work.failed')).toBe(false);
  }, 60_000);

  it('a mass of old leads waits, and neither a new one nor one that a person edits waits behind it (F43, XE26)', async () => {
    const bulk = 2_100;
    await using started = await startCompany({ records: [...companySeed(TUESDAY), ...oldLeads(bulk)], at: TUESDAY });
    const { world, sandbox, company, org } = started;
    const [old] = org.all('Lead', ({ LastName }) => LastName === 'Lead 7');
    const edited = String(old!['Id']);
    const intake = company.queueId('Inbound_Leads');
    org.as('otto@northwind.example').update(edited, { Status: 'New', Country: 'Norway', OwnerId: intake });
    const fresh = company.lead({ LastName: 'Oslo' });
    sandbox.limits.setUsed(sandbox.limits.daily * 0.9);
    const lookedAt = (): number =>
      new Set(looksAtLeads(sandbox.log.entries).flatMap((text) => text.match(/00Q\w{15}/g) ?? [])).size;

    const daemon = world.start();
    const isDecided = (id: string): boolean => daemon.told.some(({ event, record_id: of }) => event === 'decision' && of === id); // oxfmt-ignore
    await daemon.until(() => company.tasks(fresh).length === 1 && isDecided(edited));
    const soon = lookedAt();
    sandbox.limits.setUsed(100);
    await daemon.until(() => lookedAt() > bulk);
    await daemon.stop();

    expect(soon).toBe(2);
    expect(daemon.told.some(({ event }) => event === 'work.failed')).toBe(false);
  }, 60_000);

  it('a run that somebody waits for ends and says so, within daily_calls, and a later one goes on (F43, I20)', async () => {
    let dailyCalls: number | null = 30;
    await using started = await startCompany(
      {},
      { adjust: (config) => ({ ...config, api_budget: { daily_calls: dailyCalls, keep_free: 0.2 } }) },
    );
    const { world, sandbox, company, org } = started;
    const lead = company.lead({ LastName: 'Oslo' });
    const deal = company.opportunity('Proposal/Price Quote', [], { Name: 'Nobody' });

    await expect(world.once()).rejects.toMatchObject({ code: 'budget-low' });
    const made = sandbox.log.entries.filter(isCounted).length;
    dailyCalls = null;
    await world.once();

    expect(made).toBeLessThanOrEqual(30);
    expect(company.tasks(lead)).toHaveLength(1);
    expect(org.record(deal)).toMatchObject({ Contact_Role_Status__c: 'violation' });
  }, 60_000);
});

describe('when the org does not let us in any more', () => {
  it('this is told once with how to mend it, not ready, and asked again after a reload (D11, I25, I40, FM 37, FM 38)', async () => {
    await using started = await startCompany();
    const { world, sandbox, company } = started;
    const daemon = world.start();
    await daemon.seen('idle');
    const refused = sandbox.faults.add({
      when: { kind: 'token' },
      do: {
        kind: 'answer',
        status: 400,
        body: { error: 'invalid_grant', error_description: 'inactive user' },
        headers: { 'content-type': 'application/json' },
      },
    });
    sandbox.expireSessions();

    const outage = await daemon.next('org.unreachable');
    const ready = await look(daemon, '/ready');
    const health = await look(daemon, '/health');
    const asked = refused.fired();
    refused.off();
    const lead = company.lead({ LastName: 'Oslo' });
    daemon.reload();
    await daemon.next('org.reachable');
    await daemon.until(() => company.tasks(lead).length === 1);
    await daemon.stop();

    expect(outage).toMatchObject({ code: 'oauth-user-inactive', mend: expect.stringContaining('activate the user') });
    expect(ready.status).toBe(503);
    expect(ready.text).toContain('oauth-user-inactive');
    expect(health.status).toBe(200);
    expect(asked).toBe(1);
    const told = daemon.told.map(({ event }) => event);
    expect(told.filter((event) => event === 'org.unreachable')).toHaveLength(1);
    expect(told).not.toContain('poll.failed');
    expect(told).not.toContain('module.paused');
  }, 60_000);
});
