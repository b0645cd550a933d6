/** One server of a Redis: a server itself, a Sentinel, or a node of a Cluster. */
export type RedisHost = { readonly host: string; readonly port: number };

/** What `REDIS_URL` says. */
export type RedisAddress = {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly isTls: boolean;
  /** One of a server; of Sentinel and Cluster those that tell of the others. */
  readonly hosts: readonly RedisHost[];
  readonly username: string | null;
  readonly password: string | null;
  /** What the Sentinels themselves ask for. */
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: string | null;
  /** The name under which the Sentinels know the master; null elsewhere. */
  readonly master: string | null;
  readonly database: number;
};

/**
 * Reads `redis://HOST/DATABASE`, `redis-sentinel://HOST,HOST/MASTER/DATABASE` and `redis-cluster://HOST,HOST`, each with
 * user and password before the hosts and, as `rediss…`, over TLS. A `+` may stand for the hyphen.
 * @returns null when it is none of these
 */
export function readRedisAddress(url: string): RedisAddress | null {
  const parts = FORM.exec(url)?.groups;
  if (parts === undefined) return null;
  const kind = (parts['kind'] ?? 'server') as RedisAddress['kind'];
  const hosts = (parts['hosts'] ?? '').split(',').map((text) => readHost(text, kind));
  const path = (parts['path'] ?? '').split('/').filter(Boolean).map(decode);
  const [user, password] = (parts['user'] ?? '').split(':', 2).map(decode);
  const query = new URLSearchParams(parts['query'] ?? '');
  const master = kind === 'sentinel' ? (path.shift() ?? null) : null;
  const database = path[0] ?? '0';
  const isComplete = hosts.every((host) => host !== null) && (kind !== 'server' || hosts.length === 1);
  const isNamed = (kind === 'sentinel') === (master !== null);
  const isDatabase = path.length <= 1 && /^\d{1,4}$/.test(database) && (kind !== 'cluster' || database === '0');
  if (!isComplete || !isNamed || !isDatabase) return null;
  return {
    kind,
    isTls: url.startsWith('rediss'),
    hosts: hosts.filter((host) => host !== null),
    username: user === undefined || user === '' ? null : user,
    password: password ?? null,
    sentinelUsername: query.get('sentinelUsername'),
    sentinelPassword: query.get('sentinelPassword'),
    master,
    database: Number(database),
  };
}

const FORM =
  /^rediss?(?:[-+](?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;

function readHost(text: string, kind: RedisAddress['kind']): RedisHost | null {
  const parts = /^(?:\[(?<v6>[\da-f:]+)\]|(?<host>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/i.exec(text)?.groups;
  const host = parts?.['v6'] ?? parts?.['host'];
  if (host === undefined) return null;
  const port = Number(parts?.['port'] ?? (kind === 'sentinel' ? 26_379 : 6_379));
  return port > 0 && port <= 65_535 ? { host, port } : null;
}

/** What is not percent-encoded as it should be is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The prefix of all our keys. In a Cluster it is a hash tag, so that all keys share one slot: BullMQ and our scripts work
 * on several at once. A prefix that has a tag keeps it.
 */
export function keyPrefix(address: RedisAddress, prefix: string): string {
  return address.kind === 'cluster' && !/\{[^}]+\}/.test(prefix) ? `{${prefix}}` : prefix;
}
