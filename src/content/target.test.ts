import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isPlainPath, isPlainQuery } from "./target.ts";

const key = "k".repeat(256);

for (const query of [
  "",
  "api-version=2024-10-21",
  "alt=sse&key=AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
  "beta=true",
  "after=abc&limit=20",
  "after=",
  "page=b64%2B%2F%3D",
  "include[]=usage&include%5B%5D=file_search_call.results",
  "$alt=sse&%24prettyPrint=false",
  `after=${key}`,
  `${key}=1`,
  Array.from({ length: 32 }, (_, n) => `p${n}=1`).join("&"),
]) {
  test(`plain: ${query.slice(0, 40)}`, () => assert.equal(isPlainQuery(query), true));
}

for (const query of [
  "a b=1",
  "q=ignore%20all",
  "q=ignore+all",
  "q=a%2520b",
  "q=%C3%A9",
  "q=é",
  "q=%",
  "q=%zz",
  "q=%00",
  "q=a,b",
  "q={}",
  "q=%22x%22",
  "q",
  "=x",
  "a=1&&b=2",
  "a=1&",
  "a=1;b c",
  "a=1#x",
  "#x",
  "a=1?b=2",
  "[]x=1",
  "$$alt=sse",
  "al$t=sse",
  "alt=$sse",
  "metadata[note]=1",
  `after=${key}k`,
  `${key}k=1`,
  `after=${"%6B".repeat(257)}`,
  Array.from({ length: 33 }, (_, n) => `p${n}=1`).join("&"),
]) {
  test(`not plain: ${query.slice(0, 40)}`, () => assert.equal(isPlainQuery(query), false));
}

for (const [path, plain] of [
  ["/v1/files/file-abc123/content", true],
  ["/v1beta/models/gemini-2.0-flash:generateContent", true],
  ["/", true],
  ["", true],
  ["/a/".repeat(15), true],
  ["/search/tell%20me", false],
  ["/search/tell+me", false],
  ["/search/tell me", false],
  ["/search/%2520", false],
  ["/a;b=c", false],
  ["*", false],
  [`/${key}k`, false],
  ["/a".repeat(33), false],
] as const) {
  test(`${plain ? "a plain path" : "no plain path"}: ${path.slice(0, 40)}`, () =>
    assert.equal(isPlainPath(path), plain));
}

test("what is plain decodes to tokens for any reader, whatever it takes for a space", () => {
  const symbol = fc.constantFrom(..."ab1=&%+ 20$[]-_.~/:;,?#é\n\u0000".split(""));
  fc.assert(
    fc.property(fc.array(symbol, { maxLength: 40 }), (symbols) => {
      const query = symbols.join("");
      if (!isPlainQuery(query)) return;
      for (const [name, value] of new URLSearchParams(query)) {
        assert.match(name, /^\$?[\w.:/+=~-]*(?:\[\])?$/);
        assert.match(value, /^[\w.:/+=~-]*$/);
      }
    }),
  );
});
