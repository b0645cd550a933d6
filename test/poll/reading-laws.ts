import { readStamp } from '../../src/sandbox/org-clock.ts';
import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import { isAnswered, textOf } from '../faults/request-facts.ts';

/** The bounds of one poll's query. */
export type Bounds = {
  readonly object: string;
  readonly from: number;
  readonly until: number;
  readonly askedAt: number;
};

const WINDOW = /FROM (\w+) WHERE SystemModstamp >= (\S+) AND SystemModstamp < (\S+) ORDER BY SystemModstamp/;

/** The stretches of stamps that were asked for, in the order of asking, and answered. */
export function boundsIn({ log }: SandboxOrg): readonly Bounds[] {
  return log.entries.filter(isAnswered).flatMap((request) => {
    const [, object, from, until] = WINDOW.exec(textOf(request)) ?? [];
    if (object === undefined) return [];
    return [{ object, from: readStamp(from!)!, until: readStamp(until!)!, askedAt: request.receivedAt }];
  });
}

/**
 * Commits that no poll asked for after they had become visible (I18).
 * @param visibleAt  by record id, ms of the org's clock; when it was stamped, unless given
 */
export function uncoveredCommits(
  sandbox: SandboxOrg,
  visibleAt: ReadonlyMap<string, number> = new Map(),
): readonly string[] {
  const asked = boundsIn(sandbox);
  return ['Lead', 'Opportunity', 'OpportunityContactRole'].flatMap((object) =>
    sandbox.org.all(object).flatMap(({ Id, SystemModstamp }) => {
      const stamp = readStamp(String(SystemModstamp))!;
      const since = visibleAt.get(String(Id)) ?? stamp;
      const isCovered = asked.some(
        (bounds) => bounds.object === object && bounds.from <= stamp && stamp < bounds.until && bounds.askedAt >= since,
      );
      return isCovered ? [] : [`${object} ${String(Id)} of ${String(SystemModstamp)}`];
    }),
  );
}
