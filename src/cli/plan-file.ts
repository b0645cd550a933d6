import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

import { z } from 'zod';

import { AppError } from '../domain/error.ts';
import { sorted } from '../observe/decision-log.ts';
import { PlanRow } from '../workers/plan/plan-row.ts';

/** What a plan says of itself. */
const Header = z.object({
  /** Version of the format. */
  plan: z.literal(1),
  config_hash: z.string(),
  /** When it was drawn, by the org's clock, ISO. */
  at: z.string(),
  /** Only records that changed since then; null for the whole scope. */
  since: z.string().nullable(),
  modules: z.array(z.string()),
});
export type PlanHeader = Readonly<z.output<typeof Header>>;

const PlanFile = Header.extend({ rows: z.array(PlanRow), hash: z.string() });
export type PlanFile = Readonly<z.output<typeof PlanFile>>;

export type PlanWriter = {
  add(rows: readonly PlanRow[]): void;
  /** @returns the plan's hash: the same for the same header and rows */
  end(): string;
  /** Leaves no file. */
  abandon(): void;
};

/**
 * Writes a plan row by row, so that its size does not matter: one JSON object with a row on each line.
 * @param file  null only computes the hash
 * @throws AppError `usage` when the file cannot be written
 */
export function writePlanFile(file: string | null, header: PlanHeader): PlanWriter {
  const hash = beginHash(header);
  const temporary = `${file}.part`;
  const handle = file === null ? null : openOrRefuse(temporary);
  const write = (text: string): void => {
    if (handle !== null) writeSync(handle, text);
  };
  let isFirst = true;
  write(`${JSON.stringify(header).slice(0, -1)},"rows":[`);
  return {
    add(rows) {
      for (const row of rows) {
        addToHash(hash, row);
        write(`${isFirst ? '' : ','}\n${JSON.stringify(row)}`);
        isFirst = false;
      }
    },
    end() {
      const digest = hash.digest('hex');
      write(`\n],"hash":"${digest}"}\n`);
      if (handle !== null) closeSync(handle);
      // Whoever reads the file finds a whole plan or none.
      if (file !== null) renameSync(temporary, file);
      return digest;
    },
    abandon() {
      if (handle !== null) closeSync(handle);
    },
  };
}

/** Reads a plan. @throws AppError `usage` when it is none, or not as it was written */
export function readPlanFile(file: string): PlanFile {
  const held = readJson(file);
  const read = PlanFile.safeParse(held);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refusal(`${file} is no plan: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
  }
  const { rows, hash: told, ...header } = held as { readonly rows: readonly unknown[]; readonly hash: string };
  const hash = beginHash(header);
  for (const row of rows) addToHash(hash, row);
  if (hash.digest('hex') !== told) throw refusal(`${file} was changed after it was planned: its hash does not fit`);
  return read.data;
}

function beginHash(header: unknown): Hash {
  return createHash('sha256').update(JSON.stringify(sorted(header)));
}

function addToHash(hash: Hash, row: unknown): void {
  hash.update(`\n${JSON.stringify(sorted(row))}`);
}

function openOrRefuse(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    throw refusal(`${file} cannot be written: ${(error as Error).message}`);
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw refusal(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function refusal(message: string): AppError {
  return new AppError({
    code: 'usage',
    recovery: 'fix-config',
    message,
    mend: 'draw it anew: rolecall plan --out FILE',
  });
}
