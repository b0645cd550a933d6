/**
 * State codes that Salesforce ships in its state picklists and that ISO 3166-2 has not, by country. They are kept as the
 * org has them, since rules are written with the org's values.
 */
const CODES: Readonly<Record<string, ReadonlySet<string>>> = {
  CN: codes('11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 91 92'),
  IN: codes('CT DD DN OR TG UT'),
  MX: codes('AG BC BS CM CS CH CO CL DF DG GT GR HG JA ME MI MO NA NL OA PB QE QR SL SI SO TB TM TL VE YU ZA'),
  // Armed forces.
  US: codes('AA AE AP'),
};

/** Whether Salesforce itself has the code, in upper case, among the states of the country. */
export function isOrgStateCode(country: string, code: string): boolean {
  return CODES[country]?.has(code) ?? false;
}

function codes(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
