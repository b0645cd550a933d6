import type { Observer } from '../observe/events.ts';
import type { Pause } from '../domain/pause.ts';

/** The modules that stand still in this process until the org or the configuration is mended; no command resumes them. */
export type Standstills = {
  begin(module: string, pause: Pause): void;
  end(module: string): void;
  current(): ReadonlyMap<string, Pause>;
};

/** Keeps them, and tells of the beginning and the end of each. */
export function createStandstills(observer: Observer): Standstills {
  const standing = new Map<string, Pause>();
  return {
    begin(module, pause) {
      standing.set(module, pause);
      observer.emit('module.paused', { module, ...pause });
    },
    end(module) {
      standing.delete(module);
      observer.emit('module.resumed', { module });
    },
    current: () => standing,
  };
}
