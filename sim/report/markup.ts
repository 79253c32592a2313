/** Text with tags, for HTML and XML: everything that is put in is escaped, unless it is markup itself. */

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Insert = string | number | Markup | readonly Insert[];

/** `markup`<td>${anything}</td>`` */
export function markup(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(strings.map((text, index) => text + textOf(inserts[index] ?? '')).join(''));
}

function textOf(insert: Insert): string {
  if (insert instanceof Markup) return insert.text;
  return typeof insert === 'object' ? insert.map(textOf).join('') : escapeMarkup(String(insert));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What may stand in an element or a quoted attribute. What no XML may hold becomes U+FFFD. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
