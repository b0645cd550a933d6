import { createHash, randomUUID } from 'node:crypto';

import type { AlertOutbox } from '../adapters/alerts/alert-outbox.ts';
import type { Standing } from '../domain/alert.ts';
import { AppError } from '../domain/error.ts';
import { isSignInRefused } from '../domain/outage.ts';
import type { Pause } from '../domain/pause.ts';
import type { Clock, State } from '../ports.ts';
import type { OrgGate } from '../workers/org-gate.ts';
import type { Frame } from '../workers/work-world.ts';
import type { LiveConfig } from './live-config.ts';
import type { LoadedFrame } from './load-frame.ts';

/** What keeps the daemon from its work, as far as this process sees it. */
export type Troubles = {
  /** The modules that write nothing, and why; as of the last look. */
  paused(): ReadonlyMap<string, Pause>;
  /** Looks how everything stands, and tells what has changed. What Redis does not take now, the next look tells. */
  look(): Promise<void>;
};

type TroubleWorld = {
  readonly alerts: Pick<AlertOutbox, 'post' | 'tell' | 'sendAtOnce'>;
  /** Where those who run the daemon are told; null where nobody is. */
  readonly channel: () => string | null;
  readonly gate: Pick<OrgGate, 'outage'>;
  readonly config: Pick<LiveConfig, 'rejection'>;
  readonly loaded: () => { readonly modes: LoadedFrame['modes']; readonly frame: Pick<Frame, 'configHash'> };
  readonly state: Pick<State, 'pausedModules'>;
  /** What no command resumes; a run that somebody waits for ends instead. */
  readonly standstills: () => ReadonlyMap<string, Pause>;
  readonly isRedisThere: () => boolean;
  /** Whether this process polls: of several that lose Redis, that one tells. */
  readonly isLeader: () => boolean;
  readonly clock: Clock;
};

/** What passes by itself within this time wakes nobody, ms. */
const LASTED = 60_000;

/**
 * Tells those who run the daemon once when something begins that keeps it from its work, and once when that is over: an
 * outage that lasts, a sign-in that is refused, a configuration that is refused, a module that has paused, a Redis that
 * stays away. What the process before has told is known from Redis, and so is what the other replicas have.
 */
export function createTroubles(world: TroubleWorld): Troubles {
  const { alerts, gate, config, loaded, state, standstills, clock } = world;
  const told = new Map<string, string | null>();
  let paused: ReadonlyMap<string, Pause> = new Map();
  let wasLeader = false;
  let outageSince: number | null = null;
  let worst: OutageKind | null = null;
  let redisAwaySince: number | null = null;
  let isRedisTold = false;

  return {
    paused: () => paused,
    async look() {
      try {
        await (world.isRedisThere() ? look() : lookWithoutRedis());
      } catch (error) {
        // Redis has gone meanwhile.
        if (!(error instanceof AppError)) throw error;
      }
    },
  };

  async function look(): Promise<void> {
    const { modes } = loaded();
    const all = [...standstills(), ...(await state.pausedModules())];
    paused = new Map(all.filter(([module]) => modes.has(module)));
    wasLeader = world.isLeader();
    redisAwaySince = null;
    const channel = world.channel();
    if (channel === null) return;
    if (isRedisTold) {
      await alerts.post([{ channel, key: `redis:${randomUUID()}`, facts: { event: 'redis_reachable' } }]);
      isRedisTold = false;
    }
    for (const standing of [org(), files(), ...[...modes.keys()].map(moduleStanding)]) {
      if (told.get(standing.subject) === standing.trouble) continue;
      await alerts.tell({ channel, ...standing });
      told.set(standing.subject, standing.trouble);
    }
  }

  /** What waits in Redis cannot go out, this can. */
  async function lookWithoutRedis(): Promise<void> {
    const channel = world.channel();
    redisAwaySince ??= clock.monotonic();
    if (isRedisTold || !wasLeader || channel === null || clock.monotonic() - redisAwaySince < LASTED) return;
    isRedisTold = await alerts.sendAtOnce({ channel, key: 'redis:away', facts: { event: 'redis_unreachable' } });
    redisAwaySince = clock.monotonic();
  }

  function org(): Omit<Standing, 'channel'> {
    const outage = gate.outage();
    const subject = 'org';
    if (outage === null) {
      outageSince = null;
      worst = null;
    } else {
      outageSince ??= clock.monotonic();
      const hasLasted = clock.monotonic() - outageSince >= LASTED;
      if (hasLasted || isForPeople(outage)) worst = worseOf(worst, kindOf(outage));
    }
    if (outage === null || worst === null) return { subject, trouble: null, facts: { event: 'org_reachable' } };
    const { code, message, mend } = outage;
    return { subject, trouble: worst, facts: { event: 'org_unreachable', code, message, mend } };
  }

  function files(): Omit<Standing, 'channel'> {
    const rejection = config.rejection();
    const subject = 'config';
    if (rejection === null) {
      const { configHash } = loaded().frame;
      return { subject, trouble: null, facts: { event: 'config_accepted', config_hash: configHash } };
    }
    const { problems, instead } = rejection;
    const facts = { event: 'config_rejected', problems: problems.length, message: problems[0] ?? '', instead };
    const hash = createHash('sha256').update(problems.join('\n')).digest('hex');
    return { subject, trouble: hash.slice(0, 16), facts };
  }

  function moduleStanding(module: string): Omit<Standing, 'channel'> {
    const pause = paused.get(module);
    const subject = `module:${module}`;
    if (pause === undefined) return { subject, trouble: null, facts: { event: 'module_resumed', module } };
    const { code, reason: message } = pause;
    const isHeld = standstills().get(module) !== pause;
    const facts = { event: isHeld ? 'module_paused' : 'module_stands_still', module, code, message };
    return { subject, trouble: `${code}: ${message}`, facts };
  }
}

/** How often it is looked how everything stands, ms. */
const LOOK = 2_000;

/** Looks from now on. @returns what looks a last time and ends it */
export function watchTroubles(troubles: Troubles, clock: Clock): () => Promise<void> {
  const stopping = new AbortController();
  const watching = watch();
  return async () => {
    stopping.abort();
    await watching;
    await troubles.look();
  };

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await troubles.look();
      await clock.sleep(LOOK, stopping.signal).catch(() => undefined);
    }
  }
}

/** From what passes soonest to what does not pass by itself. An outage that changes its face is told again only if it is worse. */
const OUTAGE_KINDS = ['away', 'limit', 'sign-in-refused'] as const;

type OutageKind = (typeof OUTAGE_KINDS)[number];

function kindOf(outage: AppError): OutageKind {
  const isLimit = outage.code === 'REQUEST_LIMIT_EXCEEDED';
  return isForPeople(outage) ? 'sign-in-refused' : isLimit ? 'limit' : 'away';
}

function worseOf(one: OutageKind | null, other: OutageKind): OutageKind {
  return one !== null && OUTAGE_KINDS.indexOf(one) > OUTAGE_KINDS.indexOf(other) ? one : other;
}

/** Nobody is let in, or nobody asks any more because of that (I25). */
function isForPeople(outage: AppError): boolean {
  return outage.code === 'sign-in-held' || isSignInRefused(outage);
}
