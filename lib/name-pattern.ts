/** Patterns of names, as the configuration has them: `*` stands for any text, or none. */

/** Matches piece by piece, each at its first place: every pattern costs one walk along the name. */
export function fitsPattern(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let position = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return name.length - last.length >= position && name.endsWith(last);
}

/** The longest pattern that fits; of two of one length the one that comes first. */
export function longestFit(name: string, patterns: Iterable<string>): string | undefined {
  let longest: string | undefined;
  for (const pattern of patterns) {
    if (pattern.length > (longest?.length ?? 0) && fitsPattern(name, pattern)) longest = pattern;
  }
  return longest;
}
