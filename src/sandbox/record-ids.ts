const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const SERVERS = 8;
const BLOCK = 40;

/** Hands out new record ids, in blocks per application server as Salesforce does: never in the order of time. */
export type IdSource = { next(keyPrefix: string): string };

/** A source that never repeats an id; the same random numbers give the same ids. */
export function makeIdSource(random: () => number): IdSource {
  const blocks = new Map<string, { next: number; end: number }>();
  // The very first ids of a prefix are left to the org itself.
  let lastBlock = 1;
  return {
    next(keyPrefix) {
      const server = `${keyPrefix}/${Math.floor(random() * SERVERS)}`;
      let block = blocks.get(server);
      if (block === undefined || block.next === block.end) {
        // Blocks of one prefix are not handed out in rising order either.
        const start = ((lastBlock++ * 7919) % 100_003) * BLOCK;
        block = { next: start, end: start + BLOCK };
        blocks.set(server, block);
      }
      return toLongId(`${keyPrefix}bX0${toBase62(block.next++).padStart(9, '0')}`);
    },
  };
}

/** Whether a text has the length and the characters of an id; its checksum may still be wrong. */
export function hasIdForm(text: string): boolean {
  return /^[a-zA-Z0-9]{15}$|^[a-zA-Z0-9]{18}$/.test(text);
}

/** The 18-character form of an id of 15 or 18 characters: the checksum tells upper from lower case. */
export function toLongId(id: string): string {
  const short = id.slice(0, 15);
  let checksum = '';
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let place = 0; place < 5; place++) {
      if (/[A-Z]/.test(short.charAt(block + place))) bits |= 1 << place;
    }
    checksum += CHECKSUM.charAt(bits);
  }
  return short + checksum;
}

function toBase62(count: number): string {
  let rest = count;
  let text = '';
  do {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  } while (rest > 0);
  return text;
}
