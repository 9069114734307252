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
export declare const errorTable: {
    readonly OC_INVALID_JSON: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_json';
        readonly message: 'The request body is not valid JSON: {reason}.';
    };
    readonly OC_INVALID_TYPE: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_type';
        readonly message: '{reason}';
    };
    readonly OC_INVALID_VALUE: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_value';
        readonly message: '{reason}';
    };
    readonly OC_MISSING_PARAMETER: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'missing_required_parameter';
        readonly message: "Missing required parameter: '{param}'.";
    };
    readonly OC_UNSUPPORTED_PARAMETER: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'unsupported_parameter';
        readonly message: "Unsupported parameter: '{param}'. {reason}";
    };
    readonly OC_UNSUPPORTED_VALUE: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'unsupported_value';
        readonly message: "Unsupported value: '{param}'. {reason}";
    };
    readonly OC_TOOL_NOT_SUPPORTED: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'tool_not_supported';
        readonly message: "The tool type '{tool}' is not served here.";
    };
    readonly OC_PREVIOUS_RESPONSE_NOT_FOUND: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'previous_response_not_found';
        readonly message: "Previous response with id '{id}' not found.";
    };
    readonly OC_THREAD_NOT_FOUND: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: 'thread_not_found';
        readonly message: 'There is no thread with this message, or not any more: it is held for an hour after its last use.';
        readonly next: 'Send all messages, as a new thread.';
    };
    readonly OC_THREAD_ALREADY_CONTINUED: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'thread_already_continued';
        readonly message: 'Another message has continued the thread from this one.';
        readonly next: 'Continue from the newest message, or send all messages as a new thread.';
    };
    readonly OC_THREAD_CONTINUE_IN_FLIGHT: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'thread_continue_in_flight';
        readonly message: 'Another request is just continuing the thread from this message.';
        readonly next: 'Wait for its end.';
    };
    readonly OC_THREAD_CHANGED: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'thread_fingerprint_mismatch';
        readonly message: "A thread keeps its `system` and `tools` from its first request on: '{param}' cannot be given again.";
        readonly next: 'Leave it out, or send all messages as a new thread.';
    };
    readonly OC_RESPONSE_NOT_FOUND: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: null;
        readonly message: "Response with id '{id}' not found.";
    };
    readonly OC_OBJECT_NOT_FOUND: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: null;
        readonly message: "No such {object}: '{id}'.";
    };
    readonly OC_PROVIDER_NOT_FOUND: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: 'provider_not_found';
        readonly message: 'No OpenAI-compatible provider{named} takes {what} here.';
        readonly elsewhere: true;
    };
    readonly OC_STORE_AWAY: {
        readonly status: 503;
        readonly type: 'server_error';
        readonly code: 'store_away';
        readonly message: 'What is stored here cannot be looked up right now, so that nobody can tell whether it has this.';
        readonly next: 'Try again in some seconds.';
    };
    readonly OC_ITEM_NOT_FOUND: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_value';
        readonly message: "Item with id '{id}' not found.";
        readonly next: 'Send the item itself instead of a reference to it.';
    };
    readonly OC_CONVERSATION_TOO_LARGE: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'context_length_exceeded';
        readonly message: 'The conversation that the request continues is larger than {limitBytes} bytes.';
        readonly next: 'Start anew or compact the conversation; the limit is `responsesMaxRestoredBytes` (OPENCOMPAT_RESPONSES_MAX_RESTORED_BYTES).';
    };
    readonly OC_ORPHAN_TOOL_OUTPUT: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_value';
        readonly message: "Invalid '{param}': no earlier tool call has the id '{callId}'. Each tool message must follow the assistant message that called the tool.";
    };
    readonly OC_NOT_SERVED: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'not_supported';
        readonly message: '{provider} does not serve {what}.';
        readonly elsewhere: true;
    };
    readonly OC_NO_IMAGE: {
        readonly status: 400;
        readonly type: 'image_generation_user_error';
        readonly code: 'no_image';
        readonly message: 'The model drew no picture. {reason}';
    };
    readonly OC_NO_COMPACTION: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'not_supported';
        readonly message: 'The model gave no compaction of the conversation.';
        readonly next: 'Compact it in the client.';
    };
    readonly OC_MODEL_NOT_FOUND: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: 'model_not_found';
        readonly message: 'The model `{model}` does not exist or you do not have access to it.{near}';
    };
    readonly OC_MODELS_UNKNOWN: {
        readonly status: 503;
        readonly type: 'server_error';
        readonly code: 'models_unknown';
        readonly message: '{provider} cannot list its models right now, so it is unknown whether it has this one.';
        readonly next: 'Try again in some seconds.';
    };
    readonly OC_UPSTREAM_MODEL_NOT_FOUND: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: 'model_not_found';
        readonly message: '{provider} does not have this model: {reason}';
        readonly elsewhere: true;
    };
    readonly OC_UNKNOWN_URL: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: 'unknown_url';
        readonly message: 'Unknown request URL: {method} {path}.';
        readonly next: 'GET / lists what is served here.';
    };
    readonly OC_METHOD_NOT_ALLOWED: {
        readonly status: 405;
        readonly type: 'invalid_request_error';
        readonly code: 'method_not_allowed';
        readonly message: 'Not allowed: {method} {path}. Use {allowed}.';
    };
    readonly OC_UPGRADE_REQUIRED: {
        readonly status: 426;
        readonly type: 'invalid_request_error';
        readonly code: 'upgrade_required';
        readonly message: 'This path is for WebSockets.';
        readonly next: 'Send a POST request for an answer over HTTP.';
    };
    readonly OC_TOO_MANY_SOCKETS: {
        readonly status: 429;
        readonly type: 'requests';
        readonly code: 'websocket_connection_limit_reached';
        readonly message: 'There are {limit} WebSocket connections{whose} already.';
        readonly next: 'The limit is {setting}.';
    };
    readonly OC_SOCKET_BUSY: {
        readonly status: 409;
        readonly type: 'invalid_request_error';
        readonly code: 'response_in_progress';
        readonly message: 'The previous answer has not ended: without a `stream_id`, a connection takes one request at a time.';
    };
    readonly OC_SOCKET_FULL: {
        readonly status: 429;
        readonly type: 'requests';
        readonly code: 'rate_limit_exceeded';
        readonly message: 'This connection has {limit} requests under way already.';
        readonly next: 'The limit is `websocketMaxRequests` (OPENCOMPAT_WEBSOCKET_MAX_REQUESTS).';
    };
    readonly OC_RESUME_UNKNOWN: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: 'resume_unknown';
        readonly message: 'There is no answer to go on with for this client by that token; nothing was asked of a model.';
        readonly next: 'An answer is kept for `resumeTimeout` seconds (OPENCOMPAT_RESUME_TIMEOUT) after its last reader has left. Send the request again.';
        readonly retry: false;
    };
    readonly OC_RESUME_GONE: {
        readonly status: 410;
        readonly type: 'invalid_request_error';
        readonly code: 'resume_gone';
        readonly message: 'The events that follow this token are not kept any more; nothing was asked of a model.';
        readonly next: 'The limit is `resumeMaxBytes` (OPENCOMPAT_RESUME_MAX_BYTES). Send the request again.';
        readonly retry: false;
    };
    readonly OC_BACKGROUND_LIMIT: {
        readonly status: 429;
        readonly type: 'requests';
        readonly code: 'background_limit_exceeded';
        readonly message: 'As many answers are being made in the background for this client as it may have at a time: {limit}.';
        readonly next: 'Wait for one to end or cancel it; the limit is `backgroundMaxAnswers` (OPENCOMPAT_BACKGROUND_MAX_ANSWERS).';
    };
    readonly OC_BACKGROUND_TIMEOUT: {
        readonly status: 504;
        readonly type: 'server_error';
        readonly code: 'background_timeout';
        readonly message: 'The answer took longer than {limitS} seconds in the background.';
        readonly next: 'The limit is `backgroundTimeout` (OPENCOMPAT_BACKGROUND_TIMEOUT).';
    };
    readonly OC_BACKGROUND_LOST: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'background_lost';
        readonly message: 'The server that made this answer in the background has ended before the answer did; nothing of it is left.';
        readonly next: 'Send the request again.';
    };
    readonly OC_BACKGROUND_ELSEWHERE: {
        readonly status: 409;
        readonly type: 'invalid_request_error';
        readonly code: 'background_elsewhere';
        readonly message: 'Another server makes this answer: it alone can stream or cancel it.';
        readonly next: 'Ask for it without `stream` until it is done.';
        readonly retry: false;
    };
    readonly OC_PREVIOUS_RESPONSE_RUNNING: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'previous_response_not_completed';
        readonly message: "Previous response with id '{id}' is still being made.";
        readonly next: 'Wait until its status says that it is done.';
    };
    readonly OC_ANSWER_LOST: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'answer_lost';
        readonly message: 'The rest of the answer is lost, all behind its first {events} events: {reason}.';
        readonly next: 'Send the request again for another answer.';
    };
    readonly OC_MALFORMED_HTTP: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'malformed_request';
        readonly message: 'The request is not valid HTTP.';
    };
    readonly OC_REQUEST_TIMEOUT: {
        readonly status: 408;
        readonly type: 'invalid_request_error';
        readonly code: 'request_timeout';
        readonly message: 'The request body did not arrive in time.';
    };
    readonly OC_CLIENT_STALLED: {
        readonly status: 408;
        readonly type: 'invalid_request_error';
        readonly code: 'client_stalled';
        readonly message: 'The client read nothing of its answer for {seconds} seconds.';
    };
    readonly OC_BODY_TOO_LARGE: {
        readonly status: 413;
        readonly type: 'invalid_request_error';
        readonly code: 'request_too_large';
        readonly message: 'The request body is larger than {limitBytes} bytes.';
        readonly next: 'The limit is `maxBodyBytes` (OPENCOMPAT_MAX_BODY_BYTES).';
    };
    readonly OC_TOO_MANY_VALUES: {
        readonly status: 413;
        readonly type: 'invalid_request_error';
        readonly code: 'request_too_large';
        readonly message: 'The request body holds more than {limit} objects, lists, keys and texts (four numbers count as one).';
        readonly next: 'The limit is `maxBodyValues` (OPENCOMPAT_MAX_BODY_VALUES).';
    };
    readonly OC_UNSUPPORTED_MEDIA_TYPE: {
        readonly status: 415;
        readonly type: 'invalid_request_error';
        readonly code: 'unsupported_media_type';
        readonly message: 'The request body must be application/json{reason}.';
    };
    readonly OC_INVALID_API_KEY: {
        readonly status: 401;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_api_key';
        readonly message: 'Incorrect API key provided.';
        readonly next: 'Use one of the client keys configured on this server.';
    };
    readonly OC_MISSING_API_KEY: {
        readonly status: 401;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_api_key';
        readonly message: 'You did not provide an API key.';
        readonly next: 'Send one of the client keys of this server as "Authorization: Bearer KEY" (or "x-api-key: KEY", "api-key: KEY").';
    };
    readonly OC_HOST_NOT_ALLOWED: {
        readonly status: 403;
        readonly type: 'permission_error';
        readonly code: 'host_not_allowed';
        readonly message: "The Host '{host}' is not one of this server's names.";
        readonly next: 'Add it to `allowedHosts` (OPENCOMPAT_ALLOWED_HOSTS).';
    };
    readonly OC_ORIGIN_NOT_ALLOWED: {
        readonly status: 403;
        readonly type: 'permission_error';
        readonly code: 'origin_not_allowed';
        readonly message: "Pages of '{origin}' may not use this server.";
        readonly next: 'Add the origin to `allowedOrigins` (OPENCOMPAT_ALLOWED_ORIGINS).';
    };
    readonly OC_NOT_OPERATOR: {
        readonly status: 403;
        readonly type: 'permission_error';
        readonly code: 'not_operator';
        readonly message: 'Only the operator of the server may do this.';
        readonly next: 'Run `opencompat reload` on its machine, as the user that runs it.';
    };
    readonly OC_CONSOLE_SIGNED_OUT: {
        readonly status: 401;
        readonly type: 'authentication_error';
        readonly code: 'signed_out';
        readonly message: 'Nobody is signed in to the console here, or the session has ended.';
        readonly next: 'Sign in at `/console/`, or send "Authorization: Bearer ADMIN_KEY".';
    };
    readonly OC_INVALID_ADMIN_KEY: {
        readonly status: 401;
        readonly type: 'authentication_error';
        readonly code: 'invalid_admin_key';
        readonly message: 'This is none of the server’s admin keys; a client key does not open the console.';
    };
    readonly OC_NO_ADMIN_KEYS: {
        readonly status: 401;
        readonly type: 'authentication_error';
        readonly code: 'no_admin_keys';
        readonly message: 'This server has no admin keys. {how}';
    };
    readonly OC_INVALID_TICKET: {
        readonly status: 401;
        readonly type: 'authentication_error';
        readonly code: 'invalid_ticket';
        readonly message: 'This link has been used already, or is older than a minute.';
        readonly next: 'Run `opencompat console` again.';
    };
    readonly OC_CONSOLE_TOKEN_MISSING: {
        readonly status: 403;
        readonly type: 'permission_error';
        readonly code: 'csrf_token_missing';
        readonly message: 'The header x-csrf-token does not hold the token of this session.';
        readonly next: 'Reload the page.';
    };
    readonly OC_CONSOLE_FOREIGN_PAGE: {
        readonly status: 403;
        readonly type: 'permission_error';
        readonly code: 'origin_not_allowed';
        readonly message: "Pages of '{origin}' may not use the console: only its own page may, under the server’s own name.";
    };
    readonly OC_CONSOLE_OFF: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: 'console_off';
        readonly message: 'The console is switched off.';
        readonly next: 'Set `console` (OPENCOMPAT_CONSOLE) to `true`.';
    };
    readonly OC_CONSOLE_NOT_FOUND: {
        readonly status: 404;
        readonly type: 'invalid_request_error';
        readonly code: 'not_found';
        readonly message: 'The console has no {what}.';
    };
    readonly OC_CONSOLE_CONFLICT: {
        readonly status: 409;
        readonly type: 'invalid_request_error';
        readonly code: 'conflict';
        readonly message: '{reason}';
    };
    readonly OC_METRICS_TOKEN: {
        readonly status: 401;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_api_key';
        readonly message: 'The metrics are behind a token of their own.';
        readonly next: 'Send `metricsToken` (OPENCOMPAT_METRICS_TOKEN) as "Authorization: Bearer TOKEN".';
    };
    readonly OC_TOO_MANY_WRONG_KEYS: {
        readonly status: 429;
        readonly type: 'requests';
        readonly code: 'rate_limit_exceeded';
        readonly message: 'Too many requests with a wrong API key came from this address. Please try again in {retryAfterS}s.';
        readonly next: 'The limit is `wrongKeyLimit` (OPENCOMPAT_WRONG_KEY_LIMIT).';
    };
    readonly OC_RATE_LIMITED: {
        readonly status: 429;
        readonly type: 'requests';
        readonly code: 'rate_limit_exceeded';
        readonly message: 'Rate limit reached: {limit} requests a minute. Please try again in {retryAfterS}s.';
    };
    readonly OC_KEY_EXPIRED: {
        readonly status: 401;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_api_key';
        readonly message: 'The API key `{key}` was good until {expires}.';
        readonly next: 'Ask whoever runs this server for another.';
    };
    readonly OC_KEY_DISABLED: {
        readonly status: 401;
        readonly type: 'invalid_request_error';
        readonly code: 'invalid_api_key';
        readonly message: 'The API key `{key}` is switched off.';
        readonly next: 'Ask whoever runs this server.';
    };
    readonly OC_KEY_REQUEST_LIMIT: {
        readonly status: 429;
        readonly type: 'requests';
        readonly code: 'rate_limit_exceeded';
        readonly message: 'The API key `{key}` has reached its limit of {limit} requests per {window}.';
        readonly next: 'The next {window} begins at {resetsAt}, in {retryAfterS}s.';
    };
    readonly OC_KEY_TOKEN_LIMIT: {
        readonly status: 429;
        readonly type: 'tokens';
        readonly code: 'rate_limit_exceeded';
        readonly message: 'The API key `{key}` has reached its limit of {limit} tokens per {window}.';
        readonly next: 'The next {window} begins at {resetsAt}, in {retryAfterS}s.';
    };
    readonly OC_KEY_COST_LIMIT: {
        readonly status: 429;
        readonly type: 'insufficient_quota';
        readonly code: 'insufficient_quota';
        readonly message: 'The API key `{key}` has reached its limit of {limit} USD per {window}.';
        readonly next: 'The next {window} begins at {resetsAt}, in {retryAfterS}s.';
    };
    readonly OC_NO_CREDENTIALS: {
        readonly status: 401;
        readonly type: 'authentication_error';
        readonly code: 'no_credentials';
        readonly message: 'The server is not signed in to {provider}.';
        readonly next: 'Run `{login}` on the server.';
        readonly retry: false;
        readonly elsewhere: true;
    };
    readonly OC_SIGN_IN_AGAIN: {
        readonly status: 401;
        readonly type: 'authentication_error';
        readonly code: 'token_invalidated';
        readonly message: "The server's sign-in to {provider} is no longer valid.";
        readonly next: 'Run `{login}` on the server.';
        readonly retry: false;
        readonly elsewhere: true;
    };
    readonly OC_CREDENTIALS_UNREADABLE: {
        readonly status: 503;
        readonly type: 'server_error';
        readonly code: 'credentials_unreadable';
        readonly message: "The server's credential file cannot be used.";
        readonly next: "The server's log says why; repair it, or move it away and run `opencompat login` on the server.";
        readonly retry: false;
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_BAD_REQUEST: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: null;
        readonly message: '{reason}';
    };
    readonly OC_CONTEXT_LENGTH: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'context_length_exceeded';
        readonly message: '{reason}';
    };
    readonly OC_CONTENT_FILTER: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: 'content_filter';
        readonly message: '{reason}';
    };
    readonly OC_FORBIDDEN: {
        readonly status: 403;
        readonly type: 'permission_error';
        readonly code: null;
        readonly message: '{reason}';
        readonly retry: false;
    };
    readonly OC_USAGE_LIMIT: {
        readonly status: 429;
        readonly type: 'usage_limit_reached';
        readonly code: 'usage_limit_reached';
        readonly message: '{reason}';
        readonly retry: false;
        readonly elsewhere: true;
    };
    readonly OC_QUOTA_RESERVED: {
        readonly status: 429;
        readonly type: 'usage_limit_reached';
        readonly code: 'usage_limit_reached';
        readonly message: '{usedPercent} % of the quota of {provider} ({window}) is used, and the rest is kept back: `providers.{name}.quota`.';
        readonly next: '{comesBack}';
        readonly retry: false;
        readonly elsewhere: true;
    };
    readonly OC_INSUFFICIENT_QUOTA: {
        readonly status: 429;
        readonly type: 'insufficient_quota';
        readonly code: 'insufficient_quota';
        readonly message: '{reason}';
        readonly retry: false;
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_RATE_LIMITED: {
        readonly status: 429;
        readonly type: 'rate_limit_error';
        readonly code: 'rate_limit_exceeded';
        readonly message: '{reason}';
        readonly elsewhere: true;
    };
    readonly OC_OVERLOADED: {
        readonly status: 503;
        readonly type: 'server_error';
        readonly code: 'server_is_overloaded';
        readonly message: '{reason}';
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_ERROR: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'upstream_error';
        readonly message: '{reason}';
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_KEY_MISSING: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'upstream_key_refused';
        readonly message: '{provider} asks for a key, and this server has none for it (HTTP {status}).';
        readonly next: 'The key of the client is fine: set `apiKey` of this provider in the configuration.';
        readonly retry: false;
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_KEY_REFUSED: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'upstream_key_refused';
        readonly message: '{provider} refused the key that this server has for it (HTTP {status}).';
        readonly next: 'The key of the client is fine: check `apiKey` of this provider in the configuration.';
        readonly retry: false;
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_BLOCKED: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'upstream_blocked';
        readonly message: '{provider} refused the connection before it reached the API (HTTP {status}).';
        readonly next: 'A firewall or CDN stands in front; check the proxy settings, the base URL and, for ChatGPT, `chatgptClientVersion`.';
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_UNREACHABLE: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'upstream_unreachable';
        readonly message: '{provider} cannot be reached: {reason}.';
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_TIMEOUT: {
        readonly status: 504;
        readonly type: 'server_error';
        readonly code: 'upstream_timeout';
        readonly message: '{provider} sent nothing for {seconds} seconds.';
        readonly next: 'The limit is `upstreamIdleTimeout` (OPENCOMPAT_UPSTREAM_IDLE_TIMEOUT), or `timeout` of the provider.';
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_STREAM_CLOSED: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'upstream_stream_closed';
        readonly message: '{provider} closed the stream before the answer was complete.';
        readonly elsewhere: true;
    };
    readonly OC_UPSTREAM_INVALID: {
        readonly status: 502;
        readonly type: 'server_error';
        readonly code: 'upstream_invalid_response';
        readonly message: '{provider} sent something that is not a {api} answer: {reason}.';
        readonly elsewhere: true;
    };
    readonly OC_MIDDLEWARE_FAILED: {
        readonly status: 500;
        readonly type: 'server_error';
        readonly code: 'middleware_failed';
        readonly message: "The middleware '{middleware}' failed.";
        readonly next: "The server's log has the details under this request id.";
        readonly retry: false;
    };
    readonly OC_PROVIDER_FAILED: {
        readonly status: 500;
        readonly type: 'server_error';
        readonly code: 'provider_failed';
        readonly message: '{provider} failed: its plugin is at fault.';
        readonly next: "The server's log has the details under this request id.";
        readonly elsewhere: true;
    };
    readonly OC_PLUGIN_ERROR: {
        readonly status: 400;
        readonly type: 'invalid_request_error';
        readonly code: null;
        readonly message: '{reason}';
    };
    readonly OC_MIDDLEWARE_TIMEOUT: {
        readonly status: 500;
        readonly type: 'server_error';
        readonly code: 'middleware_timeout';
        readonly message: "The middleware '{middleware}' neither answered nor passed the request on within {seconds} seconds.";
        readonly retry: false;
    };
    readonly OC_CHAIN_ENDED: {
        readonly status: 500;
        readonly type: 'server_error';
        readonly code: 'middleware_failed';
        readonly message: "No middleware answered the request; the last was '{middleware}'.";
        readonly retry: false;
    };
    readonly OC_EXCHANGE_NOT_READY: {
        readonly status: 500;
        readonly type: 'server_error';
        readonly code: 'middleware_failed';
        readonly message: "exchange.{field} was read before '{middleware}' set it; place the reader after that box.";
        readonly retry: false;
    };
    readonly OC_CANNOT_LISTEN: {
        readonly status: 500;
        readonly type: 'server_error';
        readonly code: null;
        readonly message: 'Cannot listen on {address}: {reason}.';
        readonly next: 'Choose another address or port (OPENCOMPAT_HOST, OPENCOMPAT_PORT).';
    };
    readonly OC_SHUTTING_DOWN: {
        readonly status: 503;
        readonly type: 'server_error';
        readonly code: 'server_shutting_down';
        readonly message: 'The server is shutting down.';
    };
    readonly OC_INTERNAL: {
        readonly status: 500;
        readonly type: 'server_error';
        readonly code: 'internal_error';
        readonly message: 'Something went wrong inside the server.';
        readonly next: "The server's log has the details under this request id.";
    };
};
export type ErrorCode = keyof typeof errorTable;
