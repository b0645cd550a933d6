/** Something that people outside the org should hear of. Facts hold ids and names of rules, no personal data. */
export type Alert = {
  /** A name of `alerts:`. */
  readonly channel: string;
  /** What has changed: of alerts with the same key only the first is sent. */
  readonly key: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
};

/** How something stands that lasts. People hear of it when it changes. */
export type Standing = {
  /** A name of `alerts:`. */
  readonly channel: string;
  /** What stands so, `org` or `module:routing`. */
  readonly subject: string;
  /** Names the trouble; null when all is well, which is no news unless people have heard of trouble before. */
  readonly trouble: string | null;
  readonly facts: Alert['facts'];
};
