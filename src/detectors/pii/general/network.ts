/** Addresses of machines: IP of both versions, and of network cards. */
import { formed, type IdKind } from "../scan/form.ts";

/**
 * Only addresses that the internet routes tell of a person. Left out: "this network", private, shared, loopback, link-local,
 * protocol, documentation, benchmarking, multicast and reserved ranges (IANA special-purpose registry).
 */
function isPublicV4(written: string): boolean {
  const parts = written.split(".");
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) return false;
  const [a = 0, b = 0, c = 0] = parts.map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if ((a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254)) return false;
  if ((a === 100 && b >= 64 && b < 128) || (a === 198 && (b === 18 || b === 19))) return false;
  return (
    !(a === 192 && b === 0 && (c === 0 || c === 2)) &&
    !(a === 198 && b === 51 && c === 100) &&
    !(a === 203 && b === 0 && c === 113)
  );
}

/** Global unicast, 2000::/3, without documentation (2001:db8::/32, 3fff::/20) and 2001::/23 protocols. */
function isPublicV6(written: string): boolean {
  const [head = "", tail, more] = written.toLowerCase().split("::");
  if (more !== undefined) return false;
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const all = [...groups(head), ...groups(tail ?? "")];
  if (all.some((group) => group === "" || group.length > 4)) return false;
  if (tail === undefined ? all.length !== 8 : all.length > 7) return false;
  const first = Number.parseInt(groups(head)[0] ?? "0", 16);
  const second = Number.parseInt(groups(head)[1] ?? "0", 16);
  if (first < 0x2000 || first > 0x3fff || (first === 0x3fff && second < 0x1000)) return false;
  return !(first === 0x2001 && (second === 0xdb8 || second < 0x200));
}

/** Not all alike: broadcast and empty addresses are nobody's. */
const isCard = (id: string): boolean => id !== "000000000000" && id !== "FFFFFFFFFFFF";

const octets = (joint: string): RegExp => new RegExp(`[0-9a-fA-F]{2}(?:${joint}[0-9a-fA-F]{2}){5}`);

export const network: readonly IdKind[] = [
  {
    kind: "ip",
    words: ["ip", "ip address", "ipv4", "ipv6", "client ip", "remote addr", "x forwarded for"],
    alone: [/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/, /[23][0-9a-fA-F]{3}:[0-9a-fA-F:]{2,34}/],
    prove: formed((_id, written) => (written.includes(":") ? isPublicV6(written) : isPublicV4(written))),
    // Four numbers of a version, and the tail of a longer address.
    notAfter: /(?:[vV]ersion |[rR]elease |(?:^|[^0-9a-zA-Z])[0-9a-fA-F]{1,4}:)$/,
  },
  {
    kind: "mac",
    words: ["mac", "mac address", "hwaddr", "ether", "bssid", "wifi", "bluetooth"],
    alone: [octets(":"), octets("-"), /[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}/],
    near: [/[0-9a-fA-F]{12}/],
    prove: formed(isCard),
    // A part of a longer row of octets: a fingerprint, a digest.
    notAfter: /[0-9a-fA-F]{2}[:-]$/,
    notBefore: /^:[0-9a-fA-F]/,
  },
];
