import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type LinkKind, linkKinds } from "../../domain/policy.ts";
import { createLinkDetector } from "./index.ts";
import { targetUnitsMax } from "./reader.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const signal = new AbortController().signal;
const settings = {
  allowHosts: [
    "good.example",
    "*.docs.example",
    "port.example:8443",
    "b\u00fccher.example",
    "192.0.2.7",
    "[2001:db8::1]",
  ],
  allowSchemes: ["https", "http"],
  allowTargets: ["help@good.example", "@mail.example", "+1 555 0100"],
};
const detectors = new Map(
  linkKinds.map((kind) => [kind, createLinkDetector("id", { ...settings, kinds: [kind] })] as const),
);
const all = createLinkDetector("id", { ...settings, kinds: linkKinds });

function spans(detector: typeof all, text: string, from = 0, to = text.length, ended = true) {
  const detection = detector.detect(signal, { text, from, to, ended }, neverBreathes);
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings.map(({ category, span }) => {
    assert.ok(span !== null);
    return { category, start: span.start, end: span.end };
  });
}

function found(kind: LinkKind, text: string): readonly string[] {
  return spans(detectors.get(kind) as typeof all, text).map(({ start, end }) => text.slice(start, end));
}

const outside: readonly (readonly [kind: LinkKind, text: string, ...found: string[]])[] = [
  ["url", "see https://evil.example/a?b=c#d, then", "https://evil.example/a?b=c#d"],
  ["url", "(https://evil.example/a_(b)). HTTP://EVIL.example!", "https://evil.example/a_(b)", "HTTP://EVIL.example"],
  ["url", "xhttps://evil.example", "xhttps://evil.example", "https://evil.example"],
  ["url", "ftp://evil.example slack://open custom+x://y", "ftp://evil.example", "slack://open", "custom+x://y"],
  ["url", "https:/evil.example https:\\\\evil.example", "https:/evil.example", "https:\\\\evil.example"],
  ["url", '{"u":"https:\\/\\/evil.example\\/x"}', "https:\\/\\/evil.example\\/x"],
  ["url", "www.evil.example/x and WWW.evil.example.", "www.evil.example/x", "WWW.evil.example"],
  ["url", "load '//evil.example/x.js' or \"//evil.example\"", "//evil.example/x.js", "//evil.example"],
  ["url", "open \\\\evil.example\\share now", "\\\\evil.example\\share"],
  ["url", "javascript:alert(1)", "javascript:alert(1)"],
  ["url", "https://good.example/?next=https://evil.example", "https://evil.example"],
  ["url", "https://\u4f8b\u3048.example/\u3042 \u3002", "https://\u4f8b\u3048.example/\u3042"],
  ["url", "https://", ...[]],
  // Hosts that look like one that is allowed.
  ["url", "https://good.example@evil.example/", "https://good.example@evil.example/"],
  ["url", "https://good.example:x@evil.example", "https://good.example:x@evil.example"],
  ["url", "https://good.example%2f@evil.example", "https://good.example%2f@evil.example"],
  ["url", "https://good.example\\@evil.example", "https://good.example\\@evil.example"],
  ["url", "https://good.example.evil.example", "https://good.example.evil.example"],
  ["url", "https://evilgood.example", "https://evilgood.example"],
  [
    "url",
    "https://docs.example https://a.docs.example.evil.example",
    "https://docs.example",
    "https://a.docs.example.evil.example",
  ],
  ["url", "https://port.example https://port.example:80", "https://port.example", "https://port.example:80"],
  ["url", "https://g\u043eod.example", "https://g\u043eod.example"],
  [
    "url",
    "https://3221225992 https://0xC0000208 https://0300.0.2.8",
    "https://3221225992",
    "https://0xC0000208",
    "https://0300.0.2.8",
  ],
  ["url", "https://[::ffff:c000:208]/", "https://[::ffff:c000:208]/"],
  ["url", "https://ev il", "https://ev"],
  ["url", "https://a:b:c/", "https://a:b:c/"],
  ["markdown-link", '[a](https://evil.example/b "t") x', "https://evil.example/b"],
  ["markdown-link", "[a]( <https://evil.example/a b> )", "https://evil.example/a b"],
  ["markdown-link", "[a](\n//evil.example)", "//evil.example"],
  ["markdown-link", "[a](/\\evil.example) [b](https:evil.example)", "/\\evil.example", "https:evil.example"],
  [
    "markdown-link",
    "[a](evil.example) [b](evil.example/x(y)z) [c](evil.md/x)",
    "evil.example",
    "evil.example/x(y)z",
    "evil.md/x",
  ],
  [
    "markdown-link",
    "[a](javascript:alert(1)) [b](data:text/html,x) [c](foo:bar)",
    "javascript:alert(1)",
    "data:text/html,x",
    "foo:bar",
  ],
  [
    "markdown-link",
    "[a](https&colon;//evil.example) [b](&#x68;ttps://evil.example)",
    "https&colon;//evil.example",
    "&#x68;ttps://evil.example",
  ],
  ["markdown-link", "<https://evil.example/x> <a@b.example>", "https://evil.example/x"],
  ["markdown-link", '<https://evil.example/x?q="a"=b>', 'https://evil.example/x?q="a"=b'],
  [
    "markdown-link",
    "[id]: https://evil.example\n[x]:\n  //evil.example/y 't'",
    "https://evil.example",
    "//evil.example/y",
  ],
  ["markdown-link", "call[0](https://evil.example)", "https://evil.example"],
  ["markdown-link", "[a](10.1.2.3:80/x) [a](evil.example:8080)", "10.1.2.3:80/x", "evil.example:8080"],
  ["markdown-link", "[a](mailto:x@evil.example) [t](tel:+15550199)", "mailto:x@evil.example", "tel:+15550199"],
  ["markdown-image", 'a ![alt](https://evil.example/p.png?d=1 "t") b', '![alt](https://evil.example/p.png?d=1 "t")'],
  [
    "markdown-image",
    "![](evil.example/p.png) ![a [b] c](//evil.example)",
    "![](evil.example/p.png)",
    "![a [b] c](//evil.example)",
  ],
  ["markdown-image", "![a](<https://evil.example/a b>)", "![a](<https://evil.example/a b>)"],
  ["markdown-image", "![a](https://evil.example/", "![a](https://evil.example/"],
  ["markdown-image", "![a][id]\n\n[id]: https://evil.example/p.png", "[id]: https://evil.example/p.png"],
  ["markdown-image", "![a](data:image/png;base64,AAAA)", "![a](data:image/png;base64,AAAA)"],
  ["html", '<a href="https://evil.example">x</a>', '<a href="https://evil.example">'],
  ["html", "<IMG alt='>' SRC = //evil.example/x>", "<IMG alt='>' SRC = //evil.example/x>"],
  ["html", "<img/src=https://evil.example>", "<img/src=https://evil.example>"],
  [
    "html",
    "<img srcset='/a.png 1x, https://evil.example/b.png 2x'>",
    "<img srcset='/a.png 1x, https://evil.example/b.png 2x'>",
  ],
  ["html", '<img src="ht\ntps://evil.example">', '<img src="ht\ntps://evil.example">'],
  [
    "html",
    '<img src="&#104;ttps&colon;&sol;&sol;evil.example">',
    '<img src="&#104;ttps&colon;&sol;&sol;evil.example">',
  ],
  ["html", "<a href='&Tab;&#32;//evil.example'>", "<a href='&Tab;&#32;//evil.example'>"],
  [
    "html",
    "<p style=\"background: url( 'https://evil.example/x' )\">",
    "<p style=\"background: url( 'https://evil.example/x' )\">",
  ],
  ["html", "<style>@import '//evil.example/x.css';</style>x", "<style>@import '//evil.example/x.css';</style>"],
  [
    "html",
    "<meta http-equiv=refresh content='0; URL=https://evil.example'>",
    "<meta http-equiv=refresh content='0; URL=https://evil.example'>",
  ],
  ["html", "a <script>alert(1)</script > b", "<script>alert(1)</script >"],
  ["html", "<script", "<script"],
  ["html", "<iframe></iframe> <form> <svg onload=x>", "<iframe></iframe>", "<form>", "<svg onload=x>"],
  [
    "html",
    "<iframe srcdoc='x' src='https://good.example'></iframe>",
    "<iframe srcdoc='x' src='https://good.example'></iframe>",
  ],
  ["html", "<form action=/a><button formaction=https://evil.example>", "<button formaction=https://evil.example>"],
  ["html", "<a <img src=//evil.example>", "<img src=//evil.example>"],
  ["html", "<a b=<c href=//evil.example>", "<c href=//evil.example>"],
  [
    "html",
    "<a ping='/x https://evil.example'> <base href=//evil.example>",
    "<a ping='/x https://evil.example'>",
    "<base href=//evil.example>",
  ],
  ["data-url", "x data:text/html;base64,AAAA= data:;base64,AA", "data:text/html;base64,AAAA=", "data:;base64,AA"],
  [
    "email-target",
    "mailto:a@evil.example <b@evil.example> [c](d@evil.example)",
    "mailto:a@evil.example",
    "b@evil.example",
    "d@evil.example",
  ],
  ["email-target", "mailto:help@good.example?cc=x@evil.example", "mailto:help@good.example?cc=x@evil.example"],
  [
    "email-target",
    "mailto:help@good.example,x@evil.example mailto:?body=x",
    "mailto:help@good.example,x@evil.example",
    "mailto:?body=x",
  ],
  ["email-target", "mailto:x@evil.example@mail.example", "mailto:x@evil.example@mail.example"],
  ["phone-target", "tel:+15550199 sms:+15550199?body=x TEL:911", "tel:+15550199", "sms:+15550199?body=x", "TEL:911"],
];

for (const [kind, text, ...wanted] of outside) {
  test(`${kind} in ${JSON.stringify(text).slice(0, 70)}`, () => assert.deepEqual(found(kind, text), wanted));
}

/** Nothing of any kind is found in these. */
const fine: readonly string[] = [
  "https://good.example/x?y=//z http://GOOD.example:8080. www.docs.example.",
  "https://good.example./ https://user@good.example/ https://good%2eexample",
  "https://a.docs.example https://a.b.docs.example/x https://port.example:8443/",
  "https://xn--bcher-kva.example https://B\u00dcCHER.example https://good\u3002example",
  "https://192.0.2.7 https://3221225991 https://0xC0.0x0.0x2.0x7 https://[2001:0db8:0::1]:99/",
  '[a](https://good.example "t") [b](/path) [c](#part) [d](?q) [e](guide.md) [f](a/b.c) [g]()',
  "[a](mailto:help@good.example) <anyone@mail.example> mailto:HELP@good.example?subject=x [t](tel:+1-555-0100) sms:001(555)0100",
  "![a](/p.png) ![b](https://good.example/p.png) ![c][d] ! [e](f)",
  "[d]: https://good.example\n[1]: /x\n[INFO]: std::bad_alloc evil.example",
  "<p class=x>a</p> <img src='/x'> <a href=https://good.example>b</a> <br/> x < y <3 a<b> <iframe src=/x></iframe>",
  "handlers[name](event.target); list[0](req: Request); vector<std::string> x; Map<String, List<A>> y;",
  "//console.log(x); // see a.b.c, a // b; C:\\\\Users\\\\a.b\\\\c; http: and https: are schemes; tel: 555",
  "javascript: the good parts; data: none, {data:a,b:c}; mailto: and sms: are schemes; --filter=blob:none",
  "12:30, a:b, key: value, 2001:db8::1, ::1, foo::bar(), x ? y : z, @user, e.g. www. and wwww.x",
  "1. [x] done [ ] todo [note] see [1], [2]; f(a)[b](c) a[i] = b[j](k.l)",
];

for (const text of fine) {
  test(`nothing in ${JSON.stringify(text).slice(0, 70)}`, () => {
    assert.deepEqual(
      spans(all, text).map(({ category, start, end }) => [category, text.slice(start, end)]),
      [],
    );
  });
}

test("an allowed scheme lets what has no host pass", () => {
  const open = createLinkDetector("id", {
    kinds: linkKinds,
    allowHosts: [],
    allowSchemes: ["mailto", "data", "slack"],
    allowTargets: [],
  });
  assert.deepEqual(spans(open, "mailto:a@b.example [x](data:text/plain,x) data:text/plain,x"), []);
  assert.equal(spans(open, "slack://open").length, 1);
  assert.equal(spans(open, "https://a.example").length, 1);
});

test("a target longer than the bound is found by its beginning", () => {
  const long = "a".repeat(2 * targetUnitsMax);
  for (const [kind, text] of [
    ["url", `https://evil.example/${long}`],
    ["url", `https://${long}`],
    ["markdown-image", `![x](https://evil.example/${long})`],
    ["html", `<img src="https://evil.example/${long}">`],
    ["html", `<img alt="${long}" src="https://evil.example/">`],
    ["data-url", `data:image/png;base64,${long}`],
  ] as const) {
    const spansFound = spans(detectors.get(kind) as typeof all, text);
    if (text.includes("alt=")) assert.deepEqual(spansFound, [], "what is looked at ends before the address");
    else assert.deepEqual([spansFound[0]?.start, spansFound[0]?.end], [0, targetUnitsMax], text.slice(0, 30));
  }
});

const held: readonly (readonly [text: string, held: string])[] = [
  ["a word", "word"],
  ["a word ", ""],
  ["see http:", "http:"],
  ["see https://good.example", "https://good.example"],
  ["see https://good.example ", ""],
  ["a !", "!"],
  ["a ! ", ""],
  ["a ![b", "![b"],
  ["a [b]", "[b]"],
  ["a [b] ", ""],
  ["a [b](https://evil", "https://evil"],
  ["a <", "<"],
  ["a < ", ""],
  ["a <p>", ""],
  ["a <p ", "<p "],
  ["a <script>x", "<script>x"],
  ["1 2, 3. ", ""],
];

for (const [text, wanted] of held) {
  test(`holds back ${JSON.stringify(wanted)} of ${JSON.stringify(text)}`, () => {
    assert.equal(text.slice(all.settled(text, 0)), wanted);
  });
}

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...outside.map(([, text]) => text), ...fine) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "http",
      "s",
      ":",
      "//",
      "\\\\",
      "www.",
      "good.example",
      "evil.example",
      "![",
      "[",
      "](",
      "]: ",
      "]",
      ")",
      "(",
      "<",
      ">",
      "<a ",
      "href=",
      "src='",
      '"',
      "'",
      "=",
      " ",
      "\n",
      "mailto:",
      "tel:+1",
      "data:;,",
      "a@b.c",
      "<script>",
      "</script>",
      "style=url(",
      "\ud83d\ude00",
      "\ud83d",
      "&colon;",
      "x",
      ".",
      ",",
      "/",
    ),
  },
);
const texts = fc.array(piece, { minLength: 1, maxLength: 14 }).map((pieces) => pieces.join(""));

test("a stream finds what the whole text does, and nothing settled changes", () => {
  let total = 0;
  fc.assert(
    fc.property(texts, fc.infiniteStream(fc.integer({ min: 1, max: 12 })), texts, (whole, sizes, other) => {
      const wanted = spans(all, whole);
      total += wanted.length;
      const got: typeof wanted = [];
      let base = 0;
      let done = 0;
      for (let arrived = 0; arrived < whole.length; ) {
        arrived = Math.min(whole.length, arrived + (sizes.next().value as number));
        const seen = whole.slice(base, arrived);
        const ended = arrived === whole.length;
        const to = ended ? seen.length : all.settled(seen, done - base);
        for (const { category, start, end } of spans(all, seen, done - base, to, ended)) {
          got.push({ category, start: start + base, end: end + base });
        }
        done = base + to;
        base = Math.max(base, done - all.reach.leftContext);
      }
      assert.deepEqual(got, wanted);
      const settled = all.settled(whole, 0);
      assert.deepEqual(spans(all, whole + other, 0, settled), spans(all, whole, 0, settled, false));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(total > 2_000, `the texts hold findings: ${total}`);
});

/** Work that grows with the square of the text would not finish before the runner gives up. */
const hostile: readonly string[] = [
  "http://",
  "https://a",
  "h",
  "a:",
  "//",
  "//a.b",
  "//a.b/",
  "\\\\",
  "www.",
  "[",
  "![",
  "](",
  "![](",
  "![a](b ",
  "[x]:",
  "[x]: ",
  "]:a",
  "](a",
  "]( ",
  "]\n",
  "(",
  "<",
  "<a ",
  "<a b=",
  '<a b="',
  "<a b='<a b=\"",
  "<a/",
  "<script>",
  "<script ",
  "<style></",
  "<a@",
  "<a:",
  "mailto:",
  "tel:1",
  "data:;",
  "a.",
  "a-",
  ":",
  ")",
  "https://(",
  "https://)",
  "&#x68;",
  "]:<",
  "![](<",
  "\"'",
];

test("hostile texts are finished with", () => {
  for (const unit of hostile) {
    for (const tail of ["", ")", "]", ">", '"', " "]) {
      const text = unit.repeat(32_768 / unit.length) + tail;
      spans(all, text);
      all.settled(text, 0);
    }
  }
});
