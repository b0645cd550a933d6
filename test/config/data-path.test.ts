import { expect, test } from 'vitest';

import { dataPath } from '../../src/config/data-path.ts';

test.each([
  ['the data folder is DATA_DIR', 'data/decisions.ndjson', '/var/lib/rolecall/decisions.ndjson'],
  ['also when it is written with a dot', './data/reports/', '/var/lib/rolecall/reports'],
  ['another folder stays', 'reports/weekly', 'reports/weekly'],
  ['a name that only starts alike stays', 'database/x', 'database/x'],
  ['an absolute path stays', '/tmp/decisions.ndjson', '/tmp/decisions.ndjson'],
])('%s', (_, file, resolved) => {
  expect(dataPath(file, '/var/lib/rolecall')).toBe(resolved);
});
