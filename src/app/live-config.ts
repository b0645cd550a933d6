import { filesSignature } from '../config/config-files.ts';
import { findLastKnownGood, keepLastKnownGood } from '../config/last-known-good.ts';
import { AppError } from '../domain/error.ts';
import type { Observer } from '../observe/events.ts';
import type { Salesforce } from '../ports.ts';
import { loadFrame, type FrameSettings, type LoadedFrame } from './load-frame.ts';

/** The configuration in use: swapped as a whole between decisions, and only for one that is valid (F41). */
export type LiveConfig = {
  readonly current: () => LoadedFrame;
  /** Puts `after` in place unless something else has come in the place of `before` meanwhile. */
  swap(before: LoadedFrame, after: LoadedFrame): void;
  /** Reads the files again. A configuration that is not valid is told, and the old one runs on. */
  reload(): Promise<void>;
  /** Why the files as they are were refused; null when they were not. */
  rejection(): Rejection | null;
  /** Reads the files again whenever they have changed, from now on. @returns how to stop it */
  watch(): () => void;
};

/** `instead`: which configuration runs on. */
export type Rejection = { readonly problems: readonly string[]; readonly instead: string };

export type LiveConfigSettings = FrameSettings & {
  /** Where the last configuration that was good is kept; null: none is kept and none is fallen back upon. */
  readonly dataFolder: string | null;
  /** Runs what calls the org behind the gate that shuts in an outage. */
  readonly pass: <T>(call: () => Promise<T>) => Promise<T>;
  /** Told of each configuration that has come in the place of another. */
  readonly onReloaded: (configHash: string) => Promise<void>;
};

/** How often the files are looked at. A change must stand still for one look: half a file may be valid too. */
const LOOK = 2_000;

/**
 * Loads the configuration. Where it is not valid, or does not fit the org, the last one that was good is taken instead.
 * @throws AppError `config-invalid`, `env-invalid`, `live-invalid`, `config-folder` (fix-config) when there is none, or it is not good
 *   any more either
 */
export async function openLiveConfig(
  settings: LiveConfigSettings,
  salesforce: Salesforce,
  observer: Observer,
  signal: AbortSignal,
): Promise<LiveConfig> {
  const { configFolder, dataFolder } = settings;
  let rejection: Rejection | null = null;
  // Of the files as they were taken or refused last.
  let settled = filesSignature(configFolder);
  let loaded = await load(configFolder).catch(fallBack);
  if (rejection === null) keep(settled);
  let inTurn: Promise<void> = Promise.resolve();

  return {
    current: () => loaded,
    swap(before, after) {
      if (loaded === before) loaded = after;
    },
    reload: enqueue,
    rejection: () => rejection,
    watch() {
      let seen = settled;
      let isReloading = false;
      const looking = setInterval(() => {
        const now = filesSignature(configFolder);
        const hasChanged = now !== settled && now === seen;
        seen = now;
        if (!hasChanged || isReloading) return;
        isReloading = true;
        void enqueue().finally(() => (isReloading = false));
      }, LOOK);
      return () => clearInterval(looking);
    },
  };

  /** One after the other: the files as they are now are those of the last. */
  function enqueue(): Promise<void> {
    inTurn = inTurn.then(reload);
    return inTurn;
  }

  function load(folder: string): Promise<LoadedFrame> {
    return loadFrame({ ...settings, configFolder: folder }, salesforce, observer, signal);
  }

  async function fallBack(error: unknown): Promise<LoadedFrame> {
    const kept = dataFolder === null ? null : findLastKnownGood(dataFolder);
    if (kept === null || !isRefusal(error)) throw error;
    const older = await load(kept).catch((olderError: unknown) => {
      throw isRefusal(olderError) ? error : olderError;
    });
    reject(error, `the last known good configuration runs on, ${kept}`);
    return older;
  }

  async function reload(): Promise<void> {
    const signature = filesSignature(configFolder);
    try {
      loaded = await settings.pass(() => load(configFolder));
      rejection = null;
      keep(signature);
      await settings.onReloaded(loaded.frame.configHash);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AppError)) throw error;
      // An outage says nothing about the files: the next look finds them changed still.
      if (!isRefusal(error)) return;
      reject(error, 'the configuration before runs on');
    }
    settled = signature;
  }

  function reject({ message }: AppError, instead: string): void {
    rejection = { problems: message.split('\n'), instead };
    observer.emit('config.rejected', rejection);
  }

  function keep(signature: string): void {
    if (dataFolder === null) return;
    try {
      keepLastKnownGood(configFolder, dataFolder, loaded.frame.configHash, signature);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      observer.emit('config.warning', { problem: `no copy of the configuration is kept in DATA_DIR: ${code}` });
    }
  }
}

const REFUSALS = new Set(['config-folder', 'config-invalid', 'env-invalid', 'live-invalid']);

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && REFUSALS.has(error.code);
}
