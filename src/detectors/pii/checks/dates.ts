/** Dates within numbers. No clock is read: years are held against fixed bounds. */
import { digitOf } from "./digits.ts";

const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Nobody alive was born before, and nobody is born after. */
const firstYear = 1880;
const lastYear = 2060;

export const twoDigits = (id: string, at: number): number => digitOf(id, at) * 10 + digitOf(id, at + 1);

/** Whether a month has this day in some year. */
export const isMonthDay = (month: number, day: number): boolean => day >= 1 && day <= (days[month - 1] ?? 0);

export function isDate(year: number, month: number, day: number): boolean {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (year < firstYear || year > lastYear || (month === 2 && day === 29 && !isLeap)) return false;
  return isMonthDay(month, day);
}

/** `YYMMDD` at `at`; the century is not known. */
export const isYearFirst = (id: string, at = 0): boolean => isMonthDay(twoDigits(id, at + 2), twoDigits(id, at + 4));
/** `DDMMYY` at `at`. */
export const isDayFirst = (id: string, at = 0): boolean => isMonthDay(twoDigits(id, at + 2), twoDigits(id, at));
/** `YYYYMMDD` at `at`. */
export const isFullDate = (id: string, at = 0): boolean =>
  isDate(Number(id.slice(at, at + 4)), twoDigits(id, at + 4), twoDigits(id, at + 6));
