import { loadConfig } from '../../../src/config/load.ts';
import type { Calendar } from '../../../src/rules/calendars/calendar.ts';
import { compileSla } from '../../../src/rules/sla/compile-sla.ts';
import type { SlaTerms } from '../../../src/rules/sla/compile-sla.ts';
import { Sla } from '../../../src/rules/sla/schema.ts';

const { config } = loadConfig('config');
const section = config?.sla ?? null;
if (section === null) throw new Error('the configuration of this repository has a section sla');

/** The touches and policies of this repository's configuration, which are those of the worked vectors. */
export const exampleSla: Sla = section;

/** One policy on its own, with the touches that a section has when it says nothing about them. */
export function compilePolicy(
  policy: Readonly<Record<string, unknown>>,
  calendars: ReadonlyMap<string, Calendar> = new Map(),
): SlaTerms {
  const source = Sla.parse({ touch: { counts: {} }, policies: [{ id: 'only', when: {}, ...policy }] });
  const [terms] = compileSla(source, new Map(), calendars).policies;
  if (terms === undefined) throw new Error('there is one policy');
  return terms;
}
