import { describe, expect, test } from 'vitest';

import { ORG_YAML, errorsIn, problemsOf } from './folder.ts';

describe('dialect', () => {
  test.each([
    [
      'F1: a section in two files',
      { 'a.yaml': ORG_YAML, 'b.yaml': 'log: {}', 'c.yaml': '\nlog: {}' },
      ['c.yaml:2:1 error E_DUP_KEY "log" stands in two files, first at b.yaml:1:1'],
    ],
    [
      'F2: a file that is not UTF-8',
      { 'a.yaml': ORG_YAML, 'b.yaml': Uint8Array.of(0x61, 0xff) },
      ['b.yaml:1:1 error E_FILE the file is not text in UTF-8'],
    ],
    [
      'nothing at all',
      { 'a.yaml': '' },
      [
        'a.yaml:1:1 error E_MISSING_KEY "extract" is missing under the configuration',
        'a.yaml:1:1 error E_MISSING_KEY "org" is missing under the configuration',
      ],
    ],
  ])('%s', (_, files: Readonly<Record<string, string | Uint8Array>>, problems) => {
    expect(problemsOf(files)).toEqual(problems);
  });

  test.each([
    [
      'F1: a key twice in one mapping',
      'log:\n  decisions: a\n  decisions: b',
      ['3:3 error E_DUP_KEY "decisions" stands twice in one mapping'],
    ],
    [
      'F2: a merge key',
      'write:\n  blast_radius:\n    tasks_created: { <<: {}, max: 1, per: 1h }',
      ['3:22 error E_MERGE_KEY merge keys'],
    ],
    ['F2: a custom tag', 'lists: { a: !env HOME }', ['1:18 error E_CUSTOM_TAG the tag "!env" is not allowed']],
    ['F2: two documents', 'log: {}\n---\nlists: {}', ['2:1 error E_MULTI_DOC more than one document']],
    ['F2: YAML 1.1, where NO is false', '%YAML 1.1\n---\nlog: {}', ['1:1 error E_YAML YAML 1.1 is not understood']],
    ['F2: an alias without an anchor', 'lists: { a: *b }', ['1:13 error E_ALIAS "*b" has no anchor']],
    ['F2: an alias inside itself', 'lists: { a: &a [*a] }', ['1:17 error E_ALIAS "*a" contains itself']],
    ['broken YAML', 'log: { decisions: a', ['1:20 error E_YAML ']],
    ['a list of sections', '- log: {}', ['1:1 error E_VALUE a configuration file is a mapping']],
    [
      'F3: an unquoted country',
      'routing:\n  fallback: [{ queue: Q }]\n  territories: [{ id: a, match: { country: [DE, 49] } }]',
      ['3:49 error E_CODE_NOT_STRING 49 is not a string, put quotes around it'],
    ],
    [
      'F3: a state that is not there',
      'routing:\n  fallback: [{ queue: Q }]\n  territories: [{ id: a, match: { state: [~] } }]',
      ['3:43 error E_CODE_NOT_STRING ~ is not a string'],
    ],
    [
      'XE10: an unquoted postal code',
      "routing:\n  fallback: [{ queue: Q }]\n  territories: [{ id: a, match: { postal: { range: [[01067, '09999']] } } }]",
      ['3:54 error E_POSTAL_NOT_STRING 01067 is not a string, put quotes around it'],
    ],
    [
      'F4: an unknown section',
      'contact_rolls: {}',
      ['1:1 error E_UNKNOWN_KEY unknown key "contact_rolls", did you mean "contact_roles"?'],
    ],
    [
      'F4: an unknown key',
      'write:\n  gaurd: [OwnerId]',
      ['2:3 error E_UNKNOWN_KEY unknown key "gaurd", did you mean "guard"?'],
    ],
    [
      'F4: an unknown key that resembles none',
      'api_budget: { zebra: 1 }',
      ['1:15 error E_UNKNOWN_KEY unknown key "zebra"; known: keep_free, daily_calls'],
    ],
    [
      'F4: an unknown operator',
      'qualification: { scope: { Status: { startswith: A } } }',
      [
        '1:37 error E_UNKNOWN_KEY qualification.scope.Status.startswith: unknown operator "startswith", did you mean "starts_with"?',
      ],
    ],
  ])('%s', (_, rules, problems) => {
    const found = errorsIn(rules).filter((line) => line.startsWith('rules.yaml:'));

    expect(found).toEqual(problems.map((problem) => expect.stringContaining(`rules.yaml:${problem}`)));
  });
});
