/** Writes the event stream of an answer in the ChatGPT backend's own manner, from a few words of script. */
/** An event as the backend sends it; vendor events (`codex.rate_limits`) are none of the public API's. */
export interface UpstreamEvent {
    type: string;
    [key: string]: unknown;
}
export type ScriptedItem = 
/** A list is given in these very deltas. */
{
    text: string | readonly string[];
    phase?: 'commentary' | 'final_answer';
} | {
    refusal: string;
}
/** One summary part per entry. */
 | {
    reasoning: readonly string[];
}
/** What stands for a conversation so far, encrypted. */
 | {
    compaction: string;
}
/** A function call; an object becomes JSON text. */
 | {
    call: string;
    arguments: unknown;
    callId?: string;
}
/** A call of a custom (free text) tool. */
 | {
    custom: string;
    input: string;
    callId?: string;
};
export interface ScriptOptions {
    /** Makes the ids of this answer (`resp_<id>`, `msg_<id>_0`, `call_<id>_0`). Default `fake`. */
    id?: string;
    /** Default `gpt-5.5`. */
    model?: string;
    /**
     * How it ends: `completed` (default), `response.incomplete` for a reason, `response.failed` with an error, or with
     * `none` no terminal event at all.
     */
    end?: 'completed' | 'none' | {
        incomplete: 'max_output_tokens' | 'content_filter' | 'max_messages' | 'steered';
    } | {
        failed: {
            code: string | null;
            message: string;
        };
    };
    /** Default {@link fakeUsage}. */
    usage?: object;
    /** Where texts are split into deltas. Default: words, and pieces of 8 characters in the input of calls. */
    split?: (text: string) => readonly string[];
}
/** What every scripted answer says of its tokens. */
export declare const fakeUsage: {
    input_tokens: number;
    input_tokens_details: {
        cached_tokens: number;
    };
    output_tokens: number;
    output_tokens_details: {
        reasoning_tokens: number;
    };
    total_tokens: number;
};
/** The quota that the fake tells, in its headers and as the first event of a scripted answer. */
export declare const fakeRateLimits: {
    type: string;
    plan_type: string;
    rate_limits: {
        primary: {
            used_percent: number;
            window_minutes: number;
            reset_at: number;
        };
        secondary: {
            used_percent: number;
            window_minutes: number;
            reset_at: number;
        };
    };
    credits: {
        has_credits: boolean;
        unlimited: boolean;
        balance: string;
    };
    metered_limit_name: null;
    limit_name: null;
};
export declare const toWords: (text: string) => RegExpMatchArray | [];
export declare const toPieces: (text: string) => RegExpMatchArray | [];
/** @param script the answer's items in order, or the text of its only item */
export declare function scriptAnswer(script: string | readonly ScriptedItem[], options?: ScriptOptions): UpstreamEvent[];
/** One event in the backend's framing. */
export declare function toSseText(event: UpstreamEvent): string;
