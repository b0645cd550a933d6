import { z } from 'zod';

const FieldNames = z
  .union([z.string(), z.array(z.string()).min(1)], { error: 'expected a field name or a list of them' })
  .transform((names): readonly string[] => (typeof names === 'string' ? [names] : names));

/**
 * Where a record's place is read from, and what to do when its parts disagree (F14–F16).
 * Of each list of fields the first one counts that is not blank.
 */
export const GeoSettings = z.strictObject({
  country: FieldNames.prefault(['CountryCode', 'Country']),
  state: FieldNames.prefault(['StateCode', 'State']),
  postal: FieldNames.prefault('PostalCode'),
  infer_country_from_state: z.boolean().default(true),
  on_conflict: z.enum(['country_wins', 'state_wins', 'hold']).default('country_wins'),
});
export type GeoSettings = z.output<typeof GeoSettings>;
