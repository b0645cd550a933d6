import type { State } from '../ports.ts';
import { digestOf, lastingFields } from './refused-attempts.ts';
import type { Creation, Sifted, Update, WriteWorld } from './write-back.ts';

export type WithholdWorld = Pick<WriteWorld, 'observer' | 'configHash' | 'isWithheld'> & {
  readonly state: Pick<State, 'markWithheld'>;
};

/**
 * Keeps back what modules that only observe would write, and tells it once: not again while the same configuration would
 * write the same (F38, F39).
 */
export async function withholdUpdates(
  object: string,
  updates: readonly Update[],
  world: WithholdWorld,
): Promise<Sifted<Update>> {
  const withheld = updates.filter(({ module }) => world.isWithheld(module));
  const nameOf = ({ module, id }: Update): string => `${module}:${object}:${id}`;
  const markOf = ({ fields }: Update): string => digestOf([world.configHash(), lastingFields(fields)]);
  const news = await world.state.markWithheld(new Map(withheld.map((update) => [nameOf(update), markOf(update)])));
  for (const update of withheld) {
    const { module, id, fields } = update;
    if (news.has(nameOf(update))) tell({ module, object, record_id: id, action: 'update' }, fields, world);
  }
  const sent = updates.filter(({ module }) => !world.isWithheld(module));
  return { sent, fates: new Map(withheld.map(({ id }) => [id, { kind: 'withheld' }])) };
}

/** The same for what they would make, each by its key. */
export async function withholdCreations(
  object: string,
  creations: readonly Creation[],
  world: WithholdWorld,
): Promise<Sifted<Creation>> {
  const withheld = creations.filter(({ module }) => world.isWithheld(module));
  const nameOf = ({ module, key }: Creation): string => `${module}:${object}:${key}`;
  const mark = digestOf([world.configHash()]);
  const news = await world.state.markWithheld(new Map(withheld.map((creation) => [nameOf(creation), mark])));
  for (const creation of withheld) {
    const { module, about, fields } = creation;
    if (news.has(nameOf(creation))) tell({ module, object, record_id: about, action: 'create' }, fields, world);
  }
  const sent = creations.filter(({ module }) => !world.isWithheld(module));
  return { sent, fates: new Map(withheld.map(({ key }) => [key, { kind: 'withheld' }])) };
}

type Subject = {
  readonly module: string;
  readonly object: string;
  readonly record_id: string;
  readonly action: 'update' | 'create';
};

function tell(subject: Subject, fields: Update['fields'], { observer }: WithholdWorld): void {
  observer.emit('would_write', { ...subject, fields: Object.keys(fields) });
}
