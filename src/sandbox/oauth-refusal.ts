/** A refusal of the token endpoint: an object, unlike every other error of the org. */
export class OAuthRefusal extends Error {
  readonly error: string;

  constructor(error: string, description: string) {
    super(description);
    this.error = error;
  }
}
