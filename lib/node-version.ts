/** The oldest Node that the program runs on, as in `engines` of package.json: there plugins in TypeScript run as they are. */
const oldest = { major: 22, minor: 18 };

/**
 * The message for an older Node, which would otherwise fail with a stack trace at the first missing feature. Undefined: it is
 * new enough.
 *
 * @param version as in `process.versions.node`
 */
export function describeOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return undefined;
  return `OpenCompat needs Node ${oldest.major}.${oldest.minor} or newer; this is Node ${version}. From a clone, \`npm start\` brings its own.`;
}
