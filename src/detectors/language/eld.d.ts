/** The package describes its main entry only. */
declare module "eld/extrasmall" {
  export const eld: {
    detect(text: string): {
      /** ISO 639-1; empty where nothing was told. */
      readonly language: string;
      getScores(): Readonly<Record<string, number>>;
      isReliable(): boolean;
    };
    info(): { readonly Languages: Readonly<Record<string, string>> };
  };
}
