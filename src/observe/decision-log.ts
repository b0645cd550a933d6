import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { ConfirmedWrite, Decision } from '../domain/decision.ts';
import { writeInstant } from '../domain/instant.ts';

export type DecisionLog = {
  write(decisions: readonly Decision[], context: { readonly configHash: string; readonly tookMs: number }): void;
  close(): Promise<void>;
};

export type DecisionLogSettings = {
  readonly file: string;
  /** Whether a field's values are replaced by a keyed hash, wherever they stand in the input or in what is written. */
  readonly hides: (field: string) => boolean;
  readonly engine: string;
};

/**
 * Appends one JSON line per decision, keys sorted (F39). The id depends only on the configuration, the record,
 * the epoch and the input: the same decision has the same id. The key of the hashes stays beside the file.
 */
export function openDecisionLog({ file, hides, engine }: DecisionLogSettings): DecisionLog {
  mkdirSync(dirname(file), { recursive: true });
  const key = readOrMakeKey(join(dirname(file), '.redact-key'));
  const stream = createWriteStream(file, { flags: 'a' });

  return {
    write(decisions, { configHash, tookMs }) {
      for (const decision of decisions) {
        const input = hide(decision.input);
        const inputHash = sha256(JSON.stringify(sorted(input)));
        const id = sha256(`${configHash}|${decision.recordId}|${decision.epoch}|${inputHash}`).slice(0, 16);
        const line = sorted({
          ts: writeInstant(decision.at),
          id,
          module: decision.module,
          record_id: decision.recordId,
          object: decision.object,
          epoch: decision.epoch,
          config_hash: configHash,
          engine,
          input_hash: inputHash,
          input,
          result: decision.result,
          writes: decision.writes.map(hideWritten),
          took_ms: tookMs,
        });
        stream.write(`${JSON.stringify(line)}\n`);
      }
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  };

  function hide(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(value).map(([field, held]) => [field, hideValue(field, held)]));
  }

  function hideWritten(write: ConfirmedWrite): unknown {
    if (!('fields' in write)) return write;
    const fields = Object.entries(write.fields).map(([field, { before, after }]) => {
      return [field, { before: hideValue(field, before), after: hideValue(field, after) }];
    });
    return { ...write, fields: Object.fromEntries(fields) };
  }

  function hideValue(field: string, held: unknown): unknown {
    if (Array.isArray(held)) return held.map((one) => hideValue(field, one));
    if (held !== null && typeof held === 'object') return hide(held as Readonly<Record<string, unknown>>);
    return typeof held === 'string' && held.trim() !== '' && hides(field) ? keyedHash(key, held) : held;
  }
}

/** SHA-256 as lower-case hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Equal for texts that rules take for equal (F9). */
function keyedHash(key: Buffer, text: string): string {
  const folded = text.normalize('NFC').trim().toLowerCase();
  return `hmac:${createHmac('sha256', key).update(folded).digest('hex').slice(0, 16)}`;
}

function readOrMakeKey(file: string): Buffer {
  if (existsSync(file)) return readFileSync(file);
  const key = randomBytes(32);
  writeFileSync(file, key, { mode: 0o600 });
  return key;
}

/** The same value with the keys of all its objects in order, so that equal values have equal texts. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, held]) => [key, sorted(held)]));
}
