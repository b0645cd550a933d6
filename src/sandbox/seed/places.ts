import type { Dice } from './dice.ts';

export type Region = 'americas' | 'emea' | 'apac' | 'elsewhere';

/** A place as people and forms write it. */
export type Place = {
  readonly region: Region;
  readonly country: string | null;
  readonly state: string | null;
  readonly city: string | null;
  readonly postalCode: string | null;
};

type Country = {
  readonly region: Region;
  /** Spellings that turn up in real data, the clean one first. */
  readonly names: readonly string[];
  /** State, city, postal code. */
  readonly towns: readonly (readonly [string | null, string, string | null])[];
  readonly weight: number;
};

/** A clean address, as sales operations keeps it on accounts. */
export function cleanPlace(dice: Dice): Place {
  const country = dice.weighted(COUNTRIES.map((one) => [one.weight, one] as const));
  return placeIn(country, dice, country.names[0]!);
}

/** An address as it comes from a form or a bought list: any spelling, now and then without country or postal code. */
export function roughPlace(dice: Dice): Place {
  if (dice.chance(0.06)) return { region: 'elsewhere', country: null, ...dice.pick(NOT_TOLD) };
  const country = dice.weighted(COUNTRIES.map((one) => [one.weight, one] as const));
  const place = placeIn(country, dice, dice.pick(country.names));
  return dice.chance(0.2) ? { ...place, postalCode: null } : place;
}

function placeIn(country: Country, dice: Dice, name: string): Place {
  const [state, city, postalCode] = dice.pick(country.towns);
  return { region: country.region, country: name, state, city, postalCode };
}

/** Without a country: some states tell it, `Georgia` does not. */
const NOT_TOLD = [
  { state: 'California', city: 'Fresno', postalCode: null },
  { state: 'Georgia', city: null, postalCode: null },
  { state: 'Ontario', city: 'Guelph', postalCode: null },
  { state: null, city: null, postalCode: null },
];

const COUNTRIES: readonly Country[] = [
  {
    region: 'americas',
    weight: 30,
    names: ['United States', 'USA', 'US', 'U.S.A.', 'United States of America', 'usa', 'America'],
    towns: [
      ['NY', 'New York', '10001'],
      ['New York', 'Brooklyn', '11201-3456'],
      ['CA', 'San Jose', '95113'],
      ['California', 'Los Angeles', '90012'],
      ['WA', 'Seattle', '98101'],
      ['TX', 'Austin', '78701'],
      ['MA', 'Boston', '02108'],
      ['Massachusetts', 'Worcester', '1608'],
      ['IL', 'Chicago', '60602'],
      ['Colorado', 'Denver', '80202'],
    ],
  },
  {
    region: 'americas',
    weight: 6,
    names: ['Canada', 'CA', 'CAN', 'canada'],
    towns: [
      ['ON', 'Toronto', 'M5H 2N2'],
      ['British Columbia', 'Vancouver', 'V6B 1A1'],
      ['QC', 'Montréal', 'H2Y 1C6'],
      ['Alberta', 'Calgary', 'T2P 2M5'],
    ],
  },
  {
    region: 'emea',
    weight: 14,
    names: ['United Kingdom', 'UK', 'GB', 'Great Britain', 'England', 'U.K.', 'Scotland'],
    towns: [
      [null, 'London', 'EC1A 1BB'],
      [null, 'London', 'e1 6an'],
      [null, 'London', 'SW1A1AA'],
      [null, 'London', 'W14 8UX'],
      ['Greater Manchester', 'Manchester', 'M1 1AE'],
      [null, 'Edinburgh', 'EH1 1YZ'],
    ],
  },
  {
    region: 'emea',
    weight: 14,
    names: ['Germany', 'Deutschland', 'DE', 'DEU', 'GERMANY', 'Allemagne'],
    towns: [
      ['Bayern', 'München', 'D-80331'],
      ['Bavaria', 'Nürnberg', '90402'],
      ['Baden-Württemberg', 'Stuttgart', '70173'],
      ['Sachsen', 'Dresden', '01067'],
      ['Berlin', 'Berlin', '10115'],
      ['Hamburg', 'Hamburg', '20095'],
    ],
  },
  {
    region: 'emea',
    weight: 4,
    names: ['Ireland', 'IE', 'Éire', 'Republic of Ireland'],
    towns: [[null, 'Dublin', 'D02 X285']],
  },
  {
    region: 'emea',
    weight: 5,
    names: ['Austria', 'Österreich', 'AT'],
    towns: [
      ['Wien', 'Wien', '1010'],
      ['Tirol', 'Innsbruck', '6020'],
    ],
  },
  {
    region: 'emea',
    weight: 4,
    names: ['Switzerland', 'Schweiz', 'Suisse', 'CH'],
    towns: [
      ['ZH', 'Zürich', '8001'],
      ['Genève', 'Genève', '1201'],
    ],
  },
  {
    region: 'emea',
    weight: 6,
    names: ['France', 'FR', 'FRA', 'france'],
    towns: [
      ['Île-de-France', 'Paris', '75008'],
      [null, 'Lyon', '69002'],
    ],
  },
  {
    region: 'emea',
    weight: 5,
    names: ['Norway', 'NO', 'Norge', 'norway'],
    towns: [
      ['Oslo', 'Oslo', '0150'],
      ['Vestland', 'Bergen', '5003'],
    ],
  },
  {
    region: 'emea',
    weight: 5,
    names: ['Sweden', 'Sverige', 'SE', 'SWE'],
    towns: [
      ['Stockholm', 'Stockholm', '111 20'],
      ['Skåne', 'Malmö', '211 22'],
    ],
  },
  { region: 'emea', weight: 3, names: ['Denmark', 'Danmark', 'DK'], towns: [[null, 'København', '1050']] },
  { region: 'emea', weight: 3, names: ['Finland', 'Suomi', 'FI'], towns: [[null, 'Helsinki', '00100']] },
  {
    region: 'emea',
    weight: 4,
    names: ['Netherlands', 'The Netherlands', 'NL', 'Holland'],
    towns: [[null, 'Utrecht', '3511 AA']],
  },
  { region: 'emea', weight: 4, names: ['Spain', 'España', 'ES'], towns: [['Cataluña', 'Barcelona', '08002']] },
  { region: 'emea', weight: 4, names: ['Italy', 'Italia', 'IT'], towns: [['Lombardia', 'Milano', '20121']] },
  { region: 'emea', weight: 3, names: ['Poland', 'Polska', 'PL'], towns: [['Mazowieckie', 'Warszawa', '00-001']] },
  { region: 'emea', weight: 2, names: ['Czechia', 'Czech Republic', 'Česko', 'CZ'], towns: [[null, 'Brno', '602 00']] },
  { region: 'emea', weight: 2, names: ['United Arab Emirates', 'UAE', 'AE'], towns: [[null, 'Dubai', null]] },
  { region: 'emea', weight: 2, names: ['South Africa', 'ZA', 'RSA'], towns: [['Gauteng', 'Johannesburg', '2000']] },
  {
    region: 'apac',
    weight: 6,
    names: ['Japan', '日本', 'JP', 'JPN'],
    towns: [
      ['東京都', '千代田区', '100-0001'],
      ['Osaka', 'Osaka', '530-0001'],
    ],
  },
  {
    region: 'apac',
    weight: 5,
    names: ['Australia', 'AU', 'AUS', 'australia'],
    towns: [
      ['NSW', 'Sydney', '2000'],
      ['Victoria', 'Melbourne', '3000'],
    ],
  },
  { region: 'apac', weight: 2, names: ['New Zealand', 'NZ', 'Aotearoa'], towns: [[null, 'Auckland', '1010']] },
  { region: 'apac', weight: 4, names: ['Singapore', 'SG', 'SGP'], towns: [[null, 'Singapore', '048616']] },
  { region: 'apac', weight: 2, names: ['Malaysia', 'MY'], towns: [['Selangor', 'Petaling Jaya', '46050']] },
  { region: 'apac', weight: 2, names: ['Viet Nam', 'Vietnam', 'Việt Nam', 'VN'], towns: [[null, 'Đà Nẵng', '550000']] },
  { region: 'apac', weight: 2, names: ['Thailand', 'ประเทศไทย', 'TH'], towns: [[null, 'กรุงเทพ', '10200']] },
  {
    region: 'apac',
    weight: 5,
    names: ['India', 'IN', 'Bharat', 'भारत'],
    towns: [
      ['Maharashtra', 'Pune', '411001'],
      ['KA', 'Bengaluru', '560001'],
    ],
  },
  {
    region: 'apac',
    weight: 4,
    names: ['Korea, Republic of', 'South Korea', 'Korea', 'KR', '대한민국'],
    towns: [['서울특별시', '종로구', '03154']],
  },
  { region: 'elsewhere', weight: 3, names: ['Brazil', 'Brasil', 'BR'], towns: [['SP', 'São Paulo', '01000-000']] },
  { region: 'elsewhere', weight: 2, names: ['Mexico', 'México', 'MX'], towns: [['Jalisco', 'Guadalajara', '44100']] },
  { region: 'elsewhere', weight: 1, names: ['Georgia', 'GE', 'საქართველო'], towns: [[null, 'Tbilisi', '0105']] },
  { region: 'elsewhere', weight: 1, names: ['Atlantis', 'N/A', 'Other', '-'], towns: [[null, 'Nowhere', null]] },
  { region: 'elsewhere', weight: 1, names: ['Iran', 'IR', 'Syria', 'SY'], towns: [[null, 'Tehran', null]] },
];
