interface TextSink {
    text(delta: string): void;
    reasoning(delta: string): void;
}
/** Tells reasoning from text. Tags count only at the very start, and may come in pieces. */
export declare class ThinkTags {
    #private;
    constructor(sink: TextSink);
    /** No tag can follow: all further text is text. */
    get isOver(): boolean;
    read(piece: string): void;
    /** Called before other content and at the end: releases the held text as it stands. */
    flush(): void;
}
export {};
