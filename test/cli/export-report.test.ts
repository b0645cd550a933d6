import { describe, expect, test } from 'vitest';

import { startSandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { tinySeed } from '../../src/sandbox/seed/tiny-seed.ts';
import { reach, runHere } from '../support/desk.ts';
import { freshRedis } from '../support/redis.ts';
import { EXAMPLE } from '../support/world.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');

/** An org with the worked vectors, and the commands on it. */
async function openOrg() {
  const sandbox = await startSandboxOrg({ records: tinySeed(NOW) });
  sandbox.clock.set(NOW);
  const fresh = await freshRedis();
  const env = { ...reach({ sandbox, fresh }), CONFIG_DIR: EXAMPLE };
  return {
    sandbox,
    run: (...argv: readonly string[]) => runHere(argv, env),
    opportunity: (name: string) => sandbox.org.all('Opportunity', (deal) => deal['Name'] === name)[0]!,
    contact: (name: string) => sandbox.org.all('Contact', (contact) => contact['LastName'] === name)[0]!,
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await fresh[Symbol.asyncDispose]();
    },
  };
}

describe('C21: rolecall export', () => {
  test('target names the best person for a role that nobody fills, with the evidence', async () => {
    await using org = await openOrg();
    const buyer = String(org.contact('d')['Id']);
    org.sandbox.org.admin.update(buyer, { Title: 'Chief Financial Officer' });

    const { code, out } = await org.run('export', 'target');

    const line = out.find((row) => row.includes(String(org.opportunity('CV7')['Id'])));
    expect(code).toBe(0);
    expect(out[0]).toMatch(/^opportunity_id,opportunity,account,owner,stage,amount,close_date,gap,role,contact_id,/);
    expect(line).toContain(`,missing,economic_buyer,${buyer},d,Chief Financial Officer,40,`);
    expect(line).toContain('account_activity_30d 2026-11-22; title_hint');
  });

  test('target names the holder of a role who is to be engaged', async () => {
    await using org = await openOrg();
    const holder = String(org.contact('b')['Id']);
    for (const task of org.sandbox.org.all('Task', (task) => task['WhoId'] === holder)) {
      org.sandbox.org.admin.delete(String(task['Id']));
    }

    const { out } = await org.run('export', 'target');

    const deal = String(org.opportunity('CV11')['Id']);
    expect(out.filter((row) => row.startsWith(deal))).toEqual([
      expect.stringContaining(`,not_engaged,economic_buyer,${holder},b,`),
    ]);
  });

  test('suppress lists each living member past the stage once', async () => {
    await using org = await openOrg();

    const { out } = await org.run('export', 'suppress', '--from-stage', 'Proposal/Price Quote');

    const people = out.slice(1).map((row) => row.split(',')[1]);
    expect(out[0]).toBe('contact_id,contact,email,opportunity_ids');
    expect(new Set(people)).toEqual(new Set(['a', 'b', 'c', 'd', 'e']));
    expect(people).toHaveLength(5);
    expect(out.find((row) => row.includes(',a,'))).toContain(String(org.opportunity('CV7')['Id']));
  });

  test.each([
    { name: 'nothing to export', argv: ['export'] },
    { name: 'suppress without a stage', argv: ['export', 'suppress'] },
    { name: 'a stage that there is not', argv: ['export', 'suppress', '--from-stage', 'Proposal'] },
    { name: 'a report that there is not', argv: ['report', 'nothing'] },
    { name: 'a format that there is not', argv: ['report', 'contact-roles', '--format', 'xml'] },
  ])('$name is wrong usage', async ({ argv }) => {
    await using org = await openOrg();

    expect(await org.run(...argv)).toMatchObject({ code: 1, out: [] });
  });
});

describe('rolecall report contact-roles', () => {
  test('counts coverage, deals with nobody, campaigns, and deals closed without a committee', async () => {
    await using org = await openOrg();
    const { admin } = org.sandbox.org;
    const campaign = admin.insert('Campaign', { Name: 'Autumn dinner', IsActive: true });
    admin.insert('CampaignMember', {
      CampaignId: campaign,
      ContactId: String(org.contact('e')['Id']),
      Status: 'Responded',
    });
    admin.update(String(org.opportunity('CV13')['Id']), {
      StageName: 'Closed Won',
      Contact_Role_Status__c: 'violation',
      CloseDate: '2026-11-24',
    });

    const { code, out } = await org.run('report', 'contact-roles', '--format', 'json');

    expect(code).toBe(0);
    expect(JSON.parse(out[0]!)).toMatchObject({
      report: 'contact-roles',
      as_of: expect.stringMatching(/^2026-11-24T10:0/),
      coverage_by_stage: [
        { group: 'Needs Analysis', opportunities: 1, mean_coverage: 1, compliant: 1 },
        { group: 'Negotiation/Review', opportunities: 1, mean_coverage: 1, compliant: 1 },
        { group: 'Proposal/Price Quote', opportunities: 1, mean_coverage: 0.8, compliant: 0 },
        { group: 'Qualification', opportunities: 2, mean_coverage: 0.5, compliant: 0.5 },
      ],
      coverage_by_record_type: [{ group: 'New_Business', opportunities: 5 }],
      open_opps_without_contact_roles: { opportunities: 2, amount: 100_000 },
      influenced_pipeline: { opportunities: 1, amount: 50_000 },
      campaigns: [
        { campaign: 'Autumn dinner', touches_before: 0, touches_since: 1, opportunities: 1, pipeline: 50_000 },
      ],
      closed_without_committee: { opportunities: 1, amount: 50_000 },
    });
  });

  test('shows the same figures as text and as CSV', async () => {
    await using org = await openOrg();

    const text = await org.run('report');
    const csv = await org.run('report', 'contact-roles', '--format', 'csv');

    expect(text.out).toContainEqual(
      expect.stringMatching(/^ {2}Proposal\/Price Quote +opportunities 1 +mean_coverage 80 %/),
    );
    expect(csv.out[0]).toBe('section,group,metric,value');
    expect(csv.out).toContain('coverage_by_stage,Proposal/Price Quote,mean_coverage,0.8');
  });
});
