export declare function runShow(wanted: string | undefined, { curl }: {
    curl?: boolean;
}): Promise<void>;
