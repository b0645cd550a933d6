/** How the daemon proves who it is; one of Salesforce's three flows for programs without a person at the screen. */
export type SignInFlow =
  | {
      readonly kind: 'jwt';
      readonly clientId: string;
      readonly username: string;
      /** PEM, PKCS#8 or PKCS#1. */
      readonly privateKey: string;
      /** `aud` of the assertion: the login host of the kind of org, not its My Domain. */
      readonly audience: string;
    }
  | { readonly kind: 'client-credentials'; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly kind: 'refresh-token';
      readonly clientId: string;
      readonly clientSecret?: string;
      readonly refreshToken: string;
    };
