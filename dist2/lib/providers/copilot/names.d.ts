/** As people call it. */
export declare const copilotTitle = "GitHub Copilot";
/** What a person types to sign in to it. */
export declare const copilotLogin = "opencompat login copilot";
