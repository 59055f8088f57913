/**
 * Where a target leads, read as a browser would, and whether the policy lets it. Pure.
 * Invariant: what cannot be read is not allowed. A target without a host and a scheme of its own stays where it is: fine.
 */
import { addressesOf, normalPhone } from "./people.ts";
import { decodeEntities } from "./entities.ts";

export type AllowSettings = {
  /** Hosts, with a port where only that one is fine; `*.example.com` stands for all below it. */
  readonly allowHosts: readonly string[];
  readonly allowSchemes: readonly string[];
  /** Whole e-mail addresses, `@domain`, or phone numbers in international form. */
  readonly allowTargets: readonly string[];
};

export type AllowList = {
  /** A target as it stands in a text, in Markdown or in HTML. */
  allows(target: string): boolean;
  /** A target of Markdown, where `evil.example/x` may be read as a host too. */
  allowsMarkdown(target: string): boolean;
  allowsEmail(address: string): boolean;
};

/** Resolves what has no host of its own; nobody can have it. Both schemes, because `https:x` is relative to one of them. */
const bases = ["https://here.invalid/", "http://here.invalid/"] as const;
const baseHost = "here.invalid";

export const phoneSchemes: ReadonlySet<string> = new Set([
  "tel",
  "sms",
  "smsto",
  "mms",
  "mmsto",
  "callto",
  "facetime",
  "facetime-audio",
  "whatsapp",
]);

export function createAllowList({ allowHosts, allowSchemes, allowTargets }: AllowSettings): AllowList {
  const schemes = new Set(allowSchemes.map((scheme) => scheme.toLowerCase()));
  const hosts = createHostSet(allowHosts);
  const people = new Set(
    allowTargets.map((target) => (target.includes("@") ? target.toLowerCase() : normalPhone(target))),
  );

  const allowsEmail = (address: string): boolean => {
    const lower = address.toLowerCase();
    if (!/^[^@\s<>"(),:;]+@[^@\s<>"(),:;]+$/.test(lower)) return false;
    return people.has(lower) || people.has(lower.slice(lower.lastIndexOf("@")));
  };
  const allowsUrl = (url: URL): boolean => {
    const scheme = url.protocol.slice(0, -1);
    if (schemes.has(scheme) && (url.hostname === "" || hosts(url))) return true;
    if (scheme === "mailto") {
      const addresses = addressesOf(url);
      return addresses.length > 0 && addresses.every(allowsEmail);
    }
    return phoneSchemes.has(scheme) && people.has(normalPhone(url.pathname));
  };
  const allows = (target: string): boolean => {
    if (!mayLead.test(target)) return true;
    const plain = asFollowed(target);
    const isWhole = whole.test(plain);
    const head = isWhole ? plain : headOf(plain);
    if ((target.length > headUnitsMax && head.length === plain.length) || twoReadings.test(plain)) return false;
    return bases.every((base) => {
      const url = URL.parse(head, base);
      return url !== null && (url.hostname === baseHost || allowsUrl(url));
    });
  };
  return {
    allows,
    allowsMarkdown: (text) => {
      const target = asFollowed(text);
      if (!isBareHost(target)) return allows(text);
      return allowsEmail(target) || allows(`https://${target}`);
    },
    allowsEmail,
  };
}

/** Browsers end the host at a backslash, other programs at the next slash: what they take for the host differs. */
const twoReadings = /^[^/?#\\]*[/\\]{2,}[^/?#\\]+\\[^/?#]*@/;

/** As much of a target as is looked at, in UTF-16 code units. What does not tell by then where it leads is not allowed. */
const headUnitsMax = 512;

/** Without the characters that browsers drop, and with references decoded. */
function asFollowed(target: string): string {
  const plain = decodeEntities(target.slice(0, headUnitsMax)).replace(/[\t\n\r]/g, "");
  let from = 0;
  let to = plain.length;
  while (from < to && plain.charCodeAt(from) <= 32) from++;
  while (to > from && plain.charCodeAt(to - 1) <= 32) to--;
  return plain.slice(from, to);
}

/** Without one of these, a target stays where it is. */
const mayLead = /[:/\\&]/;
/** These lead where all of them says. */
const whole = /^(?:mailto|tel|sms|smsto|mms|mmsto|callto|facetime|facetime-audio|whatsapp):/i;

/** The part of a target that tells where it leads. */
const headOf = (target: string): string => /^[^/?#\\]*[/\\]*[^/?#\\]*/.exec(target)?.[0] ?? "";

/** Ends of file names that are no host's by themselves: `[guide](guide.md)`. */
const fileEndings =
  /^[^.]+\.(?:md|txt|html?|pdf|png|jpe?g|gif|svg|webp|json|ya?ml|toml|csv|xml|css|[cm]?[jt]sx?|py|rs|go|c|h|cc|cpp|java|rb|sh|zip|gz|docx?|xlsx?|pptx?)$/i;

/** Without a scheme, but with what may be a host, or an e-mail address. */
function isBareHost(target: string): boolean {
  const authority = /^[^/?#\\]*/.exec(target)?.[0] ?? "";
  if (
    !/^(?:[^\s:@]+@)?(?:[\p{L}\p{N}_-]+[.\u3002\uff0e\uff61])+\p{L}[\p{L}\p{N}-]+\.?(?::\d{1,5})?$/u.test(authority)
  ) {
    return /^(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?$/.test(authority);
  }
  return authority.length < target.length || !fileEndings.test(target);
}

/** Compares hosts as URLs have them: lower case, punycode, dotted IPv4, no dot at the end. */
function createHostSet(allowed: readonly string[]): (url: URL) => boolean {
  const exact = new Set<string>();
  const below: string[] = [];
  for (const entry of allowed) {
    const wild = entry.startsWith("*.");
    const url = URL.parse(`https://${wild ? entry.slice(2) : entry}`, bases[0]);
    if (url === null) continue;
    if (wild) below.push(`.${nameOf(url)}`);
    else exact.add(url.port === "" ? nameOf(url) : `${nameOf(url)}:${url.port}`);
  }
  return (url) => {
    const name = nameOf(url);
    return exact.has(name) || exact.has(`${name}:${url.port}`) || below.some((end) => name.endsWith(end));
  };
}

/** The host of any scheme is read as that of `https`: other schemes leave its letters as they stand. */
function nameOf(url: URL): string {
  const special = url.protocol === "https:" ? url : URL.parse(`https://${url.host}`, bases[0]);
  return (special ?? url).hostname.replace(/\.$/, "");
}
