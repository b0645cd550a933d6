import jsforce from 'jsforce';
import { expect, test } from 'vitest';

import { assertionFor, withOrg } from './sandbox-client.ts';

test('jsforce signs in, pages through a query and updates a collection', async () => {
  await withOrg({ pageSize: 3 }, async (sandbox) => {
    sandbox.org.load(
      Array.from({ length: 10 }, (_, at) => ({ object: 'Lead', fields: { LastName: `Lead ${at}`, Company: 'Acme' } })),
    );
    const connection = new jsforce.Connection({ loginUrl: sandbox.url, version: '66.0' });

    const { id } = await connection.authorize({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertionFor(sandbox),
    });
    const found = await connection.query('SELECT Id FROM Lead', { autoFetch: true, maxFetch: 100 });
    const records = found.records.map(({ Id }) => ({ Id: String(Id), Title: 'Countess' }));
    const saved = await connection.sobject('Lead').update(records, { allOrNone: false });
    const described = await connection.describe('OpportunityContactRole');

    expect(id).toBe(sandbox.userId);
    expect(found.records).toHaveLength(10);
    expect(saved.every(({ success }) => success)).toBe(true);
    expect(sandbox.org.all('Lead', ({ Title }) => Title === 'Countess')).toHaveLength(10);
    expect(described.fields.map(({ name }) => name)).toContain('IsPrimary');
    expect(connection.limitInfo.apiUsage?.limit).toBe(15_000);
  });
});
