import path from 'node:path';

import { foldedLists } from '../../../../src/config/lists.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import { compileCalendar } from '../../../../src/rules/calendars/calendar.ts';
import { compileQualification } from '../../../../src/rules/qualification/compile-qualification.ts';
import { compileRouting } from '../../../../src/rules/routing/compile-routing.ts';

const folder = path.join(import.meta.dirname, '../../../../config');
const { config, problems } = loadConfig(folder);
if (config?.routing === null || config?.qualification === null || config === null) {
  throw new Error(`the example configuration does not load: ${JSON.stringify(problems)}`);
}

export const exampleLists = foldedLists(config.lists);

export const exampleCalendars = new Map(
  Object.entries(config.calendars).map(([name, source]) => [name, compileCalendar(source)]),
);

/** The section `routing` of the example configuration. */
export const exampleRouting = compileRouting(config.routing, {
  lists: exampleLists,
  rows: new Map(Object.entries(config.lists).map(([name, { rows }]) => [name, rows])),
  calendars: exampleCalendars,
  defaultCalendar: config.org.default_calendar,
  geo: config.qualification.geo,
});

/** The section `qualification` of the example configuration, as the YAML has it. */
export const exampleQualificationSource = config.qualification;

export const exampleQualification = compileQualification(config.qualification, exampleLists, exampleRouting.segments);
