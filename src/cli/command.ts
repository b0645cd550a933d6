/** Where a command writes: results to `out`, errors and warnings to `err`. Both take whole lines, without the line end. */
export type Terminal = {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly isInteractive: boolean;
};

/** What the process edge hands to a command. */
export type CommandWorld = {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
  /** Calls the listener on each SIGHUP. */
  readonly onReload: (listener: () => void) => void;
  /** Calls the listener with an error that nobody caught; without one the process ends at once. */
  readonly onCrash?: (listener: (error: unknown) => void) => void;
};

/** Exit codes (F44), and what systems call a software failure. */
export const EXIT = {
  ok: 0,
  usage: 1,
  invalidConfig: 2,
  replayDiffers: 3,
  liveFailed: 4,
  partlyApplied: 5,
  blastRadius: 6,
  internal: 70,
} as const;

export type Command = {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole text of `rolecall NAME --help`. */
  readonly help: string;
  /** @returns the exit code */
  run(args: readonly string[], world: CommandWorld): Promise<number>;
};
