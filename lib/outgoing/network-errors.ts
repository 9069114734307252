/** What goes wrong on the way out, in words. Every part that calls out uses these. */

/** The outgoing proxy has refused, or cannot be reached: the server behind it was not asked. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

const untrusted =
  'its certificate is not trusted here; where a firewall inspects connections, name its certificate by NODE_EXTRA_CA_CERTS';
const clock = "check this machine's clock";

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up right now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'it took too long to connect',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  EPROTO: 'it does not speak TLS there; is its address one of http:?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; is its address one of http:?',
  CERT_HAS_EXPIRED: `its certificate has expired; if that is not so, ${clock}`,
  CERT_NOT_YET_VALID: `its certificate is not valid yet; ${clock}`,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  // https://nodejs.org/api/tls.html#x509-certificate-error-codes
  CERT_CHAIN_TOO_LONG: untrusted,
  CERT_REJECTED: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is self-signed; name it by NODE_EXTRA_CA_CERTS to trust it`,
  INVALID_CA: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
};

/** Why a call came to nothing, in a few words without addresses or headers; the code stands behind them. */
export function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  if (error instanceof ProxyError || error instanceof RangeError) return error.message;
  if (error.name === 'TimeoutError') return 'no answer in time';
  const cause = error.cause instanceof Error ? error.cause : error;
  if (cause instanceof ProxyError) return cause.message;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause.message;
  return `${words[code] ?? 'the connection failed'} (${code})`;
}
