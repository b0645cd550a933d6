import { describe, expect, test } from 'vitest';

import { loadConfig } from '../../src/config/load.ts';
import { aFolder, ORG_YAML, problemsOf } from './folder.ts';

describe('lists in files', () => {
  const source = 'lists: { vips: { file: lists/vips.csv, columns: [domain, owner] } }';

  test('may have their columns in another order, with a heading', () => {
    const csv = '\uFEFFOwner,Domain,Note\r\n"Ann, A.",acme.example,"says ""hi"""\r\n\r\n';
    const { config } = loadConfig(aFolder({ 'a.yaml': ORG_YAML, 'b.yaml': source, 'lists/vips.csv': csv }));

    expect(config?.lists['vips']).toEqual({
      values: ['acme.example'],
      rows: [{ domain: 'acme.example', owner: 'Ann, A.' }],
      isPresent: true,
    });
  });

  test('need no heading', () => {
    const { config } = loadConfig(
      aFolder({ 'a.yaml': ORG_YAML, 'b.yaml': source, 'lists/vips.csv': 'acme.example\n' }),
    );

    expect(config?.lists['vips']?.rows).toEqual([{ domain: 'acme.example', owner: '' }]);
  });

  test('may be delivered later', () => {
    const { config, problems } = loadConfig(aFolder({ 'a.yaml': ORG_YAML, 'b.yaml': source }));

    expect(problems).toEqual([]);
    expect(config?.lists['vips']).toEqual({ values: [], rows: [], isPresent: false });
  });

  test.each([
    [
      'a column that the heading lacks',
      'domain,ower\nacme.example,ann\n',
      'b.yaml:1:58 error E_LIST_COLUMN the file has no column "owner", did you mean "ower"?',
    ],
    [
      'a quote that is never closed',
      'domain,owner\n"acme,x\n',
      'lists/vips.csv:2:1 error E_LIST_FILE a quote is never closed',
    ],
    ['too many values', 'acme.example,ann,x\n', 'lists/vips.csv:1:1 error E_LIST_FILE 3 values in a line of 2 columns'],
  ])('%s', (_, csv, problem) => {
    const problems = problemsOf({ 'a.yaml': ORG_YAML, 'b.yaml': source, 'lists/vips.csv': csv });

    expect(problems[0]).toContain(problem);
  });
});
