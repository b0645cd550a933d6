/**
 * The event catalogue: one entry per line that the log can hold, with the fields that the event always carries.
 * The log, the metrics and the tests' waiting all read from here. Names and fields of the contract
 * (`spec/README.md`, Log) are relied on by other programs. No field ever holds personal data or a secret.
 */
export type Events = {
  'daemon.started': {
    version: string;
    config_hash: string;
    org: string;
    only: string | null;
    once: boolean;
    dry_run: boolean;
  };
  'daemon.stopped': { reason: string; calls: number };
  'config.loaded': { config_hash: string; modules: Record<string, string> };
  'config.rejected': { problems: readonly string[]; instead: string };
  'config.unverified': { reason: string };
  'config.warning': { problem: string };
  'http.listening': { host: string; port: number };
  'poll.completed': { object: string; rows: number; calls: number; watermark: string };
  'poll.failed': { object: string; code: string; reason: string; mend: string | null };
  'poll.uncertified': { object: string; code: string; reason: string };
  decision: {
    module: string;
    object: string;
    record_id: string;
    result: string;
    reason?: string;
    findings?: readonly string[];
    [detail: string]: unknown;
  };
  would_write: {
    module: string;
    object: string;
    record_id: string;
    action: 'update' | 'create';
    fields: readonly string[];
  };
  stale_input: { object: string; record_id: string; fields: readonly string[] };
  gone: { object: string; record_id: string };
  'write.completed': { object: string; action: 'update' | 'create'; records: number; failed: number; calls: number };
  'write.rejected': { object: string; record_id: string; code: string; fields: readonly string[] };
  dead_letter: { object: string; record_id: string; code: string; tries: number };
  'dead_letter.retried': { record_id: string; by: string };
  'dead_letter.dropped': { record_id: string; by: string };
  'reroute.requested': { record_id: string; by: string };
  'requalify.requested': { leads: number; since: string; by: string };
  'undo.applied': { object: string; record_id: string; decisions: readonly string[]; by: string };
  'plan.applied': {
    hash: string;
    applied: number;
    done: number;
    stale: number;
    refused: number;
    unknown: number;
    held: number;
    untried: number;
    by: string;
  };
  'work.failed': { queue: string; records: number; code: string; reason: string; mend: string | null };
  'budget.low': { lanes: readonly string[]; reason: 'daily_calls' | 'keep_free'; used: number; limit: number };
  'budget.restored': { used: number; limit: number };
  'module.paused': { module: string; code: string; reason: string };
  'module.resumed': { module: string };
  'module.discarded': { module: string; records: number; by: string };
  'org.unreachable': { code: string; reason: string; mend: string | null };
  'org.reachable': { seconds: number };
  'redis.unreachable': { reason: string; mend: string | null };
  'redis.reachable': { seconds: number };
  'redis.warning': { reason: string; mend: string };
  'reconcile.gap': { object: string; record_id: string; kind: 'missed' | 'gone' };
  'reconcile.completed': { object: string; records: number; gaps: number };
  'resync.requested': { objects: readonly string[]; by: string };
  'alert.sent': { alert: string; alerts: number; kinds: readonly string[] };
  'alert.unsent': { alert: string; alerts?: number; reason: string };
  idle: { calls: number };
  'internal.error': { reason: string };
};

export type EventName = keyof Events;

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Level = who must act: error an operator now, warn somebody this week, info something changed, debug everything else. */
export const LEVELS: Readonly<Record<EventName, Level>> = {
  'daemon.started': 'info',
  'daemon.stopped': 'info',
  'config.loaded': 'info',
  'config.rejected': 'error',
  'config.unverified': 'warn',
  'config.warning': 'warn',
  'http.listening': 'info',
  'poll.completed': 'info',
  'poll.failed': 'warn',
  'poll.uncertified': 'warn',
  decision: 'info',
  would_write: 'info',
  stale_input: 'info',
  gone: 'info',
  'write.completed': 'info',
  'write.rejected': 'warn',
  dead_letter: 'warn',
  'dead_letter.retried': 'info',
  'dead_letter.dropped': 'info',
  'reroute.requested': 'info',
  'requalify.requested': 'info',
  'undo.applied': 'info',
  'plan.applied': 'info',
  'work.failed': 'warn',
  'budget.low': 'warn',
  'budget.restored': 'info',
  'module.paused': 'error',
  'module.resumed': 'info',
  'module.discarded': 'info',
  'org.unreachable': 'error',
  'org.reachable': 'info',
  'redis.unreachable': 'error',
  'redis.reachable': 'info',
  'redis.warning': 'warn',
  'reconcile.gap': 'warn',
  'reconcile.completed': 'info',
  'resync.requested': 'info',
  'alert.sent': 'info',
  'alert.unsent': 'warn',
  idle: 'info',
  'internal.error': 'error',
};

/** Receives every event as it happens, in order. A subscriber must not throw. */
export type Subscriber = <E extends EventName>(event: E, fields: Events[E], level: Level) => void;

export type Observer = {
  /** `level` only to lower an event below its usual one: a poll that found nothing is for debugging. */
  emit<E extends EventName>(event: E, fields: Events[E], level?: Level): void;
};

/** Hands each event to all subscribers. */
export function createObserver(subscribers: readonly Subscriber[]): Observer {
  return {
    emit(event, fields, level = LEVELS[event]) {
      for (const subscriber of subscribers) subscriber(event, fields, level);
    },
  };
}
