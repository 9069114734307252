/** What a sign-in tells the person who signs in. */
export interface SignInPrompts {
    /** The code of a device sign-in, and where to type it. */
    showCode(device: {
        userCode: string;
        verificationUrl: string;
    }, limitMs: number): void;
    /** What became of it. */
    say(text: string): void;
    /** What went wrong without ending it. */
    warn(text: string): void;
}
/** For the person at the terminal. */
export declare const terminal: SignInPrompts;
