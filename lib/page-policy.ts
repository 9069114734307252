/**
 * The `content-security-policy` of a page that loads its scripts and styles as files of this server, and nothing from elsewhere.
 * @param scriptHash of its only inline script, as `'sha256-…'`
 */
export function pagePolicy(scriptHash?: string): string {
  return [
    "default-src 'none'",
    ["script-src 'self'", scriptHash].filter(Boolean).join(' '),
    ...["style-src 'self'", "img-src 'self' data:", "connect-src 'self'"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; ');
}
