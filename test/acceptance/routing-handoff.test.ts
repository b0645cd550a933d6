import { describe, expect, it } from 'vitest';

import { startAlertPlace } from '../support/alert-place.ts';
import { companySeed, openCompany, TUESDAY } from '../support/company.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { startWorld } from '../support/world.ts';

const HOUR = 3_600;

async function aCompany() {
  const world = await startWorld({ records: companySeed(TUESDAY) });
  world.sandbox.clock.set(TUESDAY);
  return { world, company: openCompany(world.sandbox), ...world.sandbox };
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
    await using place = await startAlertPlace(1);
    const leads = [company.lead(), company.lead({ LastName: 'Other', Email: 'other@else.example' })];
    const clock = createHurriedClock(20, world.sandbox.clock);
    const daemon = world.start({ variables: { LEADS_WEBHOOK: place.url }, clock });
    const sent = await daemon.seen('alert.sent');
    await daemon.stop();

    expect(sent).toEqual({ event: 'alert.sent', alert: 'leads', alerts: 2, kinds: ['lead_assigned'] });
    const lines = leads.map((lead) => {
      const owner = `${company.ownerOf(lead)}@northwind.example`;
      return `• New qualified lead ${lead} for ${owner}: hand_raiser, 30 points, emea/nordics`;
    });
    expect(place.texts.map((text) => text.split('\n').toSorted())).toEqual([['2 alerts:', ...lines].toSorted()]);
  });
});
