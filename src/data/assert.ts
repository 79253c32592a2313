/** Programmer errors: what cannot happen unless this package is wrong or its caller breaks a contract. Never compiled out. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`lightsout data: ${message}`);
}
