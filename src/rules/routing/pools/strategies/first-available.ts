import type { Strategy } from './strategy.ts';

/** The first eligible member in the order of the file (R16). */
export const firstAvailable: Strategy = ([seat]) => ({ seat, credit: {} });
