import { describe, expect, it } from 'vitest';

import { findViolations } from '../faults/checker.ts';
import { startCompany } from '../support/company-world.ts';
import { WHOLE_COMMITTEE, WITHOUT_BUYER } from '../support/company.ts';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const FRIDAY = Date.parse('2026-11-20T10:00:00Z');

describe.concurrent('the buying committee of a deal, while the daemon runs', () => {
  it('flags a deal without any role, gives its owner a task, and closes both when the people are there (C1, CE1)', async () => {
    await using started = await startCompany();
    const { world, company } = started;
    const daemon = world.start();
    const deal = company.opportunity('Qualification', []);

    await daemon.until(() => company.tasks(deal).length === 1);
    expect(company.flags(deal)).toEqual({
      status: 'violation',
      coverage: '0/2',
      missing: 'contacts 0/1; primary',
      episode: 1,
    });
    const [task] = company.tasks(deal);
    expect(task).toMatchObject({
      key: `contact-roles:${deal}:1`,
      subject: 'Add to the buying committee: contacts 0/1; primary',
      isOpen: true,
      ownerId: company.userId('max'),
    });

    company.addRole(deal, ['a', 'Champion', true]);
    await daemon.until(() => company.tasks(deal)[0]?.isOpen === false);
    expect(company.flags(deal)).toMatchObject({ status: 'compliant', coverage: '2/2', missing: null });
    expect(company.tasks(deal)[0]?.description).toContain('compliant');
    await daemon.stop();
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('answers a role that is deleted, and one that returns, within two minutes (XE7, CE27, F26, F27, FM 13, FM 57)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WHOLE_COMMITTEE);
    const daemon = world.start();
    await daemon.until(() => company.flags(deal).status === 'compliant');
    const stamp = org.record(deal)?.['SystemModstamp'];

    const deletedAt = clock.now();
    org.admin.delete(company.roleOf(deal, 'b'));
    expect(org.record(deal)?.['SystemModstamp']).toBe(stamp);
    clock.advance(MINUTE);
    await daemon.until(() => company.flags(deal).status === 'warning');
    expect(clock.now() - deletedAt).toBeLessThan(2 * MINUTE * 1000);
    expect(company.flags(deal)).toEqual({
      status: 'warning',
      coverage: '4/5',
      missing: 'economic_buyer',
      episode: 1,
    });
    expect(company.tasks(deal)).toEqual([]);

    const returnedAt = clock.now();
    company.addRole(deal, ['b', 'Economic Buyer']);
    await daemon.until(() => company.flags(deal).status === 'compliant');
    expect(clock.now() - returnedAt).toBeLessThan(2 * MINUTE * 1000);
    expect(company.flags(deal).missing).toBeNull();
    await daemon.stop();
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('turns a warning into a violation when the grace ends over the weekend, though nothing changed (C12, C13, CE4)', async () => {
    await using started = await startCompany({ at: FRIDAY });
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WHOLE_COMMITTEE);
    const daemon = world.start();
    await daemon.until(() => company.flags(deal).status === 'compliant');

    org.admin.delete(company.roleOf(deal, 'b'));
    clock.advance(MINUTE);
    const warned = await daemon.next('decision', ({ record_id }) => record_id === deal);
    expect(warned).toMatchObject({ result: 'warning', missing: ['economic_buyer'] });
    expect(String(warned['grace_ends'])).toMatch(/^2026-11-24T10:01/);
    await daemon.until(() => company.flags(deal).status === 'warning');
    clock.set(Date.parse('2026-11-24T09:59:00Z'));
    await daemon.next('poll.completed', ({ object }) => object === 'Opportunity');
    expect(company.flags(deal).status).toBe('warning');

    clock.set(Date.parse('2026-11-24T10:02:30Z'));
    await daemon.until(() => company.tasks(deal).length === 1);
    expect(company.flags(deal).status).toBe('violation');
    await daemon.stop();
    expect(findViolations(world.sandbox)).toEqual([]);
  });
});

describe.concurrent('the buying committee of a deal, from one start to the next', () => {
  it('turns a warning into a violation also when it was stopped over the weekend (C12, XE6)', async () => {
    await using started = await startCompany({ at: FRIDAY });
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WHOLE_COMMITTEE);
    await world.once();
    org.admin.delete(company.roleOf(deal, 'b'));
    clock.advance(2 * MINUTE);
    await world.once();
    expect(company.flags(deal).status).toBe('warning');

    clock.set(Date.parse('2026-11-24T10:30:00Z'));
    await world.once();

    expect(company.flags(deal)).toMatchObject({ status: 'violation', missing: 'economic_buyer' });
    expect(company.tasks(deal).map(({ key }) => key)).toEqual([`contact-roles:${deal}:1`]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('holds a deal that jumps to a later stage to the later one at once, with one grace from then (CE2)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Qualification', [['a', 'Champion', true]]);
    await world.once();
    expect(company.flags(deal).status).toBe('compliant');

    org.as('max@northwind.example').update(deal, { StageName: 'Negotiation/Review' });
    const events = await world.once();

    const decisions = events.filter(({ event, record_id }) => event === 'decision' && record_id === deal);
    expect(decisions.filter(({ module }) => module === 'contact_roles')).toMatchObject([
      { result: 'warning', required_by: 'Negotiation/Review' },
    ]);
    expect(company.flags(deal)).toMatchObject({ status: 'warning', episode: 1 });
    clock.advance(3 * DAY);
    await world.once();
    expect(company.flags(deal).status).toBe('violation');
    expect(company.tasks(deal)).toHaveLength(1);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('closes the task of a deal that moves back to a stage whose bar it meets (CE3)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    expect(company.tasks(deal)).toMatchObject([{ isOpen: true }]);

    org.as('max@northwind.example').update(deal, { StageName: 'Needs Analysis' });
    await world.once();

    expect(company.flags(deal)).toMatchObject({ status: 'compliant', missing: null });
    expect(company.tasks(deal)).toMatchObject([{ isOpen: false }]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('closes the task of a deal that is closed in violation, and leaves its flags as they are (CE15)', async () => {
    await using started = await startCompany();
    const { world, company, org } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    const flags = company.flags(deal);
    expect(flags.status).toBe('violation');

    org.as('max@northwind.example').update(deal, { StageName: 'Closed Won' });
    const events = await world.once();

    expect(company.flags(deal)).toEqual(flags);
    expect(company.tasks(deal)).toMatchObject([{ isOpen: false }]);
    expect(company.tasks(deal)[0]?.description).toContain('opportunity_closed');
    expect(events.filter(({ event, record_id }) => event === 'decision' && record_id === deal)).toMatchObject([
      { findings: ['closed_without_committee'] },
    ]);
    const later = await world.once();
    expect(later.filter(({ event, record_id }) => event === 'decision' && record_id === deal)).toEqual([]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('does not make the task again that a rep has closed, until something else is missing (C18, CE17)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    org.as('max@northwind.example').update(company.tasks(deal)[0]!.id, { Status: 'Completed' });
    clock.advance(HOUR);
    org.bump([deal]);
    await world.once();
    expect(company.tasks(deal)).toMatchObject([{ isOpen: false }]);

    org.admin.delete(company.roleOf(deal, 'c'));
    clock.advance(DAY);
    await world.once();

    expect(company.tasks(deal)).toMatchObject([
      { key: `contact-roles:${deal}:1`, isOpen: false },
      { key: `contact-roles:${deal}:2`, isOpen: true },
    ]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('does not make the task again that a person has deleted (F38a)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    org.admin.delete(company.tasks(deal)[0]!.id);
    clock.advance(HOUR);
    org.bump([deal]);

    await world.once();

    expect(company.tasks(deal)).toEqual([]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('judges two deals with the same person each on its own (CE23)', async () => {
    await using started = await startCompany();
    const { world, company } = started;
    const small = company.opportunity('Qualification', [['a', null, true]], { Name: 'Small' });
    const large = company.opportunity('Needs Analysis', [['a', null, true]], { Name: 'Large' });

    await world.once();

    expect(company.flags(small)).toMatchObject({ status: 'compliant', coverage: '2/2' });
    expect(company.flags(large)).toMatchObject({ status: 'violation', coverage: '1/3' });
    expect(company.tasks(small)).toEqual([]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });

  it('starts a new episode with its own grace when a gap comes back after the deal was compliant (C12, C18)', async () => {
    await using started = await startCompany();
    const { world, company, org, clock } = started;
    const deal = company.opportunity('Proposal/Price Quote', WITHOUT_BUYER);
    await world.once();
    company.addRole(deal, ['d', 'Economic Buyer']);
    await world.once();
    expect(company.flags(deal)).toMatchObject({ status: 'compliant', episode: 1 });

    org.admin.delete(company.roleOf(deal, 'd'));
    clock.advance(2 * MINUTE);
    await world.once();

    expect(company.flags(deal)).toMatchObject({ status: 'warning', episode: 2 });
    clock.advance(3 * DAY);
    await world.once();
    expect(company.tasks(deal).map(({ key, isOpen }) => [key, isOpen])).toEqual([
      [`contact-roles:${deal}:1`, false],
      [`contact-roles:${deal}:2`, true],
    ]);
    expect(findViolations(world.sandbox)).toEqual([]);
  });
});
