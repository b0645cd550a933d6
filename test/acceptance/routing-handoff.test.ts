import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { companySeed, openCompany, TUESDAY } from '../support/company.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { startWorld } from '../support/world.ts';

const HOUR = 3_600;

async function aCompany() {
  const world = await startWorld({ records: companySeed(TUESDAY) });
  world.sandbox.clock.set(TUESDAY);
  return { world, company: openCompany(world.sandbox), ...world.sandbox };
}

/** Somebody who takes alerts over HTTP and refuses the first so many. */
async function aListener(refusals: number) {
  const heard: Record<string, unknown>[] = [];
  let refused = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      if (refused++ < refusals) response.writeHead(503);
      else heard.push(JSON.parse(body) as Record<string, unknown>);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { heard, url, close: () => server.close() };
}

describe.concurrent('the handoff (R21)', () => {
  it('tells the new owner why now: reason, points, source, and the last activities and responses', async () => {
    const { world, company, org, clock } = await aCompany();
    await using _ = world;
    const lead = company.lead({ Phone: '+47 555' });
    clock.advance(-2 * 24 * HOUR);
    org.as('lee@northwind.example').insert('Task', {
      WhoId: lead,
      Subject: 'Asked for a quote',
      Status: 'Completed',
      TaskSubtype: 'Call',
      OwnerId: company.userId('lee'),
    });
    clock.set(TUESDAY);
    const campaign = org.admin.insert('Campaign', { Name: 'Autumn webinar', IsActive: true });
    org.admin.insert('CampaignMember', { CampaignId: campaign, LeadId: lead, Status: 'Responded' });

    await world.once();

    const [task] = company.tasks(lead);
    expect(task?.key).toBe(`handoff:${lead}:1`);
    expect(task?.description.split('\n')).toEqual([
      'Why it is sales-ready: hand_raiser (30 points)',
      expect.stringContaining('Source: Demo Request · Territory: emea/nordics'),
      'Phone: +47 555 · Email: kari@hansen.example',
      'Latest activity:',
      '2026-11-24 Response: Autumn webinar',
      '2026-11-22 Call: Asked for a quote',
    ]);
  });

  it('alerts once per lead, of all leads of a minute at once, also when the channel refuses at first (S15)', async () => {
    const { world, company } = await aCompany();
    await using _ = world;
    const listener = await aListener(1);
    const leads = [company.lead(), company.lead({ LastName: 'Other', Email: 'other@else.example' })];
    const clock = createHurriedClock(20, world.sandbox.clock);
    const daemon = world.start({ variables: { LEADS_WEBHOOK: listener.url }, clock });
    try {
      await daemon.seen('idle');
      const sent = await daemon.seen('alert.sent');
      expect(sent).toEqual({ event: 'alert.sent', alert: 'leads', alerts: 2, kinds: ['lead_assigned'] });
      const lines = leads.map((lead) => {
        const owner = `${company.ownerOf(lead)}@northwind.example`;
        return `• New qualified lead ${lead} for ${owner}: hand_raiser, 30 points, emea/nordics`;
      });
      expect(listener.heard).toHaveLength(1);
      expect(String(listener.heard[0]?.['text']).split('\n').toSorted()).toEqual(['2 alerts:', ...lines].toSorted());
      await daemon.stop();
    } finally {
      listener.close();
    }
  });
});
