import { closeSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';

import { configFiles, filesSignature } from './config-files.ts';

const PREFIX = 'last-known-good-';

/**
 * Keeps a copy of a configuration that was valid and fitted the org, for a start that finds it broken (D16).
 * Whoever dies in the middle leaves the copy of before.
 * @param signature  of the files as they were read: one that was edited since is not kept
 */
export function keepLastKnownGood(folder: string, dataFolder: string, configHash: string, signature: string): void {
  const kept = path.join(dataFolder, `${PREFIX}${configHash.slice(0, 16)}`);
  // One of the same meaning, perhaps in other words, is as good.
  if (!existsSync(kept)) copyWhole(folder, dataFolder, kept, signature);
  if (!existsSync(kept)) return;
  for (const older of copiesIn(dataFolder)) if (older !== kept) rmSync(older, { recursive: true, force: true });
}

function copyWhole(folder: string, dataFolder: string, kept: string, signature: string): void {
  mkdirSync(dataFolder, { recursive: true });
  const draft = mkdtempSync(path.join(dataFolder, '.last-known-good-'));
  try {
    for (const file of configFiles(folder)) copySafely(path.join(folder, file), path.join(draft, file));
    if (filesSignature(folder) === signature) renameSync(draft, kept);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The folder of the copy that was kept last; null when there is none. */
export function findLastKnownGood(dataFolder: string): string | null {
  return copiesIn(dataFolder).toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0] ?? null;
}

function copiesIn(dataFolder: string): readonly string[] {
  try {
    return readdirSync(dataFolder)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => path.join(dataFolder, name));
  } catch {
    return [];
  }
}

/** On the disk before the rename is: after a power cut the copy is whole or not there. */
function copySafely(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  const file = openSync(to, 'w', 0o600);
  try {
    writeSync(file, readFileSync(from));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
