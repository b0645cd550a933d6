import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

import type { Subscriber } from './events.ts';

export type LogSettings = {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Values that never appear, whatever the line: tokens, keys, passwords. Their base64 forms are scrubbed too. */
  readonly secrets: readonly string[];
  /** 1 is the standard output, 2 that of errors. */
  readonly fd?: 1 | 2;
};

export type Log = { readonly subscriber: Subscriber; readonly scrub: (text: string) => string };

const SCRUBBED = '[secret]';

/**
 * One JSON object a line: `time` (ISO, UTC), `level` as a word, `event`, the event's fields; the message is the event's name.
 * `pretty` is the same for a terminal.
 */
export function createLog(settings: LogSettings): Log {
  const scrub = createScrubber(settings.secrets);
  const destination = pino.destination({ fd: settings.fd ?? 1, sync: true });
  const stream =
    settings.format === 'pretty'
      ? pretty({
          sync: true,
          destination,
          translateTime: 'SYS:HH:MM:ss',
          ignore: 'event',
          singleLine: true,
          colorize: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
        })
      : destination;
  const logger: Logger = pino(
    {
      level: settings.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: scrub },
    },
    stream,
  );
  return {
    scrub,
    subscriber(event, fields, level) {
      const line: Record<string, unknown> = { event, ...fields };
      logger[level](line, event);
    },
  };
}

/** Replaces every secret, also as base64, wherever it stands in a text. */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  const needles = secrets.flatMap((secret) =>
    secret.length < 6 ? [] : [secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64')],
  );
  return (text) => needles.reduce((clean, needle) => clean.replaceAll(needle, SCRUBBED), text);
}
