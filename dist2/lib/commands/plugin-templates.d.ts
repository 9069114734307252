/** What `opencompat plugin new` writes. TypeScript and JavaScript differ by the types of one helper: all others are inferred. */
export interface TemplateOptions {
    readonly name: string;
    readonly isProvider: boolean;
    readonly extension: 'js' | 'ts';
}
/** The files of a new plugin, by their names. */
export declare function writePlugin({ name, isProvider, extension }: TemplateOptions): Record<string, string>;
