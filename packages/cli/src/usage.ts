/** The command line itself makes no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "bad-usage";
}
