/** Kinds of no country: published examples and made-up ones. */
import type { Vectors } from "./vector.ts";

export const general: Vectors = {
  email: {
    word: "mail",
    valid: ["john.doe+tag@mail.example.co.uk", "JOHN@EXAMPLE.COM", "a@xn--bcher-kva.example", "o'neil@example.com"],
    wrong: ["me@localhost", "a@.com", "@handle", "root@10.0.0.1", "a@b"],
  },
  phone: {
    word: "call",
    valid: ["+1 415 555 2671", "(415) 555-2671", "415-555-2671", "+44 20 7946 0958", "+49 30 123456"],
    wrong: ["115-555-2671", "4155552671", "+12345678", "2024-11-21"],
  },
  card: {
    word: "card",
    valid: ["4111111111111111", "4111 1111 1111 1111", "3782 822463 10005", "5555-5555-5555-4444"],
    wrong: ["4111111111111112", "9111111111111111", "0.4111111111111111", "41 11 11 11 11 11 11 11"],
  },
  iban: {
    word: "IBAN",
    valid: [
      "DE89370400440532013000",
      "DE89 3704 0044 0532 0130 00",
      "gb82 west 1234 5698 7654 32",
      "NO93-8601-1117-947",
    ],
    wrong: ["DE89370400440532013001", "DE8937040044053201300", "XDE89370400440532013000", "ZZ89370400440532013000"],
  },
  "date-of-birth": {
    word: "born",
    valid: [
      "1985-04-12",
      "12/04/1985",
      "12.04.1985",
      "April 12, 1985",
      "12 April 1985",
      "12. April 1985",
      "12 de abril de 1985",
      "4/12/85",
      "12 ao\u00fbt 1985",
      "1985\u5e744\u670812\u65e5",
    ],
    wrong: ["1985-13-12", "31/31/1985", "12.04.1785", "Aprilis 12, 1985", "April 1985", "1985", "31 February 1985"],
  },
  passport: {
    word: "passport no.",
    valid: ["123456789", "A12345678", "TK1234567", "12AB34567", "C01X00T47", "AAA123456", "M12345678"],
    wrong: ["12345", "ABCDEFGHI", "A1234567890", "123-456"],
  },
  mrz: {
    word: "MRZ",
    valid: [
      "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
      "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
      "I<UTOD231458907<<<<<<<<<<<<<<<",
      "7408122F1204159UTO<<<<<<<<<<<6",
    ],
    wrong: [
      "L898902C37UTO7408122F1204159ZE184226B<<<<<10",
      "7408123F1204159UTO<<<<<<<<<<<6",
      "P<UTOERIKSSONANNAMARIA<<<<<<<<<<<<<<<<<<<<<<",
      "I<UTOD231458908<<<<<<<<<<<<<<<",
    ],
  },
  "driving-licence": {
    word: "driver's license",
    valid: ["D1234567", "D123-4567-8901", "S123-456-78-910-0", "MORGA753116SM9IJ", "12345678", "11-12-345678-90"],
    wrong: ["1234", "ABCDEFG", "MORGA793116SM9IJ", "D123-45"],
  },
  vin: {
    word: "VIN",
    valid: ["1HGCM82633A004352", "1M8GDM9AXKP042788", "WBA3A5C57CF256651", "WVWZZZ1JZXW000001"],
    wrong: ["1HGCM82633A00435", "1HGCM8263IA004352", "11111111111111111", "1HGCM82633A0043521"],
  },
  "licence-plate": {
    word: "license plate",
    valid: [
      "AB12 CDE",
      "B-MW 1234",
      "AB-123-CD",
      "1234 BCD",
      "7ABC123",
      "MH 12 AB 1234",
      "\u4eacA12345",
      "\u0410123\u0412\u0421 77",
    ],
    wrong: ["ABCDEF", "123456789", "A", "12"],
  },
  "medical-record": {
    word: "MRN",
    valid: ["12345678", "A-1234567", "123456", "001-23-4567"],
    wrong: ["1234", "00000000", "ABCDEFGH", "12345678901"],
  },
  "bank-account": {
    word: "account number",
    valid: ["12345678", "000123456789", "12-3456-12345678", "1234 5678 9012"],
    wrong: ["12345", "00000000", "ABCDEFGH", "123456789012345678"],
  },
  "gb-sort-code": {
    word: "sort code",
    valid: ["12-34-56", "12 34 56", "123456"],
    wrong: ["1-23-45", "12-34-5", "12345"],
  },
  "swift-bic": {
    word: "BIC",
    valid: ["DEUTDEFF", "DEUTDEFF500", "NEDSZAJJXXX"],
    wrong: ["DEUTXXFF", "deutdeff", "DEUTDEF", "DEUTDEFF50"],
  },
  imei: {
    word: "IMEI",
    valid: ["490154203237518", "49-015420-323751-8", "356938035643809"],
    wrong: ["490154203237519", "49015420323751", "000000000000000"],
  },
  "crypto-wallet": {
    word: "wallet",
    valid: [
      "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
      "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
      "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
      "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
      "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359",
      "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
      "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
    ],
    wrong: [
      "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
      "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx",
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
      "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi",
    ],
  },
  ip: {
    word: "client IP",
    valid: ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b:0:0:0:200e"],
    wrong: ["10.0.0.1", "127.0.0.1", "192.168.1.10", "256.1.1.1", "203.0.113.7", "fe80::1", "2001:db8::1", "1.2.3"],
  },
  mac: {
    word: "MAC address",
    valid: ["00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7", "001B.4411.3AB7", "001b44113ab7"],
    wrong: ["00:1B:44:11:3A", "00:1B:44:11:3A:B7:C8", "00:00:00:00:00:00", "FF:FF:FF:FF:FF:FF", "00:1G:44:11:3A:B7"],
  },
  "street-address": {
    word: "lives at",
    valid: [
      "221B Baker Street",
      "1600 Pennsylvania Avenue",
      "350 5th Avenue",
      "Hauptstra\u00dfe 12",
      "Berliner Allee 5a",
      "12 rue de la Paix",
      "Calle Mayor 5",
      "Via Roma 10",
      "Keizersgracht 123",
    ],
    wrong: ["Baker Street", "the street 12", "12 reasons", "in 2024 the road", "Via mail"],
  },
  "po-box": {
    word: "address",
    valid: ["P.O. Box 1234", "PO Box 77", "Postfach 1001", "Post Office Box 12", "BP 123"],
    wrong: ["Box 1234", "PO 77", "mailbox 12", "P.O. Boxes"],
  },
  postcode: {
    word: "postcode",
    valid: ["SW1A 1AA", "K1A 0B1", "CA 90210", "10115", "1012 AB", "00-950", "01310-100"],
    wrong: ["SW1A1", "K1A", "XX 90210X", "123"],
  },
  "geo-coordinates": {
    word: "coordinates",
    valid: [
      "40.446195, -79.948862",
      "52.5163\u00b0 N, 13.3777\u00b0 E",
      "40\u00b026'46\"N 79\u00b058'56\"W",
      "-33.8688, 151.2093",
    ],
    wrong: ["191.1234, 200.1234", "1.5, 2.5", "40, 79", "v1.2.3"],
  },
};
