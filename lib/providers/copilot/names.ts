/** As people call it. */
export const copilotTitle = 'GitHub Copilot';
/** What a person types to sign in to it. */
export const copilotLogin = 'opencompat login copilot';
