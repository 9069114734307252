/** By their names below `assets/vendor/`: where they lie in their packages. */
export declare const vendorFiles: Readonly<Record<string, string>>;
/** Where the build puts all of them, from the bundle's folder. */
export declare const builtFolder = "../console/";
export interface PageFile {
    readonly body: Buffer;
    readonly contentType: string;
    readonly etag: string;
}
/** @param name below `assets/` @returns undefined where there is no such file */
export declare function readAsset(name: string): Promise<PageFile | undefined>;
export interface Page extends PageFile {
    /** What its `content-security-policy` says. */
    readonly policy: string;
}
/** @throws Error where the page is not there, as it comes with the program */
export declare function readPage(): Promise<Page>;
/** Packages name the modules that may be imported; this file is only read. */
export declare function findVendorFile(path: string): string;
