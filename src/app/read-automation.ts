import type { Finding } from '../config/judge-rights.ts';
import type { Row } from '../domain/record.ts';
import { quoteList } from '../poll/soql.ts';
import type { Salesforce } from '../ports.ts';
import { readSetup } from './read-rights.ts';

/** One kind of automation: how it is asked for, and how one of it is told. */
type Automation = {
  readonly name: string;
  readonly soql: (objects: readonly string[]) => string;
  readonly tell: (row: Row) => string;
  readonly mend: string;
};

/** Where each lives in SOQL (API v66); validation rules are not to be had there. */
const AUTOMATIONS: readonly Automation[] = [
  {
    name: 'Apex triggers',
    soql: (objects) =>
      `SELECT Name, TableEnumOrId FROM ApexTrigger WHERE Status = 'Active' AND TableEnumOrId IN (${quoteList(objects)}) ORDER BY Name`,
    tell: (row) => `the Apex trigger ${String(row['Name'])} runs on ${String(row['TableEnumOrId'])}`,
    mend: 'see that it does not write the fields that rolecall writes',
  },
  {
    name: 'flows',
    soql: (objects) =>
      `SELECT ApiName, TriggerObjectOrEventLabel FROM FlowDefinitionView WHERE IsActive = true AND TriggerObjectOrEventLabel IN (${quoteList(objects)}) ORDER BY ApiName`,
    tell: (row) => `the flow ${String(row['ApiName'])} runs on ${String(row['TriggerObjectOrEventLabel'])}`,
    mend: 'see that it does not write the fields that rolecall writes',
  },
  {
    name: 'assignment rules',
    soql: () => "SELECT Name FROM AssignmentRule WHERE Active = true AND SobjectType = 'Lead'",
    tell: (row) => `the assignment rule ${String(row['Name'])} gives new leads to owners of its own`,
    mend: 'our own writes do not run it; see that it leaves new leads to an owner in routing.intake',
  },
  {
    name: 'duplicate rules',
    soql: (objects) =>
      `SELECT DeveloperName, SobjectType FROM DuplicateRule WHERE IsActive = true AND SobjectType IN (${quoteList(objects)}) ORDER BY DeveloperName`,
    tell: (row) => `the duplicate rule ${String(row['DeveloperName'])} looks at ${String(row['SobjectType'])}`,
    mend: 'an update that it refuses goes to the dead letters',
  },
];

/** The org's other automation on the objects that we write: it may write what we write, or refuse it. */
export async function readAutomation(
  objects: readonly string[],
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (objects.length === 0) return [];
  const findings: Finding[] = [];
  for (const { name, soql, tell, mend } of AUTOMATIONS) {
    const rows = await readSetup(soql(objects), salesforce, signal);
    if (rows === null) {
      const message = `whether ${name} run on what we write cannot be seen by the integration user`;
      findings.push({ kind: 'note', message, mend: 'look in Setup' });
    } else findings.push(...rows.map((row): Finding => ({ kind: 'note', message: tell(row), mend })));
  }
  return findings;
}
