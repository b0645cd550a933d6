import { writeStamp } from '../org-clock.ts';
import type { Company } from './companies.ts';
import type { Deal } from './deals.ts';
import type { Dice } from './dice.ts';
import type { SeedLead } from './leads.ts';
import type { Moments } from './moments.ts';
import { DAY, HOUR, MINUTE, type SeedBook, dateOf } from './seed-book.ts';
import type { Staff } from './staff.ts';

/** Calls, mails and meetings with the people on deals and with leads at work, and what reps still have to do. */
export function enterActivities(
  book: SeedBook,
  dice: Dice,
  moments: Moments,
  deals: readonly Deal[],
  leads: readonly SeedLead[],
): void {
  for (const deal of deals) {
    for (const contact of new Set(deal.roles.map((role) => role.contact))) {
      if (!dice.chance(0.7)) continue;
      const about = { WhoId: contact.id, WhatId: deal.id, OwnerId: deal.company.ownerId };
      if (dice.chance(0.25)) enterMeeting(book, dice, about, moments(deal.created, book.now - 2 * HOUR));
      else enterTouch(book, dice, about, moments(deal.created, book.now - HOUR));
    }
    if (dice.chance(0.15))
      enterToDo(book, dice, { WhatId: deal.id, OwnerId: deal.company.ownerId }, moments(deal.created, book.now - HOUR));
  }
  for (const lead of leads.filter(({ status }) => status === 'Working - Contacted')) {
    for (let touches = dice.between(0, 4); touches > 0; touches--) {
      enterTouch(book, dice, { WhoId: lead.id, OwnerId: lead.ownerId }, moments(lead.created, book.now - HOUR));
    }
  }
}

/** Campaigns with their statuses, and leads and contacts who were sent something or have answered. */
export function enterCampaigns(
  book: SeedBook,
  dice: Dice,
  moments: Moments,
  staff: Staff,
  companies: readonly Company[],
  leads: readonly SeedLead[],
): void {
  const campaigns = CAMPAIGNS.map(([name, type]) => {
    const start = moments(book.ago(48), book.ago(40));
    const fields = { Name: name, Type: type, Status: 'In Progress', IsActive: true, StartDate: dateOf(start) };
    const id = book.enter('Campaign', { ...fields, OwnerId: staff['revops']! }, start);
    const statuses = [
      { Label: 'Sent', SortOrder: 1, IsDefault: true, HasResponded: false },
      { Label: 'Responded', SortOrder: 2, IsDefault: false, HasResponded: true },
    ];
    for (const status of statuses) book.enter('CampaignMemberStatus', { CampaignId: id, ...status }, start);
    return { id, start };
  });
  const contacts = dice.shuffle(companies.flatMap((company) => company.contacts)).slice(0, 160);
  const people = [
    ...contacts.map(({ id }) => ({ ContactId: id })),
    ...dice
      .shuffle(leads.filter(({ status }) => status !== 'Closed - Converted'))
      .slice(0, 120)
      .map(({ id }) => ({ LeadId: id })),
  ];
  for (const person of people) {
    const { id, start } = dice.pick(campaigns);
    const sent = moments(start, book.ago(3));
    const hasResponded = dice.chance(0.35);
    const answered = hasResponded ? moments(sent, book.now - HOUR) : sent;
    const fields = {
      CampaignId: id,
      ...person,
      Status: hasResponded ? 'Responded' : 'Sent',
      HasResponded: hasResponded,
      FirstRespondedDate: hasResponded ? dateOf(answered) : null,
      CreatedById: staff['marketo']!,
    };
    book.enter('CampaignMember', fields, sent, answered);
  }
}

type About = { readonly WhoId?: string; readonly WhatId?: string; readonly OwnerId: string };

/** A call or a mail that was made; now and then it was logged a while after. */
export function enterTouch(book: SeedBook, dice: Dice, about: About, at: number): string {
  const subtype = dice.pick(['Call', 'Call', 'Email']);
  const done = at - (dice.chance(0.1) ? 45 * MINUTE : 0);
  const fields = {
    ...about,
    Subject: subtype === 'Call' ? 'Call' : 'Email: your question',
    TaskSubtype: subtype,
    Status: 'Completed',
    IsClosed: true,
    Priority: 'Normal',
    ActivityDate: dateOf(done),
    CompletedDateTime: writeStamp(done),
    CreatedById: about.OwnerId,
  };
  return book.enter('Task', fields, at);
}

function enterToDo(book: SeedBook, dice: Dice, about: About, at: number): void {
  const fields = { ...about, Subject: dice.pick(['Send the offer', 'Prepare the demo', 'Ask for a reference']) };
  const rest = { TaskSubtype: 'Task', Status: 'Not Started', IsClosed: false, Priority: dice.pick(['Normal', 'High']) };
  book.enter('Task', { ...fields, ...rest, ActivityDate: dateOf(book.now + dice.between(-3, 10) * DAY) }, at);
}

function enterMeeting(book: SeedBook, dice: Dice, about: About, start: number): void {
  const minutes = dice.pick([30, 60]);
  const fields = {
    ...about,
    Subject: 'Meeting',
    StartDateTime: writeStamp(start),
    EndDateTime: writeStamp(start + minutes * MINUTE),
    ActivityDateTime: writeStamp(start),
    ActivityDate: dateOf(start),
    DurationInMinutes: minutes,
    IsAllDayEvent: false,
    CreatedById: about.OwnerId,
  };
  book.enter('Event', fields, start);
}

const CAMPAIGNS = [
  ['Nurture - Budget', 'Email'],
  ['Nurture - Timing', 'Email'],
  ['Nurture - UTR', 'Email'],
  ['Autumn webinar', 'Webinar'],
  ['Hannover trade show', 'Trade Show'],
  ['Newsletter', 'Email'],
] as const;
