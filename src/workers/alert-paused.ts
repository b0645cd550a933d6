import { writeInstant, type Instant } from '../domain/instant.ts';
import type { Alert, Alerts, State } from '../ports.ts';
import type { Fate } from './write-back.ts';

type PauseWorld = {
  readonly state: Pick<State, 'pausedModules'>;
  readonly alerts: Alerts;
  readonly at: Instant;
};

/**
 * Tells that modules have paused with records held (F36): once per channel, module, reason and day, however many records
 * that are (CE20). Nothing held, nothing told.
 * @param fates  by record id
 */
export async function alertPaused(
  modules: readonly string[],
  channels: readonly string[],
  fates: ReadonlyMap<string, Fate>,
  { state, alerts, at }: PauseWorld,
): Promise<void> {
  const held = [...fates].find(([, { kind }]) => kind === 'held');
  if (channels.length === 0 || held === undefined) return;
  const day = writeInstant(at).slice(0, 10);
  const paused = await state.pausedModules();
  const told = modules.flatMap((module): readonly Alert[] => {
    const pause = paused.get(module);
    if (pause === undefined) return [];
    const { code, reason } = pause;
    const facts = { event: 'module_paused', record_id: held[0], module, code, message: reason };
    return channels.map((channel) => ({ channel, key: `paused:${module}:${code}:${day}`, facts }));
  });
  if (told.length > 0) await alerts.post(told);
}
