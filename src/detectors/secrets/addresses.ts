/**
 * Passwords in addresses and connection strings: `postgres://app:PASSWORD@db/prod`, `Server=db;Password=...;`. The
 * password alone is the finding, so that the rest can still be read.
 */
import { score } from "../../domain/score.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { reviewed } from "../pattern/pattern.ts";

/** In UTF-16 code units. */
export const addressPasswordUnits = 128;
const userUnits = 64;

const stores =
  /^(?:jdbc:)?(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|valkey|amqps?|mssql|sqlserver|oracle|cassandra|clickhouse|couchbases?|couchdb|neo4j|bolt|nats|kafka|memcached|influxdb|cockroachdb|snowflake|db2|smtps?|ldaps?)\b/i;
const authority = /(?:^|[^A-Za-z0-9+.-])((?:jdbc:)?[a-z][a-z0-9+.-]{1,20}):\/\/([^\s:/?#@"'<>]{0,64}):$/i;
/** What is written in manuals, and names of variables. */
const noPassword =
  /^(?:pass(?:word|wd)?|pwd|pw|secret|token|user(?:name)?|x+|\*+|\.+|change_?me|your.*|my.*pass.*|example.*|test|[0-9]{1,5}|\$.*|%.*|:.*|[A-Z]+(?:_[A-Z]+)+)$/i;

/** A scheme tells which of the two kinds a password is of; `true`: stores of data. */
function inAddress(ofStore: boolean): Pick<Matcher, "pattern" | "context" | "leftUnits" | "accept" | "score"> {
  return {
    pattern: reviewed(`(?<=:)[^\\s/?"'<>\`\\\\()\\[\\]{}|]{1,${addressPasswordUnits}}(?=@)`),
    context: { words: ["://"], within: userUnits + 1 },
    leftUnits: 96,
    accept(matched, left) {
      const [, scheme = "", user = ""] = authority.exec(left) ?? [];
      if (scheme === "" || stores.test(scheme) !== ofStore || matched === user || noPassword.test(matched)) return 0;
      return matched.length;
    },
    score: score(0.9),
  };
}

const setting = /(?:^|[;?&\s"'])(?:password|pwd|passwd|pass)\s{0,2}=\s{0,2}["'{]?$/i;
const besides =
  /(?:(?:^|[;\s"'])(?:server|data source|host|hostname|uid|user id|user|username|driver|database|provider|dbq|dsn|addr)\s{0,2}=[^\r\n]*;|:\/\/[^\s]*[?&;])[^\r\n]*$/i;

export const connectionStrings: readonly Matcher[] = [
  { category: "secrets/connection-string", ...inAddress(true) },
  {
    category: "secrets/connection-string",
    pattern: reviewed(
      `(?<=[=\\s"'{])[^\\s;&"'<>\`\\\\()\\[\\]{}|]{4,${addressPasswordUnits}}(?=[\\s;&"'<>\`\\\\})\\]])`,
    ),
    context: { words: ["password", "pwd", "passwd", "pass"], within: 6 },
    leftUnits: 128,
    accept: (matched, left) =>
      setting.test(left) && besides.test(left) && !noPassword.test(matched) ? matched.length : 0,
    score: score(0.9),
  },
];

export const urlCredentials: readonly Matcher[] = [{ category: "secrets/url-credentials", ...inAddress(false) }];
