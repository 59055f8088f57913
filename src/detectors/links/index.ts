/**
 * Ways out of a text: what a reader or a program may follow, load or call, where it leads to nowhere that the policy allows.
 *
 * Each start is looked at by itself, no further than `targetUnitsMax` to the right. Invariant: a start is settled once no
 * scanner has asked about the end of the text, so a stream gives the findings of the whole.
 */
import type { Category, Detection, Finding, TextDetector } from "../../domain/detector.ts";
import type { LinkKind } from "../../domain/policy.ts";
import { certain } from "../../domain/score.ts";
import { assert } from "../../stdx/assert.ts";
import { type AllowList, type AllowSettings, createAllowList } from "./allow-list.ts";
import { loaders, tagAt } from "./html.ts";
import {
  type Autolink,
  autolinkAt,
  definitionAt,
  imageAt,
  isIndex,
  type Link,
  linkAt,
  mayBeTarget,
  targetContextUnits,
} from "./markdown.ts";
import { decodeEntities } from "./entities.ts";
import { hostAt, isSchemeUnit, type PlainTarget, schemeAt, webSchemeAt, wwwAt } from "./plain.ts";
import { isDigit, isLetter, isSlash, Reader, targetUnitsMax } from "./reader.ts";

export type LinkSettings = AllowSettings & { readonly kinds: readonly LinkKind[] };

type Found = { readonly kind: LinkKind; readonly end: number };

/** `kinds` is not empty. */
export function createLinkDetector(id: string, settings: LinkSettings): TextDetector {
  assert(settings.kinds.length > 0, "a detector looks for something");
  const kinds = new Set(settings.kinds);
  const allowed = createAllowList(settings);
  return {
    kind: "text",
    id,
    categories: [...kinds].map(categoryOf),
    reach: { longestSpan: targetUnitsMax, leftContext: targetContextUnits, rightContext: 1 },

    settled(text, from) {
      const reader = new Reader(text);
      for (let start = Math.max(from, text.length - targetUnitsMax); start < text.length; start++) {
        if (isWithinWord(text, start)) continue;
        reader.begin(start);
        scan(reader, start, kinds, allowed);
        if (reader.touched) return start;
      }
      return text.length;
    },

    detect(_signal, { text, from, to }): Detection {
      const reader = new Reader(text);
      const findings: Finding[] = [];
      for (let start = from; start < to; start++) {
        if (isWithinWord(text, start)) continue;
        reader.begin(start);
        const found = scan(reader, start, kinds, allowed);
        if (found.length > 0) findings.push(...inOrder(start, found));
      }
      return { kind: "scored", findings };
    },
  };
}

const categoryOf = (kind: LinkKind): Category => `links/${kind}`;

const nothing: Found[] = [];

/** What begins at `start`. */
function scan(reader: Reader, start: number, kinds: ReadonlySet<LinkKind>, allowed: AllowList): readonly Found[] {
  const { text } = reader;
  const unit = text.charCodeAt(start);
  const before = start === 0 ? -1 : text.charCodeAt(start - 1);
  let found: Found[] = nothing;
  const plain = plainAt(reader, start, before, unit);
  if (plain !== null && kinds.has(plain.kind) && !allowed.allows(withHost(text.slice(start, plain.end))))
    found = [plain];
  if (mayBeTarget(before, unit)) found = found.concat(fromTarget(reader, start, before, kinds, allowed));
  if (unit === 33 || unit === 91) found = found.concat(fromImage(reader, start, kinds, allowed));
  if (unit === 60 && kinds.has("html")) found = found.concat(fromTag(reader, start, allowed));
  return found;
}

/** Most of a text: nothing begins within a word, but `http`. */
function isWithinWord(text: string, start: number): boolean {
  const unit = text.charCodeAt(start);
  if (!(isLetter(unit) || isDigit(unit)) || (unit | 32) === 104 || start === 0) return false;
  const before = text.charCodeAt(start - 1);
  return isLetter(before) || isDigit(before);
}

/** `www.example.com` is followed as a host. */
const withHost = (target: string): string => (/^www\./i.test(target) ? `https://${target}` : target);

function plainAt(reader: Reader, start: number, before: number, unit: number): PlainTarget | null {
  if (isLetter(unit)) {
    const begins = !isSchemeUnit(before);
    const web = (unit | 32) === 104 && !begins ? webSchemeAt(reader, start) : null;
    const www = (unit | 32) === 119 && begins && before !== 64 && !isSlash(before) ? wwwAt(reader, start) : null;
    return web ?? www ?? (begins ? schemeAt(reader, start) : null);
  }
  if (!isSlash(unit) || isSchemeUnit(before) || isSlash(before) || before === 58) return null;
  return hostAt(reader, start);
}

function fromTarget(
  reader: Reader,
  start: number,
  before: number,
  kinds: ReadonlySet<LinkKind>,
  allowed: AllowList,
): Found[] {
  const link = linkAt(reader, start) ?? (before === 60 ? autolinkAt(reader, start) : null);
  if (link === null) return nothing;
  const target = reader.text.slice(link.from, link.to);
  const found: Found[] = [];
  if (kinds.has("email-target") && isAddress.test(target) && !allowed.allowsEmail(target)) {
    found.push({ kind: "email-target", end: link.to });
  }
  if (kinds.has("markdown-link") && leadsOut(reader.text, target, link, allowed))
    found.push({ kind: "markdown-link", end: link.to });
  return found;
}

const isAddress = /^[^\s@:/?#]{1,64}@[^\s@:/?#]{1,255}$/;
/** Where prose and code have much else, behind `]:`, `](` and `<`, only what says that it leads away counts. */
const saysSo = /^\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]\s*[/\\]|^\s*(?:https?|javascript|vbscript|data|mailto|tel|sms):/i;
/** Without one of these, dots of hosts among them, a target stays where it is. */
const mayLead = /[.:/\\&\u3002\uff0e\uff61]/;

/** References are decoded where they may stand. */
const doesSaySo = (target: string): boolean => saysSo.test(decodeEntities(target.slice(0, 512)));

function leadsOut(text: string, target: string, link: Link | Autolink, allowed: AllowList): boolean {
  if (!mayLead.test(target)) return false;
  if (link.kind === "inline" && !isIndex(text, link.close)) return !allowed.allowsMarkdown(target);
  return doesSaySo(target) && !allowed.allows(target);
}

/** An image, or a definition that one may refer to. */
function fromImage(reader: Reader, start: number, kinds: ReadonlySet<LinkKind>, allowed: AllowList): Found[] {
  if (!kinds.has("markdown-image")) return nothing;
  const isImage = reader.text.charCodeAt(start) === 33;
  const image = isImage ? imageAt(reader, start) : definitionAt(reader, start);
  if (image === null) return nothing;
  const target = reader.text.slice(image.from, image.to);
  const allows = isImage ? allowed.allowsMarkdown(target) : !doesSaySo(target) || allowed.allows(target);
  return allows ? nothing : [{ kind: "markdown-image", end: image.end }];
}

function fromTag(reader: Reader, start: number, allowed: AllowList): Found[] {
  const tag = tagAt(reader, start);
  if (tag === null) return nothing;
  const leads = tag.targets.some((target) => !allowed.allows(target));
  const loads = loaders.has(tag.name) && tag.targets.length === 0;
  return leads || tag.active || loads ? [{ kind: "html", end: tag.end }] : nothing;
}

/** Longest first. */
function inOrder(start: number, found: readonly Found[]): readonly Finding[] {
  return found
    .map(({ kind, end }) => ({ category: categoryOf(kind), score: certain, span: { start, end } }))
    .sort((a, b) => b.span.end - a.span.end || (a.category < b.category ? -1 : 1));
}
