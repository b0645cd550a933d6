import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { startSandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { tinySeed } from '../../src/sandbox/seed/tiny-seed.ts';
import { reach, runHere } from '../support/desk.ts';
import { freshRedis } from '../support/redis.ts';
import { EXAMPLE } from '../support/world.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');

type Told = { readonly kind: string; readonly message: string; readonly mend: string | null };

/** A well-kept org and a patient: `doctor` on it. */
async function openPractice() {
  const sandbox = await startSandboxOrg({ records: tinySeed(NOW) });
  sandbox.clock.set(NOW);
  const fresh = await freshRedis();
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-'));
  cpSync(EXAMPLE, folder, { recursive: true });
  const env = { ...reach({ sandbox, fresh }), CONFIG_DIR: folder };
  return {
    org: sandbox.org,
    sandbox,
    folder,
    async run(...options: readonly string[]) {
      const { code, out, err } = await runHere(['doctor', ...options], env);
      return { code, lines: [...err, ...out] };
    },
    async findings(): Promise<readonly Told[]> {
      const { lines } = await this.run('--json');
      return (JSON.parse(lines.join('')) as { readonly findings: readonly Told[] }).findings;
    },
    /** Changes what the permission set grants on an object. */
    grant(object: string, rights: Readonly<Record<string, boolean>>) {
      const [row] = sandbox.org.all('ObjectPermissions', ({ SobjectType }) => SobjectType === object);
      if (row === undefined) {
        const [known] = sandbox.org.all('ObjectPermissions');
        sandbox.org.load([{ object: 'ObjectPermissions', fields: { ParentId: String(known?.['ParentId']), SobjectType: object, ...rights } }]); // oxfmt-ignore
      } else sandbox.org.admin.update(String(row['Id']), rights);
    },
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await fresh[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

function of(kind: string, findings: readonly Told[]): readonly string[] {
  return findings.filter((finding) => finding.kind === kind).map(({ message }) => message);
}

describe('rolecall doctor', () => {
  test('finds nothing missing and nothing needless where the integration user has what the example needs', async () => {
    await using practice = await openPractice();

    const { code, lines } = await practice.run();

    expect([code, lines.at(-1)]).toEqual([0, 'Nothing is missing.']);
    expect(lines[0]).toMatch(/^signed in as 005\w{15}, \d+ of \d+ API calls used$/);
    const findings = await practice.findings();
    expect([of('missing', findings), of('needless', findings)]).toEqual([[], []]);
  });

  test('names each right that is missing and each that is not needed', async () => {
    await using practice = await openPractice();
    practice.grant('Opportunity', { PermissionsViewAllRecords: false, PermissionsDelete: true });
    practice.grant('Case', { PermissionsRead: true });
    const [field] = practice.org.all('FieldPermissions');
    for (const name of ['Lead.Phone', 'Lead.Email', 'Opportunity.Amount', 'Lead.Salary__c', 'Lead.Fax']) {
      const [SobjectType] = name.split('.');
      practice.org.load([{ object: 'FieldPermissions', fields: { ParentId: String(field!['ParentId']), SobjectType: SobjectType!, Field: name, PermissionsRead: true, PermissionsEdit: true } }]); // oxfmt-ignore
    }
    const [access] = practice.org.all('UserPermissionAccess');
    practice.org.admin.update(String(access!['Id']), {
      PermissionsTransferAnyLead: false,
      PermissionsAuthorApex: true,
    });

    const findings = await practice.findings();
    const { code } = await practice.run();

    expect(of('missing', findings)).toEqual([
      'view all on Opportunity: without it sharing hides records, and no answer says so',
      'Transfer Leads: routing gives leads to other owners',
    ]);
    expect(of('needless', findings)).toEqual([
      'read on Case',
      'delete on Opportunity',
      'read on fields of Lead: Fax, Salary__c',
      'edit on fields of Lead: Email, Phone',
      'edit on fields of Opportunity: Amount',
      'Author Apex',
    ]);
    expect(findings.filter(({ kind }) => kind === 'missing' || kind === 'needless').every(({ mend }) => mend !== null)).toBe(true); // oxfmt-ignore
    expect(code).toBe(4);
  });

  test('tells what the configuration names and the org has not, with its place', async () => {
    await using practice = await openPractice();
    practice.org.hideField('Opportunity', 'Contact_Role_Status__c');

    const { code, lines } = await practice.run();

    expect(code).toBe(4);
    expect(lines.join('\n')).toMatch(
      /enforcement\.yaml:\d+:\d+ error E_FIELD_UNKNOWN Opportunity has no field "Contact_Role_Status__c"/,
    );
  });

  test('lists the automation that may write what we write', async () => {
    await using practice = await openPractice();
    practice.org.load([
      { object: 'ApexTrigger', fields: { Name: 'LeadRouter', TableEnumOrId: 'Lead', Status: 'Active' } },
      { object: 'ApexTrigger', fields: { Name: 'Retired', TableEnumOrId: 'Lead', Status: 'Inactive' } },
      { object: 'FlowDefinitionView', fields: { ApiName: 'Stage_Guard', TriggerObjectOrEventLabel: 'Opportunity', IsActive: true } },
      { object: 'AssignmentRule', fields: { Name: 'Standard', SobjectType: 'Lead', Active: true } },
      { object: 'DuplicateRule', fields: { DeveloperName: 'Same_Email', SobjectType: 'Lead', IsActive: true } },
    ]); // oxfmt-ignore

    expect(of('note', await practice.findings())).toEqual([
      'the Apex trigger LeadRouter runs on Lead',
      'the flow Stage_Guard runs on Opportunity',
      'the assignment rule Standard gives new leads to owners of its own',
      'the duplicate rule Same_Email looks at Lead',
    ]);
  });

  test('warns of people on open deals whom the integration user may not see (CE5)', async () => {
    await using practice = await openPractice();
    const [role] = practice.org.all('OpportunityContactRole');
    practice.org.setup.unshared.add(String(role!['ContactId']));

    const warnings = of('warning', await practice.findings());

    expect(warnings.find((message) => message.includes('contact roles'))).toMatch(
      /^\d+ contact roles on open opportunities lead to contacts that the integration user may not see/,
    );
  });

  test('wants no right to write from a configuration that only observes', async () => {
    await using practice = await openPractice();
    for (const name of ['routing.yaml', 'enforcement.yaml']) {
      const file = path.join(practice.folder, name);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('mode: enforce', 'mode: observe'));
    }

    expect(of('needless', await practice.findings())).toEqual(['edit on Lead', 'edit on Opportunity']);
  });

  test('shows the problems of the files first, and does not ask the org about them', async () => {
    await using practice = await openPractice();
    writeFileSync(path.join(practice.folder, 'org.yaml'), 'org: { timezone: Nowhere }\n');
    const before = practice.sandbox.log.entries.length;

    const { code } = await practice.run();

    expect([code, practice.sandbox.log.entries.length]).toEqual([2, before]);
  });
});
