/** Windows begin with the minute, hour, day and month of UTC. */
export declare const keyLimitsSchema: {
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
export declare const keyHash: {
    readonly type: 'string';
    readonly pattern: '^sha256:[0-9a-f]{64}$';
    readonly 'x-expected': 'the line `sha256:…` that `opencompat hash-key` prints';
};
export declare const clientKeySchema: {
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
/** The file of the keys that `opencompat keys` makes. */
export declare const keyFileSchema: {
    readonly type: 'object';
    readonly additionalProperties: false;
    readonly required: readonly ["version", "keys"];
    readonly properties: {
        readonly version: {
            readonly const: 1;
        };
        readonly keys: {
            readonly type: 'array';
            readonly items: {
                readonly type: 'object';
                readonly additionalProperties: false;
                readonly required: readonly ["name", "hash", "created"];
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
                    readonly created: {
                        readonly type: 'string';
                        readonly format: 'moment';
                    };
                };
            };
        };
    };
};
