/** The oldest Node that the program runs on, as in `engines` of package.json: there plugins in TypeScript run as they are. */
const oldest = { major: 22, minor: 18 };

/**
 * What to tell who runs it on an older one, where it would end in a stack at the first thing that is missing.
 * Undefined: it is new enough.
 *
 * @param version as in `process.versions.node`
 */
export function describeOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return undefined;
  return `OpenCompat needs Node ${oldest.major}.${oldest.minor} or newer; this is Node ${version}. From a clone, \`npm start\` brings its own.`;
}
