import assert from "node:assert/strict";
import { test } from "node:test";
import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";
import examples from "libphonenumber-js/mobile/examples";
import fc from "fast-check";
import { createNumberingPlans } from "./numbering-plans.ts";

const plans = createNumberingPlans();
const known = getCountries().flatMap((country) => {
  const example = getExampleNumber(country, examples);
  return example === undefined ? [] : [{ country, example }];
});

test("knows each country's example number, as it is written abroad and at home", () => {
  assert.ok(known.length > 200);
  for (const { country, example } of known) {
    assert.ok(plans.isInternational(example.number.slice(1)), country);
    if (getCountryCallingCode(country) !== "1") assert.ok(plans.isNational(example.formatNational(), country), country);
    else assert.ok(plans.isNorthAmerican(example.nationalNumber), country);
  }
});

test("says of numbers near to valid ones what the library says", () => {
  let valid = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...known),
      fc.array(fc.tuple(fc.nat(14), fc.integer({ min: 0, max: 9 })), { maxLength: 3 }),
      fc.boolean(),
      ({ country, example }, changes, trunk) => {
        const code = getCountryCallingCode(country);
        const national = [...example.nationalNumber];
        for (const [at, digit] of changes) national[at % national.length] = String(digit);
        const number = `${code}${trunk ? "0" : ""}${national.join("")}`;
        const wanted = parsePhoneNumberFromString(`+${number}`)?.isValid() ?? false;
        if (wanted) valid++;
        assert.equal(plans.isInternational(number), wanted);
      },
    ),
    { numRuns: 2_000 },
  );
  assert.ok(valid > 200, `some were valid: ${valid}`);
});

test("codes of no country, and codes that nobody has", () => {
  assert.ok(plans.isInternational("80012345678"));
  assert.ok(!plans.isInternational("99912345678"));
  assert.ok(!plans.isInternational(""));
});
