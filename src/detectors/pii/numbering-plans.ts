/**
 * Whether digits are a telephone number somewhere. A cheap test against the plans' own expressions comes first, since
 * full parsing takes some 20 microseconds; `libphonenumber-js` has the last word.
 * Compiled plans are kept for the life of the object: there are at most as many as calling codes.
 */
import { type CountryCode, getCountries, getCountryCallingCode, Metadata, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { digitsOf } from "./characters.ts";

/** `prefix`: what may be dialled before a national number; `rewritten` when it does not just fall away. */
type Plan = { readonly prefix: RegExp | null; readonly rewritten: boolean; readonly national: readonly RegExp[] };

/** What the library's metadata can tell, but does not declare in its types. 0 stands for what is not there. */
type Numbering = {
  nationalNumberPattern(): string;
  nationalPrefix(): string | 0 | undefined;
  nationalPrefixForParsing(): string | 0 | undefined;
  nationalPrefixTransformRule(): string | 0 | undefined;
  type(name: string): { pattern(): string | undefined } | undefined;
  formats(): readonly { usesNationalPrefix(): boolean }[];
};

const lineTypes = [
  "FIXED_LINE", "MOBILE", "PREMIUM_RATE", "TOLL_FREE", "SHARED_COST", "VOIP", "PERSONAL_NUMBER", "PAGER", "UAN", "VOICEMAIL",
] as const;

export type NumberingPlans = {
  /** `number`: digits from the calling code on. */
  isInternational(number: string): boolean;
  /** `number`: digits as dialled within the region, with its trunk prefix where its notation has one. */
  isNational(number: string, region: CountryCode): boolean;
  /** `number`: ten digits, or eleven with the leading 1. */
  isNorthAmerican(number: string, region: CountryCode): boolean;
};

export function createNumberingPlans(): NumberingPlans {
  const countries = new Map<string, CountryCode[]>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    countries.set(code, [...(countries.get(code) ?? []), country]);
  }
  const plans = new Map<string, Plan | null>();
  const trunks = new Map<CountryCode, string>();
  const planOf = (code: string): Plan | null => {
    let plan = plans.get(code);
    if (plan === undefined) plans.set(code, (plan = compilePlan(code, countries.get(code) ?? [])));
    return plan;
  };
  const trunkOf = (region: CountryCode): string => {
    let trunk = trunks.get(region);
    if (trunk === undefined) trunks.set(region, (trunk = alwaysWrittenTrunk(numberingOf(region))));
    return trunk;
  };
  return {
    isInternational(number) {
      // Calling codes are prefix-free.
      for (let length = 1; length <= 3; length++) {
        const plan = planOf(number.slice(0, length));
        if (plan !== null) return mayBe(plan, number.slice(length)) && (parsePhoneNumberFromString(`+${number}`)?.isValid() ?? false);
      }
      return false;
    },
    isNational(number, region) {
      const plan = planOf(getCountryCallingCode(region));
      if (plan === null || !number.startsWith(trunkOf(region)) || !mayBe(plan, number)) return false;
      const parsed = parsePhoneNumberFromString(number, region);
      return parsed?.isValid() === true && digitsOf(parsed.formatNational()) === number;
    },
    isNorthAmerican(number, region) {
      const plan = planOf("1");
      const national = number.length === 11 ? number.slice(1) : number;
      return plan !== null && mayBe(plan, national) && (parsePhoneNumberFromString(national, region)?.isValid() ?? false);
    },
  };
}

function mayBe({ prefix, rewritten, national }: Plan, number: string): boolean {
  const matches = (digits: string): boolean => national.some((expression) => expression.test(digits));
  if (matches(number)) return true;
  const dialled = prefix?.exec(number)?.[0] ?? "";
  return dialled !== "" && (rewritten || matches(number.slice(dialled.length)));
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
  return new RegExp(`^(?=(?:${numbering.nationalNumberPattern()})$)(?:${lines.length === 0 ? ".*" : lines.join("|")})$`);
}

/** The trunk prefix of a region that writes it before all its numbers; "" where some are written without. */
function alwaysWrittenTrunk(numbering: Numbering): string {
  const formats = numbering.formats();
  return formats.length > 0 && formats.every((format) => format.usesNationalPrefix()) ? numbering.nationalPrefix() || "" : "";
}
