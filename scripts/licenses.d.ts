/** Name of the file in `dist/`. */
export declare const LICENSES_FILE: string;
export declare function packageFolders(files: readonly string[]): string[];
export declare function licensesOf(folders: readonly string[], root?: string): Promise<string>;
