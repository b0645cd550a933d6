import { EVERYWHERE, isCovered, isEmpty, overlaps, regionWithin, type Region } from '../rules/routing/regions.ts';
import type { Routing } from '../rules/routing/schema.ts';
import type { Target } from '../rules/routing/target.ts';
import type { TerritorySource } from '../rules/routing/territory-schema.ts';
import type { Located } from './located.ts';
import type { Path } from './located-yaml.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';

/**
 * What a configuration says and surely does not mean: territories that nobody can enter or that give the lead to nobody,
 * pools that nobody is sent to or that nobody works in (F6), accounts by their country alone (R5). All are warnings.
 */
export function lintRouting(routing: Routing, located: Located): readonly Problem[] {
  return [
    ...lintLevel({ siblings: routing.territories, region: EVERYWHERE, hasAssign: false }, TERRITORIES, located),
    ...unreachablePools(routing, located),
    ...emptyPools(routing, located),
    ...countryAlone(routing, located),
  ];
}

const TERRITORIES: Path = ['routing', 'territories'];

type Level = {
  readonly siblings: readonly TerritorySource[];
  /** What the parent lets in. */
  readonly region: Region;
  /** Whether a territory around it assigns: a lead that enters nothing here is that one's. */
  readonly hasAssign: boolean;
};

function lintLevel({ siblings, region, hasAssign }: Level, path: Path, located: Located): readonly Problem[] {
  const earlier = new EarlierSiblings();
  return siblings.flatMap((territory, index) => {
    const { id, match, assign, children } = territory;
    const at = [...path, index];
    const own = regionWithin(region, match);
    const problems = [...lintSibling(territory, own, earlier.meeting(own), [...at, 'id'], located)];
    const assigns = hasAssign || assign !== undefined;
    if (!assigns && !isAssignedBelow(children, own)) {
      const who = children.length === 0 ? 'its leads go' : 'a lead that enters none of its children goes';
      const message = `"${id}" assigns nobody: ${who} to the fallback`;
      problems.push(problemAt(located.locate([...at, 'id']), 'W_NO_ASSIGN', message));
    }
    earlier.add(id, own);
    const below = { siblings: children, region: { ...own, isOpaque: false }, hasAssign: assigns };
    return [...problems, ...lintLevel(below, [...at, 'children'], located)];
  });
}

/** Whether every lead of a territory finds somebody in one of its children. */
function isAssignedBelow(children: readonly TerritorySource[], region: Region): boolean {
  const open = { ...region, isOpaque: false };
  const assigning = children.filter((child) => {
    const own = regionWithin(open, child.match);
    return !own.isOpaque && (child.assign !== undefined || isAssignedBelow(child.children, own));
  });
  return isCovered(
    open,
    assigning.map(({ match }) => regionWithin(open, match)),
  );
}

type Named = { readonly id: string; readonly region: Region };

function lintSibling(
  { id, match }: TerritorySource,
  own: Region,
  meeting: readonly Named[],
  path: Path,
  located: Located,
): readonly Problem[] {
  if (isEmpty(own)) {
    const message = `"${id}" can never match: it asks for what the territory around it leaves out`;
    return [problemAt(located.locate(path), 'W_SHADOWED', message)];
  }
  if (meeting.length === 0) return [];
  const names = listNames(meeting);
  if (
    isCovered(
      own,
      meeting.map(({ region }) => region),
    )
  ) {
    const message = `"${id}" can never match: ${names} before it ${meeting.length === 1 ? 'takes' : 'take'} all its leads`;
    return [problemAt(located.locate(path), 'W_SHADOWED', message)];
  }
  // A sibling that asks nothing is meant for what is left; of one with a condition nobody knows how much is left.
  if (Object.keys(match).length === 0 || own.isOpaque) return [];
  const message = `"${id}" matches only a part of what it asks for: ${names} before it ${meeting.length === 1 ? 'takes' : 'take'} the rest`;
  return [problemAt(located.locate(path), 'W_OVERLAP', message)];
}

/** At most four names: who overlaps with everybody need not be told them all. */
function listNames(siblings: readonly Named[]): string {
  const names = siblings.map(({ id }) => `"${id}"`);
  return names.length <= 4 ? names.join(' and ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** The siblings before one, by country, so that two thousand of them are not all compared with all. */
class EarlierSiblings {
  readonly #anywhere: Named[] = [];
  readonly #byCountry = new Map<string, Named[]>();
  readonly #all: Named[] = [];

  /** One with a condition never shadows: nobody knows what it takes. */
  add(id: string, region: Region): void {
    if (region.isOpaque || isEmpty(region)) return;
    const named = { id, region };
    this.#all.push(named);
    if (region.countries === null) this.#anywhere.push(named);
    for (const country of region.countries ?? []) {
      const there = this.#byCountry.get(country);
      if (there === undefined) this.#byCountry.set(country, [named]);
      else there.push(named);
    }
  }

  /** Those that some lead of the region enters first, in the order of the file. */
  meeting(region: Region): readonly Named[] {
    const { countries } = region;
    const near =
      countries === null
        ? this.#all
        : [...this.#anywhere, ...[...countries].flatMap((country) => this.#byCountry.get(country) ?? [])];
    const meeting = new Set(near.filter((named) => overlaps(named.region, region)));
    return meeting.size < 2 ? [...meeting] : this.#all.filter((named) => meeting.has(named));
  }
}

function unreachablePools(routing: Routing, located: Located): readonly Problem[] {
  const { pools, pool_defaults: defaults, fallback, territories } = routing;
  const reached = new Set<string>();
  const visit = (target: Target | undefined): void => {
    if (target?.kind !== 'pool' || reached.has(target.pool)) return;
    reached.add(target.pool);
    const pool = pools[target.pool];
    if (pool !== undefined) visit(pool.on_exhausted ?? defaults.on_exhausted);
  };
  for (const target of [...fallback, ...territories.flatMap(targetsOf)]) visit(target);
  return Object.keys(pools).flatMap((name) => {
    if (reached.has(name)) return [];
    const message = `no territory, no fallback and no on_exhausted leads to the pool "${name}"`;
    return [problemAt(located.locate(['routing', 'pools', name], 'key'), 'W_UNREACHABLE_POOL', message)];
  });
}

function targetsOf({ assign, children }: TerritorySource): readonly Target[] {
  return [...(assign === undefined ? [] : [assign]), ...children.flatMap(targetsOf)];
}

function emptyPools({ pools }: Routing, located: Located): readonly Problem[] {
  return Object.entries(pools).flatMap(([name, { members }]) => {
    if (members.length > 0) return [];
    const message = `the pool "${name}" has no members and gives nothing to anybody`;
    return [problemAt(located.locate(['routing', 'pools', name], 'key'), 'W_EMPTY_POOL', message)];
  });
}

function countryAlone({ matched_account: matched }: Routing, located: Located): readonly Problem[] {
  if (matched === undefined || matched.keys.country < matched.accept_score) return [];
  const message = `"country" alone reaches accept_score ${matched.accept_score}, but never makes a match: the account must share another key too`;
  return [problemAt(located.locate(['routing', 'matched_account', 'accept_score']), 'W_COUNTRY_ALONE', message)];
}
