/** The id that the client is given. @param encrypted of the reasoning item before the call */
export declare function toStatefulId(callId: string, encrypted: string | undefined): string;
/** The call's own id, short enough, and what it carried. */
export declare function fromStatefulId(id: string): {
    callId: string;
    encrypted?: string;
};
