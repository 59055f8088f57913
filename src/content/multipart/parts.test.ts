import assert from "node:assert/strict";
import { test } from "node:test";
import { runAtOnce } from "../../stdx/paced.ts";
import { formLimits, keepsParts, splitForm } from "./parts.ts";

const lines = (...all: readonly string[]): string => all.join("\r\n");
const name = 'Content-Disposition: form-data; name="a"';
const split = (body: string, boundary = "b") => runAtOnce(splitForm(body, boundary));
const one = (...headers: readonly string[]): string => lines("--b", ...headers, "", "v", "--b--", "");

function partOf(body: string) {
  const read = split(body);
  assert.ok(read.ok);
  const [part] = read.value;
  assert.ok(part);
  return { ...part, text: body.slice(part.value.start, part.value.end) };
}

for (const [what, body, values] of [
  ["one part", one(name), ["v"]],
  ["no line end behind the last delimiter", one(name).trimEnd(), ["v"]],
  ["no part", "--b--\r\n", []],
  ["white space outside", `\r\n \r\n${one(name)} \t\r\n`, ["v"]],
  ["an empty value", lines("--b", name, "", "", "--b--"), [""]],
  [
    "line ends and delimiters of others in a value",
    lines("--b", name, "", "\r\n\n--c\r\n-b", "--b--"),
    ["\r\n\n--c\r\n-b"],
  ],
  ["two parts of one name", lines("--b", name, "", "x", "--b", name, "", "y", "--b--"), ["x", "y"]],
  ["names as other clients write them", one("content-disposition:form-data;name=a ; filename=x.txt"), ["v"]],
  [
    "all headers that are known",
    one(name, "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: Binary", "Content-Length: 1"),
    ["v"],
  ],
] as const) {
  test(`a form: ${what}`, () => {
    const read = split(body);
    assert.ok(read.ok);
    assert.deepEqual(
      read.value.map(({ value }) => body.slice(value.start, value.end)),
      values,
    );
  });
}

for (const [what, body] of [
  ["nothing", ""],
  ["no boundary", "hello"],
  ["no final delimiter", lines("--b", name, "", "v", "--b", "")],
  ["the body ends in the final delimiter", lines("--b", name, "", "v", "--b-")],
  ["a part behind the final delimiter", one(name) + one(name)],
  ["a preamble", `hello\r\n${one(name)}`],
  ["an epilogue", `${one(name)}hello`],
  ["much white space outside", `${one(name)}${" ".repeat(1_025)}`],
  ["bare line feeds", one(name).replaceAll("\r\n", "\n")],
  ["a delimiter behind a bare line feed", lines("--b", name, "", "x\n--b", name, "", "y", "--b--")],
  ["a delimiter behind a bare carriage return", lines("--b", name, "", "x\r--b", name, "", "y", "--b--")],
  ["a bare line feed in a header", one(`${name}\nContent-Type: text/plain`)],
  ["a bare line feed behind the headers", `--b\r\n${name}\r\n\nv\r\n--b--`],
  ["the boundary within a line", lines("--b", name, "", "x--by", "--b--")],
  ["the boundary with more behind it", lines("--b", name, "", "x", "--bc", "--b--")],
  ["blanks behind a delimiter", lines("--b ", name, "", "v", "--b--")],
  ["one line end for two delimiters", lines("--b", "--b--")],
  ["no line end before the final delimiter", lines("--b", name, "", "--b--")],
  ["no headers", lines("--b", "", "v", "--b--")],
  ["no headers, but what looks like some", lines("--b", "", name, "", "v", "--b--")],
  ["no name", one("Content-Disposition: form-data")],
  ["an empty name", one('Content-Disposition: form-data; name=""')],
  ["no disposition", one("Content-Type: text/plain")],
  ["another disposition", one('Content-Disposition: attachment; name="a"')],
  ["two dispositions", one(name, name)],
  ["two headers of one name, in another case", one(name, "X-A: 1", "x-a: 2")],
  ["a name twice", one(`${name}; name="c"`)],
  ["an escape in a name", one('Content-Disposition: form-data; name="a\\"b"')],
  ["an extended file name", one(`${name}; filename="x"; filename*=utf-8''y`)],
  ["a continued name", one('Content-Disposition: form-data; name*0="a"; name*1="b"')],
  ["another parameter", one(`${name}; size=1`)],
  ["a folded header", one(name, "X-A: 1", " 2")],
  ["a line that is no header", one(name, "hello")],
  ["a blank before the colon", one(name, "X-A : 1")],
  ["a zero byte in a header", one(name, "X-A: \0")],
  ["an encoded word", one(name, "X-A: =?utf-8?Q?hello?=")],
  ["quotes in a header that nobody knows", one(name, 'X-A: "two words"')],
  ["base64", one(name, "Content-Transfer-Encoding: base64")],
  ["another charset", one(name, "Content-Type: text/plain; charset=utf-16")],
  ["a parameter of a type that could be text", one(name, 'Content-Type: audio/wav; note="two words"')],
  ["no type", one(name, "Content-Type: hello")],
  ["parts inside a part", one(name, "Content-Type: multipart/mixed; boundary=c")],
  ["a wrong length", one(name, "Content-Length: 2")],
] as const) {
  test(`malformed: ${what}`, () => assert.deepEqual(split(body), { ok: false, error: "malformed-form" }));
}

test("headers that need not be there are told where they are no token", () => {
  const body = one("X-A: two words ", name, "X-B: token");
  assert.deepEqual(
    partOf(body).remarks.map(({ literal }) => body.slice(literal.start, literal.end)),
    ["two words"],
  );
});

test("a length that is told is told with its line", () => {
  const body = one("Content-Length: 1", name);
  const { lengthLine } = partOf(body);
  assert.equal(body.slice(lengthLine?.start, lengthLine?.end), "Content-Length: 1\r\n");
});

test("as many parts as the limit says, and no more", () => {
  const body = (count: number): string => `${`${lines("--b", name, "", "v")}\r\n`.repeat(count)}--b--`;
  const read = split(body(formLimits.partsMax));
  assert.ok(read.ok && read.value.length === formLimits.partsMax);
  assert.equal(split(body(formLimits.partsMax + 1)).ok, false);
  assert.equal(split(body(200_000)).ok, false);
});

test("headers of as many bytes as the limit says, and no more", () => {
  const filling = (bytes: number): string => "x".repeat(bytes - lines(name, "X-A: ").length);
  assert.equal(split(one(name, `X-A: ${filling(formLimits.headerBytesMax)}`)).ok, true);
  assert.equal(split(one(name, `X-A: ${filling(formLimits.headerBytesMax + 1)}`)).ok, false);
});

test("a delimiter is found wherever a step of the search ends", () => {
  const head = lines("--b-o-u-n-d-a-r-y", name, "", "");
  for (let cut = -25; cut < 5; cut += 1) {
    const body = `${head}${"-".repeat(1_048_576 - head.length + cut)}\r\n--b-o-u-n-d-a-r-y--\r\n`;
    const read = split(body, "b-o-u-n-d-a-r-y");
    assert.ok(read.ok && read.value.length === 1);
  }
});

test("a body that nearly holds the boundary all over is searched in linear time", () => {
  const boundary = "-".repeat(69) + "x";
  const body = `--${boundary}\r\n${name}\r\n\r\n${"-".repeat(70)} `.padEnd(4_000_000, `${"-".repeat(70)} `);
  assert.equal(split(body, boundary).ok, false);
});

test("an edit that makes or takes a part, or leaves no form, is told", () => {
  const body = one(`${name}; filename="f"`);
  const kept = (after: string): boolean => runAtOnce(keepsParts(body, after, "b"));
  assert.equal(kept(body.replace("v", "much more").replace('"a"', '"c"')), true);
  assert.equal(kept(body.replace("v", `x\r\n--b\r\n${name}\r\n\r\ny`)), false);
  assert.equal(kept(body.replace("v", "--b")), false);
  assert.equal(kept(body.replace("--b--", "")), false);
  assert.equal(kept(body.replace('"a"', '""')), false);
  assert.equal(kept(body.replace('"f"', '""')), false);
});
