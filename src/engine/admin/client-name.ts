/** Names that clients give themselves: printable, without blanks, so that a line of CLIENT LIST stays a line. */

export function isClientName(name: string): boolean {
  return /^[!-~]*$/.test(name);
}

export const nameError = 'ERR Client names cannot contain spaces, newlines or special characters.';
