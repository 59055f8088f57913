/** Addresses of crypto wallets whose checksum can be held: Bitcoin and kin, Ethereum and kin, Tron, XRP, Cardano. */
import { base58Version, isBech32 } from "../checks/base58.ts";
import { keccak256 } from "../checks/keccak.ts";
import type { IdKind, Proof } from "../scan/form.ts";

/** Version bytes: Bitcoin, Litecoin, Dogecoin, Dash, Tron. */
const versions = new Set([0x00, 0x05, 0x30, 0x32, 0x1e, 0x16, 0x4c, 0x10, 0x41]);

function prove(_id: string, written: string): Proof {
  if (/^0x/i.test(written)) return proveEthereum(written.slice(2));
  if (/^(?:bc|ltc|addr)1/i.test(written)) {
    const oneCase = written === written.toLowerCase() || written === written.toUpperCase();
    return oneCase && isBech32(written) ? "checksum" : "no";
  }
  if (written.startsWith("r")) return base58Version(written, "ripple") === 0 ? "checksum" : "no";
  const version = base58Version(written, "bitcoin");
  return version !== null && versions.has(version) ? "checksum" : "no";
}

/** EIP-55: the hash of the address in small letters says which letters are capitals. In one case there is no check. */
function proveEthereum(hex: string): Proof {
  const lower = hex.toLowerCase();
  if (/^(.)\1*$/.test(lower)) return "no";
  if (hex === lower || hex === hex.toUpperCase()) return "form";
  const hash = keccak256(lower);
  for (let at = 0; at < 40; at++) {
    const isCapital = Number.parseInt(hash.charAt(at), 16) >= 8;
    const letter = lower.charAt(at);
    if (hex[at] !== (isCapital ? letter.toUpperCase() : letter)) return "no";
  }
  return "checksum";
}

const base58 = "[1-9A-HJ-NP-Za-km-z]";

export const cryptoWallet: readonly IdKind[] = [
  {
    kind: "crypto-wallet",
    words: [
      "bitcoin",
      "btc",
      "ethereum",
      "eth",
      "wallet",
      "litecoin",
      "ltc",
      "dogecoin",
      "doge",
      "tron",
      "trx",
      "usdt",
      "xrp",
      "ripple",
      "cardano",
      "crypto",
      "erc20",
    ],
    alone: [
      new RegExp(`[13LMDAX9T]${base58}{24,33}`),
      new RegExp(`r${base58}{24,34}`),
      /(?:bc|ltc)1[02-9ac-hj-np-z]{38,59}/,
      /(?:BC|LTC)1[02-9AC-HJ-NP-Z]{38,59}/,
      /addr1[02-9ac-hj-np-z]{53,98}/,
      /0x[0-9a-fA-F]{40}/,
    ],
    prove,
  },
];
