import { describe, expect, test } from 'vitest';

import { deriveFields } from '../../../src/rules/conditions/derive-fields.ts';
import { companyName } from '../../../src/rules/text/company-name.ts';

const freeEmailDomains = new Set(['gmail.com', 'web.de']);

describe('F13 the domain of an e-mail address', () => {
  test.each<[string, string | null, string | null, boolean | null]>([
    ['a company mailbox', 'kari@fjord.example', 'fjord.example', false],
    ['QV2 a free mailbox in capitals', 'a.b@Gmail.com', 'gmail.com', true],
    ['QE4 a sub-domain of a free one is not free', 'a@mail.gmail.com', 'mail.gmail.com', false],
    ['QE3 a name with the address in brackets', 'Bob <bob@x.example>', null, null],
    ['QE3 no @', 'bob.x.example', null, null],
    ['the last @ counts', '"a@b"@c.example', 'c.example', false],
    ['blanks around', ' bob@x.example ', 'x.example', false],
    ['no local part', '@x.example', null, null],
    ['no domain', 'bob@', null, null],
    ['no address', null, null, null],
  ])('%s', (_what, email, domain, isFree) => {
    const derived = deriveFields({ Email: email }, { freeEmailDomains });

    expect(derived['email.domain']).toBe(domain);
    expect(derived['email.is_free']).toBe(isFree);
  });
});

describe('F13 the domain of a web address', () => {
  test.each([
    ['https://www.Acme.example:8080/about?x#y', 'acme.example'],
    ['acme.example', 'acme.example'],
    ['www.eu.acme.example/', 'eu.acme.example'],
    ['http://user:secret@acme.example', 'acme.example'],
    ['acme.example.', 'acme.example'],
    ['münchen.example', 'münchen.example'],
    ['n/a', null],
    ['http://', null],
  ])('%s is %s', (website, domain) => {
    expect(deriveFields({ Website: website }, { freeEmailDomains })['web.domain']).toBe(domain);
  });
});

describe('F13 a company under different spellings', () => {
  test.each([
    ['Fjord AS', 'Fjord A/S'],
    ['Acme Co., Ltd.', 'ACME'],
    ['The Acme Company', 'acme'],
    ['Müller & Söhne GmbH & Co. KG', 'Muller and Sohne'],
    ['L’Oréal S.A.', "L'Oreal"],
    ['Acme S.p.A.', 'Acme SpA'],
  ])('%s is %s', (left, right) => {
    expect(companyName(left)).toBe(companyName(right));
  });

  test('other companies stay others', () => {
    expect(companyName('Acme Germany GmbH')).not.toBe(companyName('Acme GmbH'));
    expect(companyName('ガス')).not.toBe(companyName('カス'));
  });

  test('nothing but signs is no company, nothing but a legal form is one', () => {
    expect(companyName('***')).toBeNull();
    expect(companyName('Limited')).toBe('limited');
  });
});

test('the place and the segment come from their own rules; what they do not know stays out', () => {
  const fields = { Country: 'Norway', 'sla.touches': 3 };

  expect(deriveFields(fields, { freeEmailDomains })).toEqual({
    Country: 'Norway',
    'response.source': null,
    'sla.touches': 3,
    'email.domain': null,
    'email.is_free': null,
    'web.domain': null,
    'company.norm': null,
  });
  expect(
    deriveFields(fields, { freeEmailDomains, segment: null, geo: { country: 'NO', state: null, postal: '0150' } }),
  ).toMatchObject({ 'geo.country': 'NO', 'geo.state': null, 'geo.postal': '0150', segment: null });
});
