/** What an upstream wrote, made fit to be shown to a client: no markup, no secrets, no personal data, not too long. */

const maxCharacters = 1000;
/** Looked at before anything is removed, so that a body of megabytes costs no more than a sentence. */
const maxInputCharacters = 4 * maxCharacters;

const removals: readonly RegExp[] = [
  /(?<=\bbearer\s+)[^\s"',;]+/gi,
  /[^\s"'<>()]{1,64}@[^\s"'<>()]+/g,
  // Copilot's tokens.
  /\btid=[^\s"',]+/gi,
  // JSON Web Tokens, and the prefixes of keys, refresh tokens, accounts, users and organisations.
  /eyJ[\w-]+(?:\.[\w-]*)*/g,
  /(?<![a-z0-9])(?:sk|rt|gh[a-z]|sess|acct|acc|account|user|org|proj)[-_](?=[\w.-]*\d)[\w.-]{8,}/gi,
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,
  // Anything else so long, unbroken and with a digit in it is no word of a sentence.
  /(?<![\w+/=~-])(?=[\w+/=~-]*\d)[\w+/=~-]{40,}/g,
];

/** '' for what is no text, or is a page of HTML. */
export function publicText(value: unknown): string {
  if (typeof value !== 'string') return '';
  let text = value.slice(0, maxInputCharacters);
  if (/<\s*(?:!doctype|html|head|body|script|div)\b/i.test(text)) return '';
  for (const pattern of removals) text = text.replace(pattern, '[removed]');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is to be removed
  text = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
}
