import { describe, expect, it } from 'vitest';

import { startCompany } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { findViolations } from './checker.ts';

describe('an admin who takes away access to a field', () => {
  it('stops what needs it, and nothing else, until the access is back (XE9, FM 11)', async () => {
    await using started = await startCompany();
    const { world, company, sandbox, org } = started;
    const daemon = world.start({ clock: createHurriedClock(10, started.clock) });
    await daemon.seen('idle');

    org.hideField('Opportunity', 'Missing_Contact_Roles__c');
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    const paused = await daemon.next('module.paused', ({ module }) => module === 'contact_roles');
    expect(paused.code).toBe('E_FIELD_NO_ACCESS');
    expect(paused.reason).toContain('Missing_Contact_Roles__c');
    const lead = company.lead();
    await daemon.until(() => company.tasks(lead).length === 1);
    await daemon.seen('decision', (told) => told.module === 'opportunity_criteria' && told.record_id === deal);
    expect(company.flags(deal).status).toBeNull();

    org.showField('Opportunity', 'Missing_Contact_Roles__c');
    await daemon.next('module.resumed', ({ module }) => module === 'contact_roles');
    await daemon.until(() => company.tasks(deal).length === 1);
    await daemon.stop();

    expect(company.flags(deal)).toMatchObject({ status: 'violation', missing: 'economic_buyer' });
    const told = world.events.filter(({ event }) => event === 'module.paused' || event === 'module.resumed');
    expect(told.map(({ event, module }) => [event, module])).toEqual([
      ['module.paused', 'contact_roles'],
      ['module.resumed', 'contact_roles'],
    ]);
    expect(findViolations(sandbox)).toEqual([]);
  });

  it('stops routing alone, or qualification alone, where only its rules need the field (XE9)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const daemon = world.start({ clock: createHurriedClock(10, started.clock) });
    await daemon.seen('idle');

    org.hideField('Lead', 'Routing_Override_User__c');
    const ready = company.lead();
    await daemon.next('module.paused', ({ module }) => module === 'routing');
    const rival = company.lead({ LastName: 'Rival', Email: 'someone@contoso-rival.example' });
    await daemon.until(() => org.record(rival)?.['Status'] !== 'Open - Not Contacted');
    expect(company.ownerOf(ready)).toBe('queue:Inbound_Leads');
    org.showField('Lead', 'Routing_Override_User__c');
    await daemon.until(() => company.tasks(ready).length === 1);

    org.hideField('Lead', 'MQL_Reason__c');
    const second = company.lead({ LastName: 'Second' });
    const paused = await daemon.next('module.paused', ({ module }) => module !== 'routing');
    expect(paused).toMatchObject({ module: 'qualification', code: 'E_FIELD_NO_ACCESS' });
    expect(company.ownerOf(second)).toBe('queue:Inbound_Leads');
    org.showField('Lead', 'MQL_Reason__c');
    await daemon.until(() => company.tasks(second).length === 1);
    await daemon.stop();
  });
});
