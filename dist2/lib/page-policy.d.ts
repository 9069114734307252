/**
 * The `content-security-policy` of a page that loads its scripts and styles as files of this server, and nothing from elsewhere.
 * @param scriptHash of its only inline script, as `'sha256-…'`
 */
export declare function pagePolicy(scriptHash?: string): string;
