// What HTTP itself can do beside carrying a body that is read, what becomes of it, and the file whose tests show it: the end of
// docs/coverage.md. By default policy (`onUnreadable: block`); `pass` lets it by and says `not-inspected`.

export type HttpMode = { readonly mode: string; readonly outcome: string; readonly shownBy: string };

const modes = "test/e2e/http-modes.test.ts";
const heads = "test/e2e/http-heads.test.ts";
const upgrades = "test/e2e/http-upgrades.test.ts";
const conformance = "test/conformance/conformance.test.ts";

export const httpModes: readonly HttpMode[] = [
  { mode: "HTTP/1.1 and HTTP/2, either side", outcome: "judged and edited alike", shownBy: conformance },
  { mode: "FULL_DUPLEX_STREAMED, STREAMED, BUFFERED", outcome: "judged and edited alike", shownBy: conformance },
  {
    mode: "BUFFERED_PARTIAL, NONE",
    outcome: "a body that is not shown whole: not inspected, by onUnreadable",
    shownBy: conformance,
  },
  { mode: "trailers", outcome: "follow the judged body; not judged themselves", shownBy: conformance },
  { mode: "gzip, br, zstd, deflate", outcome: "unpacked, judged, packed again where edited", shownBy: modes },
  { mode: "an unknown or broken coding", outcome: "unreadable", shownBy: conformance },
  {
    mode: "GET, HEAD, DELETE without a body",
    outcome: "a known path passes, its reply judged; an unknown one is unreadable",
    shownBy: modes,
  },
  { mode: "a body on GET", outcome: "judged", shownBy: modes },
  {
    mode: "other methods, method overrides",
    outcome: "unreadable (unknown-path); overrides change nothing",
    shownBy: modes,
  },
  {
    mode: "100-continue, 1xx of the upstream",
    outcome: "the body is judged whole; 1xx are not passed on",
    shownBy: upgrades,
  },
  { mode: "204, 304, the reply to HEAD", outcome: "nothing to judge, passes", shownBy: modes },
  {
    mode: "206 and multipart/byteranges",
    outcome: "unreadable: nobody can judge the whole; `range` is removed",
    shownBy: modes,
  },
  { mode: "3xx with a body", outcome: "the body is judged", shownBy: modes },
  { mode: "no content type, or another", outcome: "unreadable (content-type)", shownBy: modes },
  { mode: "a stream under another media type", outcome: "read as what its type says, else unreadable", shownBy: modes },
  { mode: "text in the query or fragment", outcome: "unreadable (query); short tokens pass", shownBy: heads },
  { mode: "odd paths (//, %2F, ..;, other case)", outcome: "one spelling, judged, or unreadable", shownBy: heads },
  { mode: "repeated or forged headers", outcome: "removed, judged, or refused", shownBy: heads },
  { mode: "header and trailer values", outcome: "not judged", shownBy: "docs/threat-model.md" },
  {
    mode: "Upgrade, WebSocket, CONNECT",
    outcome: "refused by Envoy (403) or unreadable, and counted",
    shownBy: upgrades,
  },
  { mode: "retries by Envoy", outcome: "judged once; each try is the edited bytes", shownBy: upgrades },
  { mode: "redirects that Envoy follows", outcome: "each hop is judged anew", shownBy: upgrades },
  {
    mode: "local replies of Envoy",
    outcome: "pass, counted as not inspected",
    shownBy: "test/integration/envoy-replies.test.ts",
  },
];
