/**
 * Whether digits are a telephone number somewhere: some country's plan, and a kind of line in it, matches them whole.
 * The expressions are those of `libphonenumber-js/max`, compiled once here, since the library compiles them anew for each
 * number (up to 0.2 ms); it is asked only about regions whose notation it rewrites.
 * Compiled plans are kept for the life of the object: at most one a calling code.
 */
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  Metadata,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";
import { digitsOf, groupsOf } from "./characters.ts";

/** `prefix`: what may be dialled before a national number; `rewritten` when it does not just fall away. */
type Plan = { readonly prefix: RegExp | null; readonly rewritten: boolean; readonly national: readonly RegExp[] };

/**
 * `trunk`: the prefix of a region that writes it before all its numbers; "" where some are written without.
 * `inPairs`: some are written in groups of two.
 */
type Notation = { readonly trunk: string; readonly rewritten: boolean; readonly inPairs: boolean };

/** What the library's metadata can tell, but does not declare in its types. 0 stands for what is not there. */
type Numbering = {
  nationalNumberPattern(): string;
  nationalPrefix(): string | 0 | undefined;
  nationalPrefixForParsing(): string | 0 | undefined;
  nationalPrefixTransformRule(): string | 0 | undefined;
  type(name: string): { pattern(): string | undefined } | undefined;
  formats(): readonly { pattern(): string; usesNationalPrefix(): boolean }[];
};

const lineTypes = [
  "FIXED_LINE",
  "MOBILE",
  "PREMIUM_RATE",
  "TOLL_FREE",
  "SHARED_COST",
  "VOIP",
  "PERSONAL_NUMBER",
  "PAGER",
  "UAN",
  "VOICEMAIL",
] as const;

export type NumberingPlans = {
  /** `number`: digits from the calling code on. */
  isInternational(number: string): boolean;
  /** `written`: as within the region, with its trunk prefix where its notation has one, and with separators. */
  isNational(written: string, region: CountryCode): boolean;
  /** `number`: ten digits, or eleven with the leading 1. */
  isNorthAmerican(number: string): boolean;
};

export function createNumberingPlans(): NumberingPlans {
  const countries = new Map<string, CountryCode[]>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    countries.set(code, [...(countries.get(code) ?? []), country]);
  }
  const plans = new Map<string, Plan | null>();
  const notations = new Map<CountryCode, Notation>();
  const planOf = (code: string): Plan | null => {
    let plan = plans.get(code);
    if (plan === undefined) plans.set(code, (plan = compilePlan(code, countries.get(code) ?? [])));
    return plan;
  };
  const notationOf = (region: CountryCode): Notation => {
    let notation = notations.get(region);
    if (notation === undefined) notations.set(region, (notation = readNotation(numberingOf(region))));
    return notation;
  };
  return {
    isInternational(number) {
      // Calling codes are prefix-free.
      for (let length = 1; length <= 3; length++) {
        const plan = planOf(number.slice(0, length));
        if (plan !== null)
          return isIn(plan, number.slice(length)) ?? parsePhoneNumberFromString(`+${number}`)?.isValid() ?? false;
      }
      return false;
    },
    isNational(written, region) {
      const number = digitsOf(written);
      const plan = planOf(getCountryCallingCode(region));
      const { trunk, rewritten, inPairs } = notationOf(region);
      if (plan === null || !number.startsWith(trunk)) return false;
      const known = isIn(plan, number);
      if (known === false) return false;
      if (trunk !== "" && !rewritten) return known ?? matches(plan, number.slice(trunk.length));
      // Without a trunk prefix to tell them by, numbers in pairs (41 41 41) must be written as the region writes them.
      const sizes = sizesOf(written);
      const pairs = sizes.every((size) => size < 3);
      if (known === true && !pairs) return true;
      if (pairs && !inPairs) return false;
      const parsed = parsePhoneNumberFromString(number, region);
      if (parsed?.isValid() !== true) return false;
      const notation = parsed.formatNational();
      return digitsOf(notation) === number && (!pairs || sizesOf(notation).join() === sizes.join());
    },
    isNorthAmerican(number) {
      const plan = planOf("1");
      return plan !== null && matches(plan, number.length === 11 ? number.slice(1) : number);
    },
  };
}

const sizesOf = (written: string): readonly number[] => groupsOf(written).map(({ digits }) => digits.length);

function matches({ national }: Plan, number: string): boolean {
  return national.some((expression) => expression.test(number));
}

/** `undefined`: by rules that only the library knows. */
function isIn(plan: Plan, number: string): boolean | undefined {
  if (matches(plan, number)) return true;
  const dialled = plan.prefix?.exec(number)?.[0] ?? "";
  if (dialled === "") return false;
  return plan.rewritten ? undefined : matches(plan, number.slice(dialled.length));
}

/** null for a calling code that nobody has. */
function compilePlan(code: string, countries: readonly CountryCode[]): Plan | null {
  if (countries.length === 0) {
    // The codes of no country (satellite, international freephone) are selected like countries.
    try {
      return { prefix: null, rewritten: false, national: [entire(numberingOf(code as CountryCode))] };
    } catch {
      return null;
    }
  }
  const numberings = countries.map(numberingOf);
  const prefix = numberings.map((numbering) => numbering.nationalPrefixForParsing()).find(Boolean);
  return {
    prefix: prefix ? new RegExp(`^(?:${prefix})`) : null,
    rewritten: numberings.some((numbering) => Boolean(numbering.nationalPrefixTransformRule())),
    national: numberings.map(entire),
  };
}

/** Throws for a code that nobody has. */
function numberingOf(country: CountryCode): Numbering {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan: unknown = metadata.numberingPlan;
  return plan as Numbering;
}

/** Of the plan as a whole, and of at least one kind of line in it. */
function entire(numbering: Numbering): RegExp {
  const lines = lineTypes.map((name) => numbering.type(name)?.pattern()).filter(Boolean);
  return new RegExp(
    `^(?=(?:${numbering.nationalNumberPattern()})$)(?:${lines.length === 0 ? ".*" : lines.join("|")})$`,
  );
}

function readNotation(numbering: Numbering): Notation {
  const formats = numbering.formats();
  const always = formats.length > 0 && formats.every((format) => format.usesNationalPrefix());
  return {
    trunk: always ? numbering.nationalPrefix() || "" : "",
    rewritten: Boolean(numbering.nationalPrefixTransformRule()),
    inPairs: formats.some((format) => /^(?:\(\\d(?:\\d|\{2\})?\))+$/.test(format.pattern())),
  };
}
