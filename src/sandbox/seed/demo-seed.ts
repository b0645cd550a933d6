import type { SeedRecord } from '../base-data.ts';
import { enterSetup } from './company-setup.ts';
import { enterCompanies } from './companies.ts';
import { enterDeals } from './deals.ts';
import { makeDice } from './dice.ts';
import { enterActivities, enterCampaigns } from './engagement.ts';
import { enterLeads } from './leads.ts';
import { makeMoments } from './moments.ts';
import { makeSeedBook } from './seed-book.ts';
import { enterStaff } from './staff.ts';

/** How many records the company has. */
export type SeedSize = { readonly accounts: number; readonly opportunities: number; readonly leads: number };

/**
 * The demo company: the users and queues of the example configuration, and two months of a B2B sales force that is
 * neither tidy nor hopeless. The same for the same `now`, `seed` and `size`; every stamp lies between 50 days and an hour
 * before `now` (ms), in whole seconds. Parents come before what refers to them.
 */
export function demoSeed(now: number, seed = 1, size: SeedSize = DEMO_SIZE): readonly SeedRecord[] {
  const book = makeSeedBook(now);
  const dice = makeDice(seed);
  const moments = makeMoments(dice, book.now);
  const setup = enterSetup(book);
  const staff = enterStaff(book);
  const companies = enterCompanies(book, dice, moments, staff, size.accounts);
  const deals = enterDeals(book, dice, moments, setup, companies, size.opportunities);
  const leads = enterLeads({ book, dice, moments, setup, staff }, companies, deals, size.leads);
  enterActivities(book, dice, moments, deals, leads);
  enterCampaigns(book, dice, moments, staff, companies, leads);
  return book.records;
}

const DEMO_SIZE: SeedSize = { accounts: 120, opportunities: 250, leads: 400 };
