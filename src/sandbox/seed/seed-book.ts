import type { SeedRecord } from '../base-data.ts';
import { writeDay, writeStamp } from '../org-clock.ts';
import { toLongId } from '../record-ids.ts';
import type { StoredRecord } from '../types.ts';

/** Where a seed writes its records down. */
export type SeedBook = {
  /** Enters a record with its stamps, and answers its id. `created` and `changed` are ms; `changed` defaults to `created`. */
  readonly enter: (object: string, fields: StoredRecord, created: number, changed?: number) => string;
  readonly records: readonly SeedRecord[];
  /** The moment that the seed is made for, ms, in whole seconds. */
  readonly now: number;
  /** The moment some days before, ms. */
  readonly ago: (days: number) => number;
};

/** The ids of the org's first objects are its own, so those of a seed carry `Rc` behind the prefix. */
export function makeSeedBook(at: number): SeedBook {
  const now = at - (at % 1000);
  const records: SeedRecord[] = [];
  const counts = new Map<string, number>();
  return {
    records,
    now,
    ago: (days) => now - days * DAY,
    enter: (object, fields, created, changed = created) => {
      const prefix = KEY_PREFIXES[object];
      if (prefix === undefined) throw new Error(`the seed knows no key prefix of '${object}'`);
      const count = counts.get(prefix) ?? 0;
      counts.set(prefix, count + 1);
      const id = seedId(prefix, count);
      const stamps = stampsOf(object, writeStamp(created), writeStamp(changed));
      records.push({ object, fields: { Id: id, ...stamps, ...fields } });
      return id;
    },
  };
}

/** Trails and memberships are never changed, and have fewer stamps. */
function stampsOf(object: string, created: string, changed: string): StoredRecord {
  if (object === 'QueueSobject') return { SystemModstamp: changed };
  if (object === 'OpportunityHistory') return { CreatedDate: created, SystemModstamp: changed };
  return { CreatedDate: created, LastModifiedDate: changed, SystemModstamp: changed };
}

/** The id of the nth record of a prefix: apart from all others, and in no order of time. */
export function seedId(prefix: string, count: number): string {
  const scattered = (count * STEP + OFFSET) % SPACE;
  return toLongId(`${prefix}Rc0${base62(scattered).padStart(9, '0')}`);
}

/** The date of a moment, in UTC. */
export function dateOf(at: number): string {
  return writeDay(at);
}

function base62(count: number): string {
  const digit = ALPHABET.charAt(count % ALPHABET.length);
  return count < ALPHABET.length ? digit : base62(Math.floor(count / ALPHABET.length)) + digit;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A step without common factor with the prime space visits every place once, far from the one before. */
const SPACE = 9_999_991;
const STEP = 3_811_327;
const OFFSET = 1_234_577;

const KEY_PREFIXES: Readonly<Record<string, string>> = {
  User: '005',
  Profile: '00e',
  Group: '00G',
  GroupMember: '011',
  QueueSobject: '03g',
  RecordType: '012',
  OpportunityStage: '01J',
  LeadStatus: '01Q',
  TaskStatus: '01T',
  TaskPriority: '01U',
  Account: '001',
  Contact: '003',
  Opportunity: '006',
  OpportunityHistory: '008',
  OpportunityContactRole: '00K',
  Lead: '00Q',
  Task: '00T',
  Event: '00U',
  Campaign: '701',
  CampaignMember: '00v',
  CampaignMemberStatus: '01Y',
};
