export declare const listeningKeys: {
    readonly host: {
        readonly 'x-section': 'Listening';
        readonly type: 'string';
        readonly minLength: 1;
        readonly format: 'listen-host';
        readonly default: '127.0.0.1';
        readonly 'x-restart': true;
        readonly description: 'Address to listen on.';
    };
    readonly port: {
        readonly type: 'integer';
        readonly minimum: 0;
        readonly maximum: 65535;
        readonly default: 8080;
        readonly 'x-restart': true;
        readonly description: 'Port to listen on; 0 lets the system choose.';
    };
    readonly allowedHosts: {
        readonly type: 'array';
        readonly items: {
            readonly type: 'string';
            readonly format: 'host';
        };
        readonly default: readonly [];
        readonly description: 'Host names that requests may name besides loopback names and the address listened on; `*.example.com` for all below it. `*` allows all.';
    };
    readonly allowedOrigins: {
        readonly type: 'array';
        readonly items: {
            readonly type: 'string';
            readonly format: 'origin';
        };
        readonly default: readonly [];
        readonly description: 'Web origins whose pages may use the server (CORS) besides loopback pages; `https://*.example.com`, `chrome-extension://*`, `app://` and `http://box.lan:*` for several. `*` allows all.';
    };
    readonly trustedProxies: {
        readonly type: 'array';
        readonly items: {
            readonly type: 'string';
            readonly format: 'ip-range';
        };
        readonly default: readonly [];
        readonly description: 'Reverse proxies whose X-Forwarded-* headers are believed: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`.';
    };
    readonly apiKeys: {
        readonly type: 'array';
        readonly items: {
            readonly type: 'string';
            readonly pattern: '^[\\x21-\\x7e]+$';
            readonly 'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it';
            readonly 'x-secret': true;
        };
        readonly default: readonly [];
        readonly 'x-secret': true;
        readonly description: 'Client keys in plain text. When there is at least one (here or in `clientKeys`), every API request needs one.';
    };
    readonly clientKeys: {
        readonly type: 'array';
        readonly items: {
            readonly type: 'object';
            readonly additionalProperties: false;
            readonly required: readonly ["name", "hash"];
            readonly properties: {
                readonly name: {
                    readonly type: 'string';
                    readonly minLength: 1;
                    readonly maxLength: 64;
                    readonly 'x-secret': false;
                    readonly description: 'Shown in logs.';
                };
                readonly hash: {
                    readonly type: 'string';
                    readonly pattern: '^sha256:[0-9a-f]{64}$';
                    readonly 'x-expected': 'the line `sha256:…` that `opencompat hash-key` prints';
                    readonly description: 'From `opencompat hash-key`.';
                };
                readonly limits: {
                    readonly type: 'object';
                    readonly additionalProperties: false;
                    readonly description: 'Most that the key may use. Windows begin with the minute, hour, day and month of UTC.';
                    readonly properties: {
                        readonly requests: {
                            readonly type: 'object';
                            readonly additionalProperties: false;
                            readonly properties: {
                                readonly minute: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly hour: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly day: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly month: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                            };
                        };
                        readonly tokens: {
                            readonly type: 'object';
                            readonly additionalProperties: false;
                            readonly properties: {
                                readonly minute: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly hour: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly day: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly month: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                            };
                        };
                        readonly cost: {
                            readonly type: 'object';
                            readonly additionalProperties: false;
                            readonly properties: {
                                readonly minute: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly hour: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly day: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                                readonly month: {
                                    readonly type: "integer" | "number";
                                    readonly minimum: 0;
                                    readonly description: `${string} ${string}.`;
                                };
                            };
                        };
                    };
                };
                readonly models: {
                    readonly type: 'array';
                    readonly items: {
                        readonly type: 'string';
                        readonly minLength: 1;
                    };
                    readonly 'x-secret': false;
                    readonly description: 'Models that the key may name, `*` standing for any text; for it there are no others. Default: all.';
                };
                readonly expires: {
                    readonly type: 'string';
                    readonly format: 'moment';
                    readonly 'x-secret': false;
                    readonly description: 'The last day (`2026-12-31`, of UTC) or the moment (`2026-12-31T18:00:00Z`) until which it is good.';
                };
                readonly record: {
                    readonly type: 'boolean';
                    readonly description: 'May it have its requests recorded, with the header `x-opencompat-record: 1`?';
                };
                readonly disabled: {
                    readonly type: 'boolean';
                    readonly description: 'Switched off.';
                };
            };
        };
        readonly default: readonly [];
        readonly 'x-env': readonly [];
        readonly 'x-secret': true;
        readonly description: 'Client keys by their hash, each with a name; and, where they are limited, their `limits`, `models`, `expires` and `disabled`.';
    };
};
export declare const consoleKeys: {
    readonly console: {
        readonly 'x-section': 'Console';
        readonly type: 'boolean';
        readonly default: true;
        readonly description: 'Serve the operator’s console at `/console`; `off`: there is none.';
    };
    readonly adminKeys: {
        readonly type: 'array';
        readonly items: {
            readonly type: 'string';
            readonly pattern: '^sha256:[0-9a-f]{64}$';
            readonly 'x-expected': 'the line `sha256:…` that `opencompat hash-key` prints';
        };
        readonly default: readonly [];
        readonly 'x-secret': true;
        readonly description: 'Admin keys by their hash (`sha256:…`, from `opencompat hash-key`), which open the console from anywhere. Without one, `opencompat console` opens it on the server’s machine.';
    };
};
export declare const metricsKeys: {
    readonly metricsToken: {
        readonly type: 'string';
        readonly pattern: '^[\\x21-\\x7e]+$';
        readonly 'x-expected': 'one word of printable ASCII characters, as an HTTP header carries it';
        readonly 'x-section': 'Monitoring';
        readonly 'x-secret': true;
        readonly description: 'Token that opens `GET /metrics` (`Authorization: Bearer TOKEN`) and nothing else; client keys then do not. Absent: `/metrics` asks for a client key where there are any.';
    };
    readonly tracing: {
        readonly type: 'boolean';
        readonly default: false;
        readonly description: 'Spans by OpenTelemetry for each request and each request to an upstream. Needs the package `@opentelemetry/api`, and an SDK that `node --import` loads.';
    };
};
export declare const reloadKeys: {
    readonly watch: {
        readonly 'x-section': 'Reload';
        readonly type: 'boolean';
        readonly default: true;
        readonly description: 'Take up changes of the configuration file, and of the plugins and files that it names, as they happen. SIGHUP and `opencompat reload` do so in any case.';
    };
};
export declare const loggingKeys: {
    readonly verbose: {
        readonly 'x-section': 'Logging';
        readonly type: 'boolean';
        readonly default: false;
        readonly description: 'Log level debug.';
    };
    readonly logLevel: {
        readonly enum: readonly ["error", "warn", "info", "debug"];
        readonly default: 'info';
        readonly description: 'Least severe level that is logged.';
    };
    readonly logFormat: {
        readonly enum: readonly ["text", "json"];
        readonly description: 'Default: text on a terminal, json elsewhere.';
    };
};
export declare const limitKeys: {
    readonly rateLimit: {
        readonly 'x-section': 'Limits';
        readonly type: 'integer';
        readonly minimum: 0;
        readonly default: 1200;
        readonly 'x-unit': 'requests a minute';
        readonly description: 'Requests a minute for each client key, else for each address; 0 = off.';
    };
    readonly maxBodyBytes: {
        readonly type: 'integer';
        readonly minimum: 1024;
        readonly default: 10485760;
        readonly 'x-unit': 'bytes';
        readonly description: 'Largest request body.';
    };
    readonly maxBodyValues: {
        readonly type: 'integer';
        readonly minimum: 1000;
        readonly default: 100000;
        readonly 'x-unit': 'values';
        readonly description: 'Most objects, lists, keys and texts in a request body; four numbers count as one. While they are read, nobody else is served.';
    };
    readonly requestTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly default: 60;
        readonly description: 'Time for a request’s body to arrive.';
    };
    readonly headersTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly default: 15;
        readonly description: 'Time for a request’s headers to arrive.';
    };
    readonly keepAliveTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly default: 75;
        readonly description: 'How long an idle connection of a client is kept; longer than a reverse proxy in front keeps it.';
    };
    readonly upstreamIdleTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly exclusiveMinimum: 0;
        readonly default: 300;
        readonly description: 'Longest silence of an upstream, or of a client that does not read, before it is given up.';
    };
    readonly upstreamConnectTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly exclusiveMinimum: 0;
        readonly default: 15;
        readonly description: 'Time to connect to an upstream.';
    };
    readonly keepaliveInterval: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly default: 15;
        readonly description: 'Silence after which a stream gets a keepalive comment, also before the upstream has answered; 0 = off.';
    };
    readonly keepaliveWhole: {
        readonly type: 'boolean';
        readonly default: false;
        readonly description: 'White space before its JSON keeps an answer in one piece alive too. An error behind it has the status 200.';
    };
    readonly shutdownGrace: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly default: 30;
        readonly description: 'Time that running streams have to finish at shutdown.';
    };
    readonly middlewareTimeout: {
        readonly type: 'number';
        readonly minimum: 0;
        readonly maximum: number;
        readonly 'x-unit': 'seconds';
        readonly default: 30;
        readonly description: 'Time a middleware has to answer or pass a request on; 0 = none.';
    };
    readonly maxEventBytes: {
        readonly type: 'integer';
        readonly minimum: 65536;
        readonly default: 33554432;
        readonly 'x-unit': 'bytes';
        readonly description: 'Largest single event of an upstream’s stream.';
    };
    readonly maxEventLines: {
        readonly type: 'integer';
        readonly minimum: 64;
        readonly default: 16384;
        readonly description: 'Most lines of data in one event of an upstream’s stream.';
    };
    readonly maxInterimAnswers: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 32;
        readonly description: 'Most interim answers (1xx) of an upstream before its answer.';
    };
    readonly maxAnswerBytes: {
        readonly type: 'integer';
        readonly minimum: 65536;
        readonly default: 67108864;
        readonly 'x-unit': 'bytes';
        readonly description: 'Largest answer that is gathered in memory (not streamed).';
    };
    readonly maxStreamBytes: {
        readonly type: 'integer';
        readonly minimum: 65536;
        readonly default: 67108864;
        readonly 'x-unit': 'bytes';
        readonly description: 'Longest texts of a stream that is translated: its last events repeat them.';
    };
    readonly maxChoices: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly maximum: 128;
        readonly default: 8;
        readonly description: 'Largest `n` of a request; each choice is an upstream request of its own.';
    };
    readonly maxPrompts: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly maximum: 2048;
        readonly default: 64;
        readonly description: 'Most prompts in the list of a Completions request; `maxChoices` of them are answered at a time.';
    };
    readonly maxAnswers: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly maximum: 4096;
        readonly default: 64;
        readonly description: 'Most answers of one request: `n` times its prompts. Each of them counts as a request in `rateLimit`.';
    };
    readonly wrongKeyLimit: {
        readonly type: 'integer';
        readonly minimum: 0;
        readonly default: 20;
        readonly 'x-unit': 'requests a minute';
        readonly description: 'Requests with a wrong client key that an address may send a minute before its keys are no longer looked at, but for those that it has used before; 0 = any number.';
    };
    readonly maxConnections: {
        readonly type: 'integer';
        readonly minimum: 0;
        readonly default: 1024;
        readonly description: 'Most client connections at a time; 0 = no limit.';
    };
};
export declare const chainKeys: {
    readonly middleware: {
        readonly 'x-section': 'The chain';
        readonly type: 'array';
        readonly 'x-env': readonly [];
        readonly default: readonly [];
        readonly description: 'Changes to the middleware chain; see middleware/README.md.';
        readonly items: {
            readonly type: 'object';
            readonly additionalProperties: false;
            readonly properties: {
                readonly box: {
                    readonly type: 'string';
                    readonly description: 'Name of a box of the chain to give options to or switch off.';
                };
                readonly plugin: {
                    readonly type: 'string';
                    readonly description: 'Path (relative to the configuration file) or npm package of a plugin to add.';
                };
                readonly options: {
                    readonly type: 'object';
                    readonly description: 'The box’s or the plugin’s options.';
                };
                readonly enabled: {
                    readonly type: 'boolean';
                    readonly default: true;
                };
                readonly before: {
                    readonly type: 'string';
                    readonly description: 'Place it directly before this box.';
                };
                readonly after: {
                    readonly type: 'string';
                    readonly description: 'Place it directly after this box.';
                };
                readonly replace: {
                    readonly type: 'string';
                    readonly description: 'Put it in the place of this box.';
                };
                readonly apis: {
                    readonly type: 'array';
                    readonly items: {
                        readonly type: 'string';
                        readonly minLength: 1;
                    };
                    readonly description: 'Only for these APIs (default: all).';
                };
            };
        };
    };
    readonly pluginStateMaxEntries: {
        readonly type: 'integer';
        readonly minimum: 1;
        readonly default: 10000;
        readonly 'x-restart': true;
        readonly description: 'Most entries that plugins keep of clients (`services.clientState`), and most uploaded files and batches of which it is noted whose they are; those not used for longest go first. In Redis they go after 90 days.';
    };
    readonly pluginStateMaxBytes: {
        readonly type: 'integer';
        readonly minimum: 64;
        readonly default: 4096;
        readonly 'x-unit': 'bytes';
        readonly 'x-restart': true;
        readonly description: 'Largest value of such an entry, as JSON.';
    };
};
