import { type SeedBook } from './seed-book.ts';

/** Ids of the company's users by the part of the username before the `@`. */
export type Staff = Readonly<Record<string, string>>;

type Person = {
  readonly login: string;
  readonly first: string;
  readonly last: string;
  readonly title: string;
  readonly zone: Zone;
  /** Login of the manager; null at the top, and where nobody was entered. */
  readonly manager: string | null;
  readonly isActive?: boolean;
};

type Zone = 'London' | 'Berlin' | 'New York' | 'Los Angeles' | 'Singapore' | 'Tokyo' | 'UTC';

/** Enters profiles and users: managers first, so that every manager's id is known. */
export function enterStaff(book: SeedBook): Staff {
  const day = book.ago(50);
  const profile = book.enter('Profile', { Name: 'Sales User', UserType: 'Standard' }, day);
  const apiOnly = book.enter('Profile', { Name: 'Minimum Access - API Only Integrations', UserType: 'Standard' }, day);
  const staff: Record<string, string> = {};
  for (const person of PEOPLE) {
    const isIntegration = person.title === 'Integration';
    staff[person.login] = book.enter('User', userFields(person, isIntegration ? apiOnly : profile, staff), day);
  }
  return staff;
}

/** The logins of the people who carry a quota, by the region of their pools. */
export const REPS = {
  americas: ['ann', 'bob', 'cy', 'dee', 'eli', 'fay', 'gus', 'hal', 'ivy', 'jon'],
  emea: ['kim', 'lee', 'max', 'nia', 'otto', 'pia', 'ron'],
  apac: ['sue', 'taro', 'umi', 'val', 'wes'],
} as const;

export const DOMAIN = 'northwind.example';

function userFields(person: Person, profileId: string, staff: Staff): Record<string, string | boolean | null> {
  const username = `${person.login}@${DOMAIN}`;
  const [zone, locale] = ZONES[person.zone];
  return {
    Username: username,
    Email: username,
    FirstName: person.first,
    LastName: person.last,
    Name: `${person.first} ${person.last}`,
    Alias: person.login.replace(/[^a-z]/g, '').slice(0, 8),
    CommunityNickname: person.login,
    Title: person.title,
    CompanyName: 'Northwind Instruments',
    IsActive: person.isActive ?? true,
    TimeZoneSidKey: zone,
    LocaleSidKey: locale,
    EmailEncodingKey: 'UTF-8',
    LanguageLocaleKey: 'en_US',
    UserType: 'Standard',
    ProfileId: profileId,
    ManagerId: person.manager === null ? null : (staff[person.manager] ?? null),
  };
}

const ZONES: Readonly<Record<Zone, readonly [string, string]>> = {
  London: ['Europe/London', 'en_GB'],
  Berlin: ['Europe/Berlin', 'de_DE'],
  'New York': ['America/New_York', 'en_US'],
  'Los Angeles': ['America/Los_Angeles', 'en_US'],
  Singapore: ['Asia/Singapore', 'en_SG'],
  Tokyo: ['Asia/Tokyo', 'ja_JP'],
  UTC: ['UTC', 'en_US'],
};

function rep(login: string, first: string, last: string, zone: Zone, manager: string): Person {
  return { login, first, last, title: 'Account Executive', zone, manager };
}

const PEOPLE: readonly Person[] = [
  { login: 'greta.lund', first: 'Greta', last: 'Lund', title: 'Chief Revenue Officer', zone: 'London', manager: null },
  { login: 'revops', first: 'Rhea', last: 'Ops', title: 'Revenue Operations', zone: 'London', manager: 'greta.lund' },
  {
    login: 'dana.cole',
    first: 'Dana',
    last: 'Cole',
    title: 'VP Sales Americas',
    zone: 'New York',
    manager: 'greta.lund',
  },
  { login: 'tom.brandt', first: 'Tom', last: 'Brandt', title: 'VP Sales EMEA', zone: 'London', manager: 'greta.lund' },
  { login: 'mei.tan', first: 'Mei', last: 'Tan', title: 'VP Sales APAC', zone: 'Singapore', manager: 'greta.lund' },
  rep('ann', 'Ann', 'Archer', 'New York', 'dana.cole'),
  rep('bob', 'Bob', 'Belmont', 'New York', 'dana.cole'),
  rep('cy', 'Cy', 'Calder', 'New York', 'dana.cole'),
  rep('dee', 'Dee', 'Delacroix', 'Los Angeles', 'dana.cole'),
  rep('eli', 'Eli', 'Eastman', 'Los Angeles', 'dana.cole'),
  rep('fay', 'Fay', 'Fletcher', 'New York', 'dana.cole'),
  rep('gus', 'Gus', 'Granger', 'New York', 'dana.cole'),
  rep('hal', 'Hal', 'Hollis', 'New York', 'dana.cole'),
  rep('ivy', 'Ivy', 'Irving', 'New York', 'dana.cole'),
  rep('jon', 'Jon', 'Jasper', 'New York', 'dana.cole'),
  rep('kim', 'Kim', 'Kestrel', 'London', 'tom.brandt'),
  rep('lee', 'Lee', 'Larkin', 'London', 'tom.brandt'),
  rep('max', 'Max', 'Mercer', 'London', 'tom.brandt'),
  rep('nia', 'Nia', 'Norwood', 'London', 'tom.brandt'),
  rep('otto', 'Otto', 'Ostermann', 'Berlin', 'tom.brandt'),
  rep('pia', 'Pia', 'Paulsen', 'Berlin', 'tom.brandt'),
  rep('ron', 'Ron', 'Rask', 'Berlin', 'tom.brandt'),
  rep('sue', 'Sue', 'Sterling', 'Singapore', 'mei.tan'),
  rep('taro', 'Taro', 'Tachibana', 'Tokyo', 'mei.tan'),
  rep('umi', 'Umi', 'Ueno', 'Tokyo', 'mei.tan'),
  rep('val', 'Val', 'Vantongeren', 'Singapore', 'mei.tan'),
  rep('wes', 'Wes', 'Wijaya', 'Singapore', 'mei.tan'),
  rep('xen', 'Xen', 'Xanthos', 'UTC', 'revops'),
  rep('yas', 'Yas', 'Yildiz', 'UTC', 'revops'),
  // Nobody has entered Pat's manager.
  { login: 'pat.lowe', first: 'Pat', last: 'Lowe', title: 'Public Sector Lead', zone: 'New York', manager: null },
  { login: 'svc-rolecall', first: 'Rolecall', last: 'Service', title: 'Integration', zone: 'UTC', manager: null },
  { login: 'marketo', first: 'Marketo', last: 'Sync', title: 'Integration', zone: 'UTC', manager: null },
  { ...rep('quinn', 'Quinn', 'Quarles', 'New York', 'dana.cole'), isActive: false },
  { ...rep('zoe', 'Zoe', 'Zeller', 'Berlin', 'tom.brandt'), isActive: false },
  { ...rep('uma.old', 'Uma', 'Underhill', 'Singapore', 'mei.tan'), isActive: false },
];
