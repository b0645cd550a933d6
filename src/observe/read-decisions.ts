import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { z } from 'zod';

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const Write = z.union([
  z.object({
    object: z.string(),
    record_id: z.string(),
    fields: z.record(z.string(), z.object({ before: Value, after: Value })),
  }),
  z.object({ object: z.string(), key: z.string() }),
]);

const Line = z.object({
  ts: z.string(),
  id: z.string(),
  module: z.string(),
  record_id: z.string(),
  object: z.string(),
  epoch: z.string(),
  result: z.record(z.string(), z.unknown()),
  /** Older versions logged here what they meant to write; that is no ground for anything. */
  writes: z.array(Write).catch([]),
});

/** A decision as the log has it, without its input; values of redacted fields are `hmac:…`. */
export type LoggedDecision = Readonly<z.output<typeof Line>>;

/** Whether a logged value stands for one that the log does not hold. */
export function isRedacted(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('hmac:');
}

/** The decisions of a log, in the order of the file. No file holds none; a line that broke off in a crash is passed over. */
export async function* readDecisions(file: string): AsyncGenerator<LoggedDecision> {
  if (!existsSync(file)) return;
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const read = Line.safeParse(parse(line));
    if (read.success) yield read.data;
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
