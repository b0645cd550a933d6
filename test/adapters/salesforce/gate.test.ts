import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/adapters/salesforce/gate.ts';

const FOREVER = new AbortController().signal;

describe('places in flight (D10)', () => {
  it('admits the next in line when a place is given back', async () => {
    const gate = createGate(1);
    const order: string[] = [];
    const leaveFirst = await gate.enter('routing', FOREVER);
    const second = gate.enter('routing', FOREVER).then((leave) => {
      order.push('second');
      leave();
    });
    const third = gate.enter('routing', FOREVER).then(() => order.push('third'));

    order.push('first leaves');
    leaveFirst();
    await Promise.all([second, third]);

    expect(order).toEqual(['first leaves', 'second', 'third']);
  });

  it('admits a call of an urgent lane before one that came earlier (F43)', async () => {
    const gate = createGate(1);
    const order: string[] = [];
    const leaveFirst = await gate.enter('reports', FOREVER);
    const waiting = (['backfill', 'contact_roles', 'routing'] as const).map(async (lane) => {
      const leave = await gate.enter(lane, FOREVER);
      order.push(lane);
      leave();
    });

    leaveFirst();
    await Promise.all(waiting);

    expect(order).toEqual(['routing', 'contact_roles', 'backfill']);
  });

  it('lets nobody in above a number that was lowered, until enough have left (I22)', async () => {
    const gate = createGate(3);
    const leaves = await Promise.all([1, 2, 3].map(() => gate.enter('routing', FOREVER)));
    gate.setPlaces(1);
    const entered: string[] = [];
    const next = gate.enter('routing', FOREVER).then(() => entered.push('next'));

    leaves[0]!();
    leaves[1]!();
    await Promise.resolve();
    expect(entered).toEqual([]);
    leaves[2]!();
    await next;

    expect(gate.inside()).toBe(1);
  });

  it('takes out of the line whoever gives up', async () => {
    const gate = createGate(1);
    const leave = await gate.enter('routing', FOREVER);
    const impatient = new AbortController();
    const given = gate.enter('routing', impatient.signal);

    impatient.abort(new Error('too late'));
    await expect(given).rejects.toThrow('too late');
    leave();

    await expect(gate.enter('routing', FOREVER)).resolves.toBeTypeOf('function');
  });
});
