import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { EXAMPLE } from '../support/world.ts';
import { EXAMPLE_IN_FORCE, readDesiredConfig, type InForce } from './desired-config.ts';
import type { Pick } from './people.ts';

/** The files that the daemons of a storm follow. */
export type StormConfigs = {
  readonly folder: string;
  /** The valid configurations so far; the last is in force whatever stands in the files. */
  readonly inForce: readonly InForce[];
  /** Puts a valid configuration in place under which other people are missing, or other people get the leads. @returns which */
  change(pick: Pick): string;
  /** Another hour in a rule that concerns nothing here, and whatever was wrong is mended. */
  touch(pick: Pick): void;
  /** Makes the files such that they are refused, or cuts one off in the middle: nothing changes by that. */
  spoil(how: 'wrong' | 'half'): void;
  /** Whatever was wrong is mended. */
  mend(): void;
};

type Version = { readonly asksSponsor: boolean; readonly nordics: string; readonly hours: number };

const CHANGES: readonly ((version: Version) => Version)[] = [
  (version) => ({ ...version, asksSponsor: !version.asksSponsor }),
  (version) => ({ ...version, nordics: version.nordics === 'nordics' ? 'emea-general' : 'nordics' }),
  ({ asksSponsor, nordics, hours }) => ({
    asksSponsor: !asksSponsor,
    nordics: nordics === 'nordics' ? 'emea-general' : 'nordics',
    hours,
  }),
];

/** @param now  the org's clock */
export function openStormConfigs(folder: string, now: () => number): StormConfigs {
  cpSync(EXAMPLE, folder, { recursive: true });
  const org = path.join(folder, 'org.yaml');
  writeFileSync(org, exchange(readFileSync(org, 'utf8'), 'daily_calls: 30000', 'daily_calls: 1000000'));
  let version: Version = { asksSponsor: false, nordics: 'nordics', hours: 4 };
  const inForce: InForce[] = [...EXAMPLE_IN_FORCE];
  const mend = (): void => {
    writeFileSync(path.join(folder, 'enforcement.yaml'), enforcementOf(version));
    writeFileSync(path.join(folder, 'routing.yaml'), routingOf(version));
  };
  const enact = (next: Version): void => {
    version = next;
    mend();
    inForce.push({ since: now(), config: readDesiredConfig(folder) });
  };
  return {
    folder,
    inForce,
    change(pick) {
      enact(pick(CHANGES)(version));
      return `${version.asksSponsor ? 'a sponsor' : 'no sponsor'}, ${version.nordics}`;
    },
    touch: (pick) => enact({ ...version, hours: pick([4, 5, 6]) }),
    spoil(how) {
      const whole = routingOf(version);
      const text = how === 'wrong' ? `${whole}\nnobody_knows_this: 1\n` : whole.slice(0, whole.length / 2);
      writeFileSync(path.join(folder, 'routing.yaml'), text);
    },
    mend,
  };
}

function enforcementOf({ asksSponsor }: Version): string {
  const first = '{ stage: Qualification,        min_contacts: 1, primary: true }';
  const text = readFileSync(path.join(EXAMPLE, 'enforcement.yaml'), 'utf8');
  return asksSponsor ? exchange(text, first, first.replace(' }', ', require: [exec_sponsor] }')) : text;
}

function routingOf({ nordics, hours }: Version): string {
  const text = readFileSync(path.join(EXAMPLE, 'routing.yaml'), 'utf8');
  const named = exchange(text, 'assign: nordics }', `assign: ${nordics} }`);
  return exchange(named, 'first_touch: { within: 4h, warn: 3h }', `first_touch: { within: ${hours}h, warn: 3h }`);
}

function exchange(text: string, old: string, replacement: string): string {
  if (!text.includes(old)) throw new Error(`the example does not say "${old}" any more`);
  return text.replace(old, replacement);
}
