import { expect, test } from 'vitest';

import { writeCsvLine } from '../../src/cli/write-csv.ts';

test.each([
  { name: 'a formula is a text to a spreadsheet', cell: '=HYPERLINK("x")', written: `"'=HYPERLINK(""x"")"` },
  { name: 'so is what begins with a plus', cell: '+47 555', written: "'+47 555" },
  { name: 'so is what begins with a minus', cell: '-1+1', written: "'-1+1" },
  { name: 'so is what begins with an at sign', cell: '@SUM(A1)', written: "'@SUM(A1)" },
  { name: 'so is what begins with a tab', cell: '\t=1', written: "'\t=1" },
  { name: 'so is what begins with a carriage return', cell: '\r=1', written: `"'\r=1"` },
  { name: 'a number stays one', cell: -5.5, written: '-5.5' },
  { name: 'a sign inside a text is harmless', cell: 'R&D = core', written: 'R&D = core' },
  { name: 'a comma is quoted', cell: 'Fjord, AS', written: '"Fjord, AS"' },
  { name: 'nothing is empty', cell: null, written: '' },
])('$name', ({ cell, written }) => {
  expect(writeCsvLine([cell, 'x'])).toBe(`${written},x`);
});
