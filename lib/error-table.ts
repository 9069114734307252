// biome-ignore-all lint/style/noExcessiveLinesPerFile: a table
/**
 * The one table of errors. Each row: HTTP status, the OpenAI error `type` and `code` that clients see, the message, and
 * what to do next. Nothing else in the project invents an error code or writes an error body; the client API's folder
 * only decides the shape. (Types and codes: the public OpenAI API, as its SDKs read it.)
 */

export interface ErrorRow {
  /** HTTP status before the first byte. */
  readonly status: number;
  readonly type: string;
  /** Public code; null where OpenAI sends null. */
  readonly code: string | null;
  /** `{name}` is replaced by the detail of that name. */
  readonly message: string;
  /** What the person can do about it; may hold details too. Appended to the message. */
  readonly next?: string;
  /** false: tells SDKs not to retry (`x-should-retry: false`). */
  readonly retry?: false;
  /** true: another provider may still answer; an alias with a list turns to its next model. */
  readonly elsewhere?: true;
}

export const errorTable = {
  // The request
  OC_INVALID_JSON: {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_json',
    message: 'The request body is not valid JSON: {reason}.',
  },
  OC_INVALID_TYPE: { status: 400, type: 'invalid_request_error', code: 'invalid_type', message: '{reason}' },
  OC_INVALID_VALUE: { status: 400, type: 'invalid_request_error', code: 'invalid_value', message: '{reason}' },
  OC_MISSING_PARAMETER: {
    status: 400,
    type: 'invalid_request_error',
    code: 'missing_required_parameter',
    message: "Missing required parameter: '{param}'.",
  },
  OC_UNSUPPORTED_PARAMETER: {
    status: 400,
    type: 'invalid_request_error',
    code: 'unsupported_parameter',
    message: "Unsupported parameter: '{param}'. {reason}",
  },
  OC_UNSUPPORTED_VALUE: {
    status: 400,
    type: 'invalid_request_error',
    code: 'unsupported_value',
    message: "Unsupported value: '{param}'. {reason}",
  },
  OC_TOOL_NOT_SUPPORTED: {
    status: 400,
    type: 'invalid_request_error',
    code: 'tool_not_supported',
    message: "The tool type '{tool}' is not served here.",
  },
  OC_PREVIOUS_RESPONSE_NOT_FOUND: {
    status: 400,
    type: 'invalid_request_error',
    code: 'previous_response_not_found',
    message: "Previous response with id '{id}' not found.",
  },
  OC_RESPONSE_NOT_FOUND: {
    status: 404,
    type: 'invalid_request_error',
    code: null,
    message: "Response with id '{id}' not found.",
  },
  OC_STORE_AWAY: {
    status: 503,
    type: 'server_error',
    code: 'store_away',
    message: 'Stored responses cannot be looked up right now, so that nobody can tell whether this one exists.',
    next: 'Try again in some seconds.',
  },
  OC_ITEM_NOT_FOUND: {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_value',
    message: "Item with id '{id}' not found.",
    next: 'Send the item itself instead of a reference to it.',
  },
  OC_CONVERSATION_TOO_LARGE: {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message: 'The conversation that the request continues is larger than {limitBytes} bytes.',
    next: 'Start anew or compact the conversation; the limit is `responsesMaxRestoredBytes` (OPENCOMPAT_RESPONSES_MAX_RESTORED_BYTES).',
  },
  OC_ORPHAN_TOOL_OUTPUT: {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_value',
    message:
      "Invalid '{param}': no earlier tool call has the id '{callId}'. Each tool message must follow the assistant message that called the tool.",
  },
  OC_NOT_SERVED: {
    status: 400,
    type: 'invalid_request_error',
    code: 'not_supported',
    message: '{provider} does not serve {what}.',
    elsewhere: true,
  },
  OC_NO_IMAGE: {
    status: 400,
    type: 'image_generation_user_error',
    code: 'no_image',
    message: 'The model drew no picture. {reason}',
  },
  OC_NO_COMPACTION: {
    status: 400,
    type: 'invalid_request_error',
    code: 'not_supported',
    message: 'The model gave no compaction of the conversation.',
    next: 'Compact it in the client.',
  },
  OC_MODEL_NOT_FOUND: {
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: 'The model `{model}` does not exist or you do not have access to it.{near}',
  },
  OC_MODELS_UNKNOWN: {
    status: 503,
    type: 'server_error',
    code: 'models_unknown',
    message: '{provider} cannot list its models right now, so it is unknown whether it has this one.',
    next: 'Try again in some seconds.',
  },
  OC_UPSTREAM_MODEL_NOT_FOUND: {
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: '{provider} does not have this model: {reason}',
    elsewhere: true,
  },
  OC_UNKNOWN_URL: {
    status: 404,
    type: 'invalid_request_error',
    code: 'unknown_url',
    message: 'Unknown request URL: {method} {path}.',
    next: 'GET / lists what is served here.',
  },
  OC_METHOD_NOT_ALLOWED: {
    status: 405,
    type: 'invalid_request_error',
    code: 'method_not_allowed',
    message: 'Not allowed: {method} {path}. Use {allowed}.',
  },
  OC_UPGRADE_REQUIRED: {
    status: 426,
    type: 'invalid_request_error',
    code: 'upgrade_required',
    message: 'This path is for WebSockets.',
    next: 'Send a POST request for an answer over HTTP.',
  },
  OC_TOO_MANY_SOCKETS: {
    status: 429,
    type: 'requests',
    code: 'websocket_connection_limit_reached',
    message: 'There are {limit} WebSocket connections{whose} already.',
    next: 'The limit is {setting}.',
  },
  OC_SOCKET_BUSY: {
    status: 409,
    type: 'invalid_request_error',
    code: 'response_in_progress',
    message: 'The previous answer has not ended: without a `stream_id`, a connection takes one request at a time.',
  },
  OC_SOCKET_FULL: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'This connection has {limit} requests under way already.',
    next: 'The limit is `websocketMaxRequests` (OPENCOMPAT_WEBSOCKET_MAX_REQUESTS).',
  },
  OC_MALFORMED_HTTP: {
    status: 400,
    type: 'invalid_request_error',
    code: 'malformed_request',
    message: 'The request is not valid HTTP.',
  },
  OC_REQUEST_TIMEOUT: {
    status: 408,
    type: 'invalid_request_error',
    code: 'request_timeout',
    message: 'The request body did not arrive in time.',
  },
  OC_CLIENT_STALLED: {
    status: 408,
    type: 'invalid_request_error',
    code: 'client_stalled',
    message: 'The client read nothing of its answer for {seconds} seconds.',
  },
  OC_BODY_TOO_LARGE: {
    status: 413,
    type: 'invalid_request_error',
    code: 'request_too_large',
    message: 'The request body is larger than {limitBytes} bytes.',
    next: 'The limit is `maxBodyBytes` (OPENCOMPAT_MAX_BODY_BYTES).',
  },
  OC_TOO_MANY_VALUES: {
    status: 413,
    type: 'invalid_request_error',
    code: 'request_too_large',
    message: 'The request body holds more than {limit} objects, lists, keys and texts (four numbers count as one).',
    next: 'The limit is `maxBodyValues` (OPENCOMPAT_MAX_BODY_VALUES).',
  },
  OC_UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    type: 'invalid_request_error',
    code: 'unsupported_media_type',
    message: 'The request body must be application/json{reason}.',
  },

  // Who may ask
  OC_INVALID_API_KEY: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'Incorrect API key provided.',
    next: 'Use one of the client keys configured on this server.',
  },
  OC_MISSING_API_KEY: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'You did not provide an API key.',
    next: 'Send one of the client keys of this server as "Authorization: Bearer KEY" (or "x-api-key: KEY", "api-key: KEY").',
  },
  OC_HOST_NOT_ALLOWED: {
    status: 403,
    type: 'permission_error',
    code: 'host_not_allowed',
    message: "The Host '{host}' is not one of this server's names.",
    next: 'Add it to `allowedHosts` (OPENCOMPAT_ALLOWED_HOSTS).',
  },
  OC_ORIGIN_NOT_ALLOWED: {
    status: 403,
    type: 'permission_error',
    code: 'origin_not_allowed',
    message: "Pages of '{origin}' may not use this server.",
    next: 'Add the origin to `allowedOrigins` (OPENCOMPAT_ALLOWED_ORIGINS).',
  },
  OC_NOT_OPERATOR: {
    status: 403,
    type: 'permission_error',
    code: 'not_operator',
    message: 'Only the operator of the server may do this.',
    next: 'Run `opencompat reload` on its machine, as the user that runs it.',
  },
  OC_CONSOLE_SIGNED_OUT: {
    status: 401,
    type: 'authentication_error',
    code: 'signed_out',
    message: 'Nobody is signed in to the console here, or the session has ended.',
    next: 'Sign in at `/console/`, or send "Authorization: Bearer ADMIN_KEY".',
  },
  OC_INVALID_ADMIN_KEY: {
    status: 401,
    type: 'authentication_error',
    code: 'invalid_admin_key',
    message: 'This is none of the server’s admin keys; a client key does not open the console.',
  },
  OC_NO_ADMIN_KEYS: {
    status: 401,
    type: 'authentication_error',
    code: 'no_admin_keys',
    message: 'This server has no admin keys. {how}',
  },
  OC_INVALID_TICKET: {
    status: 401,
    type: 'authentication_error',
    code: 'invalid_ticket',
    message: 'This link has been used already, or is older than a minute.',
    next: 'Run `opencompat console` again.',
  },
  OC_CONSOLE_TOKEN_MISSING: {
    status: 403,
    type: 'permission_error',
    code: 'csrf_token_missing',
    message: 'The header x-csrf-token does not hold the token of this session.',
    next: 'Reload the page.',
  },
  OC_CONSOLE_FOREIGN_PAGE: {
    status: 403,
    type: 'permission_error',
    code: 'origin_not_allowed',
    message: "Pages of '{origin}' may not use the console: only its own page may, under the server’s own name.",
  },
  OC_CONSOLE_OFF: {
    status: 404,
    type: 'invalid_request_error',
    code: 'console_off',
    message: 'The console is switched off.',
    next: 'Set `console` (OPENCOMPAT_CONSOLE) to `true`.',
  },
  OC_CONSOLE_NOT_FOUND: {
    status: 404,
    type: 'invalid_request_error',
    code: 'not_found',
    message: 'The console has no {what}.',
  },
  OC_CONSOLE_CONFLICT: { status: 409, type: 'invalid_request_error', code: 'conflict', message: '{reason}' },
  OC_METRICS_TOKEN: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'The metrics are behind a token of their own.',
    next: 'Send `metricsToken` (OPENCOMPAT_METRICS_TOKEN) as "Authorization: Bearer TOKEN".',
  },
  OC_TOO_MANY_WRONG_KEYS: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Too many requests with a wrong API key came from this address. Please try again in {retryAfterS}s.',
    next: 'The limit is `wrongKeyLimit` (OPENCOMPAT_WRONG_KEY_LIMIT).',
  },
  OC_RATE_LIMITED: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached: {limit} requests a minute. Please try again in {retryAfterS}s.',
  },
  OC_KEY_EXPIRED: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'The API key `{key}` was good until {expires}.',
    next: 'Ask whoever runs this server for another.',
  },
  OC_KEY_DISABLED: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'The API key `{key}` is switched off.',
    next: 'Ask whoever runs this server.',
  },
  OC_KEY_REQUEST_LIMIT: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'The API key `{key}` has reached its limit of {limit} requests per {window}.',
    next: 'The next {window} begins at {resetsAt}, in {retryAfterS}s.',
  },
  OC_KEY_TOKEN_LIMIT: {
    status: 429,
    type: 'tokens',
    code: 'rate_limit_exceeded',
    message: 'The API key `{key}` has reached its limit of {limit} tokens per {window}.',
    next: 'The next {window} begins at {resetsAt}, in {retryAfterS}s.',
  },
  OC_KEY_COST_LIMIT: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'The API key `{key}` has reached its limit of {limit} USD per {window}.',
    next: 'The next {window} begins at {resetsAt}, in {retryAfterS}s.',
  },

  // Upstream, before the first byte or in the stream
  OC_NO_CREDENTIALS: {
    status: 401,
    type: 'authentication_error',
    code: 'no_credentials',
    message: 'The server is not signed in to {provider}.',
    next: 'Run `{login}` on the server.',
    retry: false,
    elsewhere: true,
  },
  OC_SIGN_IN_AGAIN: {
    status: 401,
    type: 'authentication_error',
    code: 'token_invalidated',
    message: "The server's sign-in to {provider} is no longer valid.",
    next: 'Run `{login}` on the server.',
    retry: false,
    elsewhere: true,
  },
  OC_CREDENTIALS_UNREADABLE: {
    status: 503,
    type: 'server_error',
    code: 'credentials_unreadable',
    message: "The server's credential file cannot be used.",
    next: "The server's log says why; repair it, or move it away and run `opencompat login` on the server.",
    retry: false,
    elsewhere: true,
  },
  OC_UPSTREAM_BAD_REQUEST: { status: 400, type: 'invalid_request_error', code: null, message: '{reason}' },
  OC_CONTEXT_LENGTH: {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message: '{reason}',
  },
  OC_CONTENT_FILTER: { status: 400, type: 'invalid_request_error', code: 'content_filter', message: '{reason}' },
  OC_FORBIDDEN: { status: 403, type: 'permission_error', code: null, message: '{reason}', retry: false },
  OC_USAGE_LIMIT: {
    status: 429,
    type: 'usage_limit_reached',
    code: 'usage_limit_reached',
    message: '{reason}',
    retry: false,
    elsewhere: true,
  },
  OC_QUOTA_RESERVED: {
    status: 429,
    type: 'usage_limit_reached',
    code: 'usage_limit_reached',
    message:
      '{usedPercent} % of the quota of {provider} ({window}) is used, and the rest is kept back: `providers.{name}.quota`.',
    next: '{comesBack}',
    retry: false,
    elsewhere: true,
  },
  OC_INSUFFICIENT_QUOTA: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: '{reason}',
    retry: false,
    elsewhere: true,
  },
  OC_UPSTREAM_RATE_LIMITED: {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: '{reason}',
    elsewhere: true,
  },
  OC_OVERLOADED: {
    status: 503,
    type: 'server_error',
    code: 'server_is_overloaded',
    message: '{reason}',
    elsewhere: true,
  },
  OC_UPSTREAM_ERROR: {
    status: 502,
    type: 'server_error',
    code: 'upstream_error',
    message: '{reason}',
    elsewhere: true,
  },
  OC_UPSTREAM_KEY_MISSING: {
    status: 502,
    type: 'server_error',
    code: 'upstream_key_refused',
    message: '{provider} asks for a key, and this server has none for it (HTTP {status}).',
    next: 'The key of the client is fine: set `apiKey` of this provider in the configuration.',
    retry: false,
    elsewhere: true,
  },
  OC_UPSTREAM_KEY_REFUSED: {
    status: 502,
    type: 'server_error',
    code: 'upstream_key_refused',
    message: '{provider} refused the key that this server has for it (HTTP {status}).',
    next: 'The key of the client is fine: check `apiKey` of this provider in the configuration.',
    retry: false,
    elsewhere: true,
  },
  OC_UPSTREAM_BLOCKED: {
    status: 502,
    type: 'server_error',
    code: 'upstream_blocked',
    message: '{provider} refused the connection before it reached the API (HTTP {status}).',
    next: 'A firewall or CDN stands in front; check the proxy settings, the base URL and, for ChatGPT, `chatgptClientVersion`.',
    elsewhere: true,
  },
  OC_UPSTREAM_UNREACHABLE: {
    status: 502,
    type: 'server_error',
    code: 'upstream_unreachable',
    message: '{provider} cannot be reached: {reason}.',
    elsewhere: true,
  },
  OC_UPSTREAM_TIMEOUT: {
    status: 504,
    type: 'server_error',
    code: 'upstream_timeout',
    message: '{provider} sent nothing for {seconds} seconds.',
    next: 'The limit is `upstreamIdleTimeout` (OPENCOMPAT_UPSTREAM_IDLE_TIMEOUT), or `timeout` of the provider.',
    elsewhere: true,
  },
  OC_UPSTREAM_STREAM_CLOSED: {
    status: 502,
    type: 'server_error',
    code: 'upstream_stream_closed',
    message: '{provider} closed the stream before the answer was complete.',
    elsewhere: true,
  },
  OC_UPSTREAM_INVALID: {
    status: 502,
    type: 'server_error',
    code: 'upstream_invalid_response',
    message: '{provider} sent something that is not a {api} answer: {reason}.',
    elsewhere: true,
  },

  // This server
  OC_MIDDLEWARE_FAILED: {
    status: 500,
    type: 'server_error',
    code: 'middleware_failed',
    message: "The middleware '{middleware}' failed.",
    next: "The server's log has the details under this request id.",
    retry: false,
  },
  OC_MIDDLEWARE_TIMEOUT: {
    status: 500,
    type: 'server_error',
    code: 'middleware_timeout',
    message: "The middleware '{middleware}' neither answered nor passed the request on within {seconds} seconds.",
    retry: false,
  },
  OC_CHAIN_ENDED: {
    status: 500,
    type: 'server_error',
    code: 'middleware_failed',
    message: "No middleware answered the request; the last was '{middleware}'.",
    retry: false,
  },
  OC_EXCHANGE_NOT_READY: {
    status: 500,
    type: 'server_error',
    code: 'middleware_failed',
    message: "exchange.{field} was read before '{middleware}' set it; place the reader after that box.",
    retry: false,
  },
  OC_CANNOT_LISTEN: {
    status: 500,
    type: 'server_error',
    code: null,
    message: 'Cannot listen on {address}: {reason}.',
    next: 'Choose another address or port (OPENCOMPAT_HOST, OPENCOMPAT_PORT).',
  },
  OC_SHUTTING_DOWN: {
    status: 503,
    type: 'server_error',
    code: 'server_shutting_down',
    message: 'The server is shutting down.',
  },
  OC_INTERNAL: {
    status: 500,
    type: 'server_error',
    code: 'internal_error',
    message: 'Something went wrong inside the server.',
    next: "The server's log has the details under this request id.",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;
