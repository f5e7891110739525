/**
 * Alphabetic codes of the currencies in use: ISO 4217 list one (funds codes and precious metals included), as published by SIX, edition of 2026-01-01.
 * Bulgaria's lev left it when the euro came (2026-01-01); it is kept for older files, as is the Croatian kuna (2023-01-01).
 */
const CODES =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG';

const CURRENCIES: ReadonlySet<string> = new Set(CODES.split(' '));

/** The currency that every price of a plan is in. */
export const BASE_CURRENCY = 'USD';

/** Whether a text is the alphabetic code of a currency (ISO 4217), such as `EUR`. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** All currency codes, for suggestions. */
export function currencyCodes(): Iterable<string> {
  return CURRENCIES;
}
