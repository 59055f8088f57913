/** Base58 with a checksum (Bitcoin's and its descendants') and Bech32 (BIP 173, BIP 350). */
import { createHash } from "node:crypto";

const bitcoin = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const ripple = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** The version byte of an address of 21 bytes whose checksum holds, or null. */
export function base58Version(address: string, alphabet: "bitcoin" | "ripple"): number | null {
  const letters = alphabet === "bitcoin" ? bitcoin : ripple;
  let value = 0n;
  for (const letter of address) {
    const digit = letters.indexOf(letter);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  const hex = value.toString(16).padStart(50, "0");
  if (hex.length !== 50) return null;
  const bytes = Buffer.from(hex, "hex");
  const check = sha256(sha256(bytes.subarray(0, 21))).subarray(0, 4);
  return check.equals(bytes.subarray(21)) ? (bytes[0] as number) : null;
}

const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Whether the checksum of either version holds. `address` in one case, with its prefix and `1`. */
export function isBech32(address: string): boolean {
  const lower = address.toLowerCase();
  const split = lower.lastIndexOf("1");
  const prefix = [...lower.slice(0, split)].map((letter) => letter.charCodeAt(0));
  const data = [...lower.slice(split + 1)].map((letter) => charset.indexOf(letter));
  if (data.includes(-1)) return false;
  let check = 1;
  for (const value of [...prefix.map((unit) => unit >> 5), 0, ...prefix.map((unit) => unit & 31), ...data]) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >> bit) & 1) check ^= generator[bit] as number;
  }
  return check === 1 || check === 0x2bc830a3;
}
