import { objectsToDescribe, type OrgFacts } from '../config/live.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../domain/error.ts';
import type { ObjectDescription } from '../domain/object-description.ts';
import type { Salesforce } from '../ports.ts';
import { readDirectory, readStages, type Directory } from '../workers/read-org.ts';
import type { OrgStage } from '../rules/contact-roles/stage-order.ts';

/** What one configuration needs to know of the org, read at start and at each reload. */
export type OrgReading = {
  readonly facts: OrgFacts;
  readonly directory: Directory;
  readonly stages: readonly OrgStage[];
};

/** Reads descriptions, people, queues and stages: about fifteen calls, five at a time. */
export async function readOrgFacts(config: Config, salesforce: Salesforce, signal: AbortSignal): Promise<OrgReading> {
  const objects = objectsToDescribe(config);
  const [described, directory, stages] = await Promise.all([
    Promise.all(objects.map((object) => describeIfThere(object, salesforce, signal))),
    readDirectory(salesforce, signal),
    readStages(salesforce, signal),
  ]);
  const byName = new Map(objects.map((object, index) => [object, described[index]]));
  return {
    facts: {
      describe: (object) => byName.get(object),
      users: directory.users.byId.values(),
      queues: directory.queues,
      stages,
    },
    directory,
    stages,
  };
}

/** An object that the org does not show is left out: what needs it says so where it is named. */
async function describeIfThere(
  object: string,
  salesforce: Salesforce,
  signal: AbortSignal,
): Promise<ObjectDescription | undefined> {
  try {
    return await salesforce.describe(object, signal);
  } catch (error) {
    if (error instanceof AppError && (error.code === 'NOT_FOUND' || error.code === 'INVALID_TYPE')) return undefined;
    throw error;
  }
}
