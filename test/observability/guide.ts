// The queries of docs/observability.md. A fence whose first line ends in `quiet` may rightly find nothing.

export type Fence = { readonly language: string; readonly isQuiet: boolean; readonly code: string };

export function fencesOf(page: string): readonly Fence[] {
  return [...page.matchAll(/^```([a-z]+)( quiet)?\n(.*?)\n```$/gms)].map(([, language = "", quiet, code = ""]) => ({
    language,
    isQuiet: quiet !== undefined,
    code,
  }));
}
