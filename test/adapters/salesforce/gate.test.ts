import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/adapters/salesforce/gate.ts';

const FOREVER = new AbortController().signal;

describe('places in flight (D10)', () => {
  it('admits the next in line when a place is given back', async () => {
    const gate = createGate(1);
    const order: string[] = [];
    const leaveFirst = await gate.enter(FOREVER);
    const second = gate.enter(FOREVER).then((leave) => {
      order.push('second');
      leave();
    });
    const third = gate.enter(FOREVER).then(() => order.push('third'));

    order.push('first leaves');
    leaveFirst();
    await Promise.all([second, third]);

    expect(order).toEqual(['first leaves', 'second', 'third']);
  });

  it('takes out of the line whoever gives up', async () => {
    const gate = createGate(1);
    const leave = await gate.enter(FOREVER);
    const impatient = new AbortController();
    const given = gate.enter(impatient.signal);

    impatient.abort(new Error('too late'));
    await expect(given).rejects.toThrow('too late');
    leave();

    await expect(gate.enter(FOREVER)).resolves.toBeTypeOf('function');
  });
});
