import path from 'node:path';

import { DateTime } from 'luxon';

import { loadConfig } from '../src/config/load.ts';
import type { Fields } from '../src/domain/record.ts';
import { addOpen } from '../src/rules/calendars/add-open.ts';
import { compileCalendar } from '../src/rules/calendars/calendar.ts';
import { compileCondition } from '../src/rules/conditions/compile-condition.ts';
import type { Condition } from '../src/rules/conditions/schema.ts';
import type { Bench, Figure } from './bench.ts';

/** A batch has at most so many leads; each has its own due times. */
const LEADS = 1000;
const ROUNDS = 30;
const MONDAY = Date.parse('2026-11-23T09:00:00Z');

/**
 * What deciding costs, in times of what cannot be spared: parsing the lead's JSON, and one addition with luxon in the
 * calendar's zone.
 */
export const bench: Bench = { name: 'rules', run: measure };

async function measure(): Promise<readonly Figure[]> {
  const { config } = loadConfig(path.join(import.meta.dirname, '../config'));
  const { qualification, lists, calendars } = config ?? {};
  if (!qualification || !lists || calendars?.['london'] === undefined) throw new Error('config has what is measured');

  const compiledLists = new Map(Object.entries(lists).map(([name, { values }]) => [name, new Set(values)]));
  const conditions = [...qualification.suppress, ...qualification.disqualify].map(({ when }: { when: Condition }) =>
    compileCondition(when, compiledLists),
  );
  const london = compileCalendar(calendars['london']);
  const leads = Array.from({ length: LEADS }, (_, number) => aLead(number));
  const bodies = leads.map((lead) => JSON.stringify(lead));
  const starts = leads.map((_, number) => MONDAY + number * 613_000);

  const judging = secondsOf(() => leads.filter((lead) => conditions.every(({ holds }) => !holds(lead, MONDAY))).length);
  const parsing = secondsOf(() => bodies.map((body) => JSON.parse(body) as Fields).length);
  const adding = secondsOf(() => starts.reduce((sum, at) => sum + addOpen(london, at, { amount: 30, unit: 'm' }), 0));
  const plain = secondsOf(() =>
    starts.reduce(
      (sum, at) => sum + DateTime.fromMillis(at, { zone: london.timezone }).plus({ minutes: 30 }).toMillis(),
      0,
    ),
  );
  return [
    { name: 'conditions per second', value: (LEADS * conditions.length) / judging, atMost: null },
    {
      name: `${conditions.length} conditions of a lead, in times of parsing it`,
      value: judging / parsing,
      atMost: null,
    },
    { name: 'due times per second', value: LEADS / adding, atMost: null },
    { name: 'a due time, in times of an addition with luxon', value: adding / plain, atMost: null },
  ];
}

/** Seconds of the fastest round: the others met something else that the machine had to do. */
function secondsOf(round: () => number): number {
  let fastest = Infinity;
  for (let count = 0; count < ROUNDS; count++) {
    const begun = performance.now();
    if (round() === 0) throw new Error('nothing was measured');
    fastest = Math.min(fastest, performance.now() - begun);
  }
  return fastest / 1000;
}

function aLead(number: number): Fields {
  return {
    Id: `00Q${String(number).padStart(12, '0')}AAA`,
    FirstName: 'Kari',
    LastName: 'Hansen',
    Company: `Fjordkraft ${number} AS`,
    Email: `kari@fjord-${number}.example`,
    'email.domain': `fjord-${number}.example`,
    'geo.country': 'NO',
    Title: 'Head of Operations',
    LeadSource: 'Demo Request',
    NumberOfEmployees: number,
    Do_Not_Route__c: false,
    Actively_Being_Sequenced__c: false,
    Status: 'Open - Not Contacted',
    SystemModstamp: '2026-11-23T09:00:00.000+0000',
  };
}
