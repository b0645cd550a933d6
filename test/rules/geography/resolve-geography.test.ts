import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import type { Fields } from '../../../src/domain/record.ts';
import { findCountry } from '../../../src/rules/geography/find-country.ts';
import type { Geography } from '../../../src/rules/geography/resolve-geography.ts';
import { resolveGeography } from '../../../src/rules/geography/resolve-geography.ts';
import { GeoSettings } from '../../../src/rules/geography/schema.ts';

function resolve(fields: Fields, settings: Partial<GeoSettings> = {}): Geography {
  return resolveGeography(fields, { ...GeoSettings.parse({}), ...settings });
}

describe('F14 a country', () => {
  test.each([
    ['alpha-2', 'NO', 'NO'],
    ['alpha-2 in small letters', 'de', 'DE'],
    ['alpha-3', 'DEU', 'DE'],
    ['the alpha-3 code AND is no small word', 'AND', 'AD'],
    ['an English name', 'Norway', 'NO'],
    ['an English name in capitals and blanks', '  UNITED   STATES ', 'US'],
    ['UK', 'UK', 'GB'],
    ['England', 'England', 'GB'],
    ['U.S.A.', 'U.S.A.', 'US'],
    ['USA', 'USA', 'US'],
    ['Holland', 'Holland', 'NL'],
    ['Viet Nam', 'Viet Nam', 'VN'],
    ['Vietnam', 'Vietnam', 'VN'],
    ['Korea, Republic of', 'Korea, Republic of', 'KR'],
    ['Korea Republic of', 'Korea Republic of', 'KR'],
    ['Republic of Korea', 'Republic of Korea', 'KR'],
    ['North Korea', "Korea, Democratic People's Republic of", 'KP'],
    ['an article', 'The Bahamas', 'BS'],
    ['an article behind', 'Bahamas, The', 'BS'],
    ['St. for Saint', 'St. Lucia', 'LC'],
    ['no accents', 'Cote dIvoire', 'CI'],
    ['a code in brackets', 'Germany (DE)', 'DE'],
    ['German for Germany', 'Deutschland', 'DE'],
    ['German for the Netherlands', 'Niederlande', 'NL'],
    ['French for Spain', 'Espagne', 'ES'],
    ['Portuguese for Brazil', 'Brasil', 'BR'],
    ['Japanese for Japan', '日本', 'JP'],
    ['Russian for Russia', 'Россия', 'RU'],
    ['Korean for Korea', '대한민국', 'KR'],
    ['its formal name', 'Kingdom of Norway', 'NO'],
    ['its formal name, another China', 'Republic of China', 'TW'],
    ['its formal name in French', 'République de Corée', 'KR'],
    ['its formal name in Spanish', 'Reino de Noruega', 'NO'],
    ['its formal name in Russian', 'Российская Федерация', 'RU'],
    ['its name in French with an article', 'la Norvège', 'NO'],
    ['its name in Arabic', 'المملكة العربية السعودية', 'SA'],
    ['its name in Chinese', '阿拉伯联合酋长国', 'AE'],
    ['a region of France, no Estonia in it', 'Grand Est', null],
    ['a country that is also a state', 'Georgia', 'GE'],
    ['a name that other languages give to two countries', 'Kongo', null],
    ['an invented one', 'Ruritania', null],
    ['signs only', '--', null],
  ])('by %s', (_how, text, expected) => {
    expect(resolve({ Country: text })).toMatchObject({
      country: expected,
      findings: expected === null ? ['geo_unresolved'] : [],
    });
  });

  test('CountryCode and StateCode win over the texts', () => {
    const fields = { CountryCode: 'CA', Country: 'Germany', StateCode: 'BC', State: 'Bavaria' };

    expect(resolve(fields)).toMatchObject({ country: 'CA', state: 'BC', findings: [] });
  });

  test('a blank code leaves the word to the text', () => {
    expect(resolve({ CountryCode: ' ', Country: 'Norway' })).toMatchObject({ country: 'NO' });
  });

  test('a missing country is no finding', () => {
    expect(resolve({})).toEqual({ country: null, state: null, postal: null, findings: [], hold: false });
  });

  const recorded = '../shared/data/country-codes/country-codes.csv';
  test.skipIf(!existsSync(recorded))('every name of the recorded country codes, in six languages, is found', () => {
    const [header = [], ...rows] = readFileSync(recorded, 'utf8')
      .trim()
      .split('\n')
      .map((line) => [...line.matchAll(/"((?:[^"]|"")*)"|([^,]+)|(?<=,|^)(?=,|$)/g)].map((m) => m[1] ?? m[2] ?? ''));
    const names = [...header.keys()].filter((column) => /^(?:CLDR|UNTERM|official_name)/.test(header[column] ?? ''));
    const alpha2 = header.indexOf('ISO3166-1-Alpha-2');

    const missed = rows.flatMap((row) =>
      names
        .map((column) => [row[alpha2], row[column]] as const)
        .filter(([code, name]) => code !== undefined && name && findCountry(name) !== code),
    );

    expect(rows.length).toBeGreaterThan(240);
    expect(missed).toEqual([]);
  });
});

describe('F15 a missing country', () => {
  test.each([
    ['QV16 is inferred from a name that one country has', 'California', 'US', 'CA'],
    ['is inferred from a code that one country has', 'NSW', 'AU', 'NSW'],
    ['is inferred from an English name of a foreign state', 'Bavaria', 'DE', 'BY'],
    ['is not inferred from the name of a country', 'Georgia', null, null],
    ['is not inferred from the code of a country', 'CA', null, null],
    ['is not inferred from a name that two countries have', 'Punjab', null, null],
    ['is not inferred from what is no state', 'Springfield', null, null],
  ])('%s', (_why, State, country, state) => {
    expect(resolve({ State })).toMatchObject({ country, state, findings: [] });
  });

  test('is not inferred where the settings say so', () => {
    expect(resolve({ State: 'California' }, { infer_country_from_state: false })).toMatchObject({ country: null });
  });

  test('is inferred only when it is missing, not when it is unknown', () => {
    expect(resolve({ Country: 'Ruritania', State: 'California' })).toMatchObject({
      country: null,
      state: null,
      findings: ['geo_unresolved'],
    });
  });
});

describe('F16 a state', () => {
  test.each([
    ['by name', 'Canada', 'British Columbia', 'CA', 'BC'],
    ['by code', 'US', 'ny', 'US', 'NY'],
    ['by code with its country', 'US', 'US-NY', 'US', 'NY'],
    ['with the word State', 'US', 'New York State', 'US', 'NY'],
    ['without accents', 'Canada', 'Quebec', 'CA', 'QC'],
    ['by its own name', 'Germany', 'Bayern', 'DE', 'BY'],
    ['by its English name', 'Germany', 'North Rhine-Westphalia', 'DE', 'NW'],
    ['by a name that is a country elsewhere', 'US', 'Georgia', 'US', 'GA'],
    ['on the second level', 'Italy', 'Milan', 'IT', 'MI'],
    ['that Salesforce ships and ISO has not', 'Mexico', 'CH', 'MX', 'CH'],
  ])('is known %s', (_how, Country, State, country, state) => {
    expect(resolve({ Country, State })).toMatchObject({ country, state, findings: [], hold: false });
  });

  test('that no country has is null, without a conflict', () => {
    expect(resolve({ Country: 'US', State: 'Springfield' })).toMatchObject({
      country: 'US',
      state: null,
      findings: [],
    });
  });

  test('that is the name of the country itself is null, without a conflict', () => {
    expect(resolve({ Country: 'Puerto Rico', State: 'PR' })).toMatchObject({
      country: 'PR',
      state: null,
      findings: [],
    });
    expect(resolve({ Country: 'Taiwan', State: 'Taiwan' })).toMatchObject({ country: 'TW', state: null, findings: [] });
  });

  test.each([
    ['country_wins', 'DE', null, false],
    ['state_wins', 'US', 'CA', false],
    ['hold', 'DE', null, true],
  ] as const)('of another country is a conflict: %s', (on_conflict, country, state, hold) => {
    const place = resolve({ Country: 'Germany', State: 'California' }, { on_conflict });

    expect(place).toMatchObject({ country, state, hold, findings: ['geo_conflict'] });
  });

  test('that several other countries have cannot win', () => {
    expect(resolve({ Country: 'Germany', State: 'Punjab' }, { on_conflict: 'state_wins' })).toMatchObject({
      country: 'DE',
      state: null,
      findings: ['geo_conflict'],
    });
  });
});

describe('F17 a postal code', () => {
  test.each<[string, string, string | number, string | null]>([
    ['loses its national prefix', 'DE', 'D-80331', '80331'],
    ['loses its national prefix without hyphen', 'DE', 'DE 80331', '80331'],
    ['loses the prefix of another country', 'AT', 'A-1010', '1010'],
    ['loses a Finnish prefix', 'FI', 'FIN-00100', '00100'],
    ['loses blanks and hyphens', 'PL', '00-950', '00950'],
    ['is in capitals', 'GB', 'e1 6an', 'E16AN'],
    ['keeps British letters', 'GB', 'G1 1AA', 'G11AA'],
    ['loses GB- before British letters', 'GB', 'GB-EC1A 1BB', 'EC1A1BB'],
    ['keeps letters that belong to it', 'JE', 'JE2 3AB', 'JE23AB'],
    ['of the US has five digits again', 'US', 1234, '01234'],
    ['of the US has five digits again, from three', 'US', '501', '00501'],
    ['ZIP+4 is cut', 'US', '10001-1234', '10001'],
    ['ZIP+4 in one piece is cut', 'US', '100011234', '10001'],
    ['ZIP+4 that lost its zero is cut', 'US', '12345678', '01234'],
    ['ZIP+4 that lost its zero but kept its hyphen', 'US', '1234-5678', '01234'],
    ['of Germany has five digits again', 'DE', 1067, '01067'],
    ['of other countries is not padded', 'CH', '800', '800'],
    ['without digits is none in the US', 'US', 'n/a', null],
    ['of nothing but a hyphen is none', 'FR', '-', null],
  ])('%s', (_what, CountryCode, PostalCode, expected) => {
    expect(resolve({ CountryCode, PostalCode }).postal).toBe(expected);
  });

  test('loses a prefix with a hyphen even where the country is not known', () => {
    expect(resolve({ PostalCode: 'D-80331' }).postal).toBe('80331');
  });
});
