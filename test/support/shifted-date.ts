// Loaded before a program (`node --import`): its wall clock is wrong by ROLECALL_CLOCK_WRONG_BY ms. Timers are not.
const wrongBy = Number(process.env['ROLECALL_CLOCK_WRONG_BY']);
const RightDate = Date;

function now(): number {
  return RightDate.now() + wrongBy;
}

globalThis.Date = new Proxy(RightDate, {
  apply: () => new RightDate(now()).toString(),
  construct: (right, args, made) => Reflect.construct(right, args.length === 0 ? [now()] : args, made) as Date,
  get: (right, key) => (key === 'now' ? now : (Reflect.get(right, key) as unknown)),
});
