import { describe, expect, it } from 'vitest';

import { startCompany } from '../support/company-world.ts';
import { WITHOUT_BUYER } from '../support/company.ts';
import { createHurriedClock } from '../support/hurried-clock.ts';
import { findViolations } from './checker.ts';

describe('an admin who takes away access to a field', () => {
  it('stops what needs it, and nothing else, until the access is back (XE9)', async () => {
    await using started = await startCompany();
    const { world, company, sandbox, org } = started;
    const daemon = world.start({ clock: createHurriedClock(10) });
    await daemon.seen('idle');

    org.hideField('Opportunity', 'Missing_Contact_Roles__c');
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    const paused = await daemon.next('module.paused', ({ module }) => module === 'contact_roles');
    expect(paused.code).toBe('E_FIELD_NO_ACCESS');
    expect(paused.reason).toContain('Missing_Contact_Roles__c');
    const lead = company.lead();
    await daemon.until(() => company.tasks(lead).length === 1);
    expect(company.flags(deal).status).toBeNull();

    org.showField('Opportunity', 'Missing_Contact_Roles__c');
    await daemon.next('module.resumed', ({ module }) => module === 'contact_roles');
    await daemon.until(() => company.tasks(deal).length === 1);
    await daemon.stop();

    expect(company.flags(deal)).toMatchObject({ status: 'violation', missing: 'economic_buyer' });
    const told = world.events.filter(({ event, module }) => event === 'module.paused' && module === 'contact_roles');
    expect(told).toHaveLength(1);
    expect(findViolations(sandbox)).toEqual([]);
  });
});
