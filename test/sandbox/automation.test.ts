import { describe, expect, test } from 'vitest';

import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import { NOON, withOrg } from './sandbox-client.ts';

const LEAD = { LastName: 'Lovelace', Company: 'Engines Ltd' };
const ONE_MINUTE_LATER = '2026-05-05T12:01:00.000+0000';
const AT_NOON = '2026-05-05T12:00:00.000+0000';

describe('an opportunity', () => {
  test.each([
    { stage: 'Prospecting', expected: { IsClosed: false, IsWon: false, Probability: 10 } },
    { stage: 'Closed Won', expected: { IsClosed: true, IsWon: true, Probability: 100 } },
    { stage: 'Closed Lost', expected: { IsClosed: true, IsWon: false, Probability: 0 } },
  ])('in $stage is closed and won as the stage says', async ({ stage, expected }) => {
    await withOrg({}, async (sandbox) => {
      expect(sandbox.org.record(anOpportunity(sandbox, { StageName: stage }))).toMatchObject(expected);
    });
  });

  test('keeps a history of its stages and the time of the last step', async () => {
    await withOrg({}, async (sandbox) => {
      const id = anOpportunity(sandbox, {});
      sandbox.clock.advance(60);
      sandbox.org.admin.update(id, { NextStep: 'call' });
      sandbox.org.admin.update(id, { StageName: 'Closed Won' });

      const history = sandbox.org.all('OpportunityHistory', ({ OpportunityId }) => OpportunityId === id);

      expect(history.map(({ StageName }) => StageName)).toEqual(['Prospecting', 'Closed Won']);
      expect(sandbox.org.record(id)?.['LastStageChangeDate']).toBe(ONE_MINUTE_LATER);
    });
  });

  test('born with a contact has it as its primary role', async () => {
    await withOrg({}, async (sandbox) => {
      const ContactId = sandbox.org.admin.insert('Contact', { LastName: 'Doe' });

      const OpportunityId = anOpportunity(sandbox, { ContactId });

      const roles = sandbox.org.all('OpportunityContactRole');
      expect(roles).toEqual([expect.objectContaining({ OpportunityId, ContactId, IsPrimary: true })]);
    });
  });
});

describe('a contact role', () => {
  test('never touches the stamps of its opportunity', async () => {
    await withOrg({}, async (sandbox) => {
      const { opportunity, contact } = aDeal(sandbox);
      sandbox.clock.advance(60);

      const role = sandbox.org.admin.insert(
        'OpportunityContactRole',
        roleOf(opportunity, contact, { IsPrimary: true }),
      );
      sandbox.org.admin.update(role, { Role: 'Decision Maker' });
      sandbox.org.admin.delete(role);

      expect(sandbox.org.record(opportunity)).toMatchObject({ SystemModstamp: AT_NOON, LastModifiedDate: AT_NOON });
    });
  });

  test('that becomes primary takes the mark off the other, which changes too', async () => {
    await withOrg({}, async (sandbox) => {
      const { opportunity, contact } = aDeal(sandbox);
      const old = sandbox.org.admin.insert('OpportunityContactRole', roleOf(opportunity, contact, { IsPrimary: true }));
      sandbox.clock.advance(60);

      const now = sandbox.org.admin.insert('OpportunityContactRole', roleOf(opportunity, contact, { IsPrimary: true }));

      expect(sandbox.org.record(old)).toMatchObject({ IsPrimary: false, SystemModstamp: ONE_MINUTE_LATER });
      expect(sandbox.org.record(now)).toMatchObject({ IsPrimary: true });
    });
  });

  test('may hold any role name, and one contact may have several', async () => {
    await withOrg({}, async (sandbox) => {
      const { opportunity, contact } = aDeal(sandbox);

      const ids = ['Head of Everything', 'Head of Everything'].map((Role) =>
        sandbox.org.admin.insert('OpportunityContactRole', roleOf(opportunity, contact, { Role })),
      );

      expect(new Set(ids).size).toBe(2);
    });
  });
});

describe('a task', () => {
  test('moves LastActivityDate and SystemModstamp of what it is about, when it comes and when it is closed (XE25)', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { opportunity } = aDeal(sandbox);
      const stampsOf = (): unknown[] => {
        const { SystemModstamp, LastModifiedDate, LastActivityDate } = sandbox.org.record(opportunity) ?? {};
        return [SystemModstamp, LastModifiedDate, LastActivityDate ?? null];
      };

      sandbox.clock.advance(60);
      const { body } = await client.send('POST', '/sobjects/Task', { WhatId: opportunity, ActivityDate: '2026-05-08' });
      const created = stampsOf();
      sandbox.clock.advance(60);
      await client.send('PATCH', `/sobjects/Task/${body.id}`, { Description: 'soon' });
      const edited = stampsOf();
      await client.send('PATCH', `/sobjects/Task/${body.id}`, { Status: 'Completed' });
      const closed = stampsOf();

      expect(created).toEqual([ONE_MINUTE_LATER, AT_NOON, '2026-05-08']);
      expect(edited).toEqual(created);
      expect(closed).toEqual(['2026-05-05T12:02:00.000+0000', AT_NOON, '2026-05-08']);
    });
  });

  test('is closed and completed by its status', async () => {
    await withOrg({}, async (sandbox) => {
      const id = sandbox.org.admin.insert('Task', { Subject: 'x' });
      const open = sandbox.org.record(id);
      sandbox.org.admin.update(id, { Status: 'Completed' });
      const closed = sandbox.org.record(id);
      sandbox.org.admin.update(id, { Status: 'In Progress' });

      expect(open).toMatchObject({ Status: 'Not Started', Priority: 'Normal', IsClosed: false });
      expect(closed).toMatchObject({ IsClosed: true, CompletedDateTime: AT_NOON });
      expect(sandbox.org.record(id)).toMatchObject({ IsClosed: false, CompletedDateTime: null });
    });
  });

  test('belongs to the account of its opportunity', async () => {
    await withOrg({}, async (sandbox) => {
      const { account, opportunity } = aDeal(sandbox);

      expect(sandbox.org.record(sandbox.org.admin.insert('Task', { WhatId: opportunity }))).toMatchObject({
        AccountId: account,
      });
    });
  });
});

describe('an event', () => {
  test('has the end that its start and its duration give', async () => {
    await withOrg({}, async (sandbox) => {
      const times = { StartDateTime: '2026-05-06T09:00:00Z', DurationInMinutes: 90 };

      expect(sandbox.org.record(sandbox.org.admin.insert('Event', { Subject: 'Demo', ...times }))).toMatchObject({
        ActivityDateTime: '2026-05-06T09:00:00.000+0000',
        EndDateTime: '2026-05-06T10:30:00.000+0000',
        ActivityDate: '2026-05-06',
      });
    });
  });
});

describe('a campaign member', () => {
  test('is in a campaign once', async () => {
    await withOrg({}, async (sandbox, client) => {
      const CampaignId = sandbox.org.admin.insert('Campaign', { Name: 'Nurture' });
      const LeadId = sandbox.org.admin.insert('Lead', LEAD);
      sandbox.org.admin.insert('CampaignMember', { CampaignId, LeadId });

      const { body } = await client.send('POST', '/sobjects/CampaignMember', { CampaignId, LeadId });

      expect(body).toEqual([{ errorCode: 'DUPLICATE_VALUE', message: 'Already a campaign member.' }]);
    });
  });

  test('has responded when the campaign counts its status as an answer', async () => {
    await withOrg({}, async (sandbox) => {
      const { admin } = sandbox.org;
      const CampaignId = admin.insert('Campaign', { Name: 'Webinar' });
      admin.insert('CampaignMemberStatus', { CampaignId, Label: 'Attended', HasResponded: true });
      const member = admin.insert('CampaignMember', { CampaignId, LeadId: admin.insert('Lead', LEAD) });
      const invited = sandbox.org.record(member);
      admin.update(member, { Status: 'Attended' });

      expect(invited).toMatchObject({ HasResponded: false, FirstRespondedDate: null, CompanyOrAccount: 'Engines Ltd' });
      expect(sandbox.org.record(member)).toMatchObject({ HasResponded: true, FirstRespondedDate: '2026-05-05' });
    });
  });
});

describe('the lead assignment rule', () => {
  test.each([
    { name: 'takes a new lead whatever its owner', headers: {}, isTaken: true },
    { name: 'keeps off when the header says FALSE (F31)', headers: { 'sforce-auto-assign': 'FALSE' }, isTaken: false },
    { name: 'keeps off when the header says false', headers: { 'sforce-auto-assign': 'false' }, isTaken: false },
    { name: 'takes it when the header says TRUE', headers: { 'sforce-auto-assign': 'TRUE' }, isTaken: true },
  ])('$name', async ({ headers, isTaken }) => {
    await withOrg({}, async (sandbox, client) => {
      sandbox.org.setup.leadAssignment = () => sandbox.org.admin.userId;

      const { body } = await client.send('POST', '/sobjects/Lead', { ...LEAD, OwnerId: sandbox.userId }, headers);

      const owner = isTaken ? sandbox.org.admin.userId : sandbox.userId;
      expect(sandbox.org.record(body.id)?.['OwnerId']).toBe(owner);
    });
  });

  test('takes a lead also when only its status is written (XE12)', async () => {
    await withOrg({}, async (sandbox, client) => {
      const { body } = await client.send('POST', '/sobjects/Lead', LEAD);
      sandbox.org.setup.leadAssignment = () => sandbox.org.admin.userId;

      await client.send('PATCH', `/sobjects/Lead/${body.id}`, { Status: 'Working - Contacted' });

      expect(sandbox.org.record(body.id)?.['OwnerId']).toBe(sandbox.org.admin.userId);
    });
  });
});

describe('a lead that is converted', () => {
  test('becomes account, contact and opportunity with a primary role that is blank', async () => {
    await withOrg({}, async (sandbox) => {
      const lead = sandbox.org.admin.insert('Lead', { ...LEAD, FirstName: 'Ada' });

      const { accountId, contactId, opportunityId } = sandbox.org.admin.convertLead(lead);

      expect(sandbox.org.record(accountId)).toMatchObject({ Name: 'Engines Ltd' });
      expect(sandbox.org.record(contactId)).toMatchObject({ Name: 'Ada Lovelace', AccountId: accountId });
      expect(sandbox.org.record(lead)).toMatchObject({
        IsConverted: true,
        Status: 'Closed - Converted',
        ConvertedDate: '2026-05-05',
        ConvertedOpportunityId: opportunityId,
      });
      const [role, ...others] = sandbox.org.all('OpportunityContactRole');
      expect(others).toEqual([]);
      expect(role).toMatchObject({ OpportunityId: opportunityId, ContactId: contactId, IsPrimary: true });
      expect(role?.['Role'] ?? null).toBeNull();
    });
  });

  test('may do without an opportunity and takes its open tasks along', async () => {
    await withOrg({}, async (sandbox) => {
      const lead = sandbox.org.admin.insert('Lead', LEAD);
      const task = sandbox.org.admin.insert('Task', { WhoId: lead });

      const { accountId, contactId, opportunityId } = sandbox.org.admin.convertLead(lead, { opportunityName: null });

      expect(opportunityId).toBeNull();
      expect(sandbox.org.record(task)).toMatchObject({ WhoId: contactId, WhatId: accountId });
    });
  });

  test('takes no more tasks', async () => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', LEAD);
      sandbox.org.admin.convertLead(lead);

      const { body } = await client.send('POST', '/sobjects/Task', { WhoId: lead });

      expect(body[0].errorCode).toBe('CANNOT_UPDATE_CONVERTED_LEAD');
    });
  });

  test('is read-only to the API', async () => {
    await withOrg({}, async (sandbox, client) => {
      const lead = sandbox.org.admin.insert('Lead', LEAD);
      sandbox.org.admin.convertLead(lead);

      const { status, body } = await client.send('PATCH', `/sobjects/Lead/${lead}`, { Title: 'x' });

      expect(status).toBe(400);
      expect(body).toEqual([{ errorCode: 'CANNOT_UPDATE_CONVERTED_LEAD', message: 'cannot reference converted lead' }]);
    });
  });
});

describe('a merge of contacts', () => {
  test('moves roles to the master, takes their primary mark and leaves two roles of one person', async () => {
    await withOrg({}, async (sandbox) => {
      const { opportunity, contact: master } = aDeal(sandbox);
      const loser = sandbox.org.admin.insert('Contact', { LastName: 'Roe' });
      sandbox.org.admin.insert('OpportunityContactRole', roleOf(opportunity, master, {}));
      const role = sandbox.org.admin.insert('OpportunityContactRole', roleOf(opportunity, loser, { IsPrimary: true }));
      sandbox.clock.advance(60);

      sandbox.org.admin.merge(master, [loser]);

      expect(sandbox.org.record(role)).toMatchObject({
        ContactId: master,
        IsPrimary: false,
        SystemModstamp: ONE_MINUTE_LATER,
      });
      expect(sandbox.org.all('OpportunityContactRole', ({ ContactId }) => ContactId === master)).toHaveLength(2);
      expect(sandbox.org.row(loser)?.record).toMatchObject({ IsDeleted: true, MasterRecordId: master });
    });
  });
});

test('somebody named works under that name', async () => {
  const user = { Username: 'ann@northwind.example', LastName: 'Ann', IsActive: true };
  await withOrg({ records: [{ object: 'User', fields: user }] }, async (sandbox) => {
    const ann = sandbox.org.as('ann@northwind.example');

    expect(sandbox.org.record(ann.insert('Lead', LEAD))).toMatchObject({
      CreatedById: ann.userId,
      OwnerId: ann.userId,
    });
    expect(sandbox.clock.now()).toBe(NOON);
  });
});

function anOpportunity(sandbox: SandboxOrg, fields: StoredRecord): string {
  const given = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-06-30', ...fields };
  return sandbox.org.admin.insert('Opportunity', given);
}

function aDeal(sandbox: SandboxOrg): {
  readonly account: string;
  readonly contact: string;
  readonly opportunity: string;
} {
  const account = sandbox.org.admin.insert('Account', { Name: 'Acme' });
  const contact = sandbox.org.admin.insert('Contact', { LastName: 'Doe', AccountId: account });
  return { account, contact, opportunity: anOpportunity(sandbox, { AccountId: account }) };
}

function roleOf(OpportunityId: string, ContactId: string, fields: StoredRecord): StoredRecord {
  return { OpportunityId, ContactId, ...fields };
}
