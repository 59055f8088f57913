/** All tables of numbers, by kind. E-mail, phone, card and IBAN have finders of their own. */
import { announcedCard } from "./card.ts";
import { bank } from "./general/bank.ts";
import { birthDate } from "./general/birth-date.ts";
import { cryptoWallet } from "./general/crypto-wallet.ts";
import { documents } from "./general/document.ts";
import { health } from "./general/health.ts";
import { network } from "./general/network.ts";
import { place } from "./general/place.ts";
import { readableZones } from "./general/readable-zone.ts";
import { vehicles } from "./general/vehicle.ts";
import { beneluxFrance } from "./national/benelux-france.ts";
import { britainIreland } from "./national/britain-ireland.ts";
import { centralEurope } from "./national/central-europe.ts";
import { eastAsia } from "./national/east-asia.ts";
import { easternEurope } from "./national/eastern-europe.ts";
import { euVat } from "./national/eu-vat.ts";
import { germanSpeaking } from "./national/german-speaking.ts";
import { latinAmerica } from "./national/latin-america.ts";
import { middleEastAfrica } from "./national/middle-east-africa.ts";
import { nordics } from "./national/nordics.ts";
import { northAmerica } from "./national/north-america.ts";
import { oceania } from "./national/oceania.ts";
import { southAsia } from "./national/south-asia.ts";
import { southEastAsia } from "./national/south-east-asia.ts";
import { southernEurope } from "./national/southern-europe.ts";
import { announcedPhone } from "./phone.ts";
import type { IdKind } from "./scan/form.ts";

/**
 * Tables that are matched at once. Their forms share what they begin with; kept apart are those whose combinations would only
 * multiply.
 */
export const idTables: readonly (readonly IdKind[])[] = [
  [
    ...[announcedCard, announcedPhone, bank, health, network, documents, vehicles],
    ...[birthDate, cryptoWallet, readableZones],
    ...[northAmerica, britainIreland, germanSpeaking, beneluxFrance, southernEurope, nordics, centralEurope],
    ...[easternEurope, euVat, southAsia, eastAsia, southEastAsia, oceania, latinAmerica, middleEastAfrica],
  ].flat(),
  place,
];
