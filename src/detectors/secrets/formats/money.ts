/** Payments, banking, trade and delivery. */
import { alnum, anyHex, apart, atLeast, bare, exactly, hex, lower, named, token, upper, url, uuid } from "../format.ts";

export const money = {
  "stripe-key": [token(`[sr]k_(?:live|test|prod)_${alnum}{16,255}`), token(`whsec_${alnum}{24,255}`)],
  "square-token": [
    token(`sq0(?:atp|csp|idp)-${atLeast(22, url)}`),
    token(`${apart}EAAA[A-Za-z0-9_\\-]{56,60}(?!${url})`),
  ],
  "paypal-token": [
    token(`access_token\\$(?:production|sandbox)\\$${lower}{16}\\$${exactly(32, hex)}`),
    named(["paypal"], `E${url}{79}|A21AA${url}{80,100}`),
  ],
  "plaid-key": [token(`${apart}access-(?:sandbox|development|production)-${uuid}`), named(["plaid"], `${hex}{30}`)],
  "adyen-key": [named(["adyen"], "AQE[A-Za-z0-9+/=\\-]{40,250}")],
  "razorpay-key": [token(`${apart}rzp_(?:live|test)_${exactly(14, alnum)}`), named(["razorpay"], `${alnum}{24}`)],
  "flutterwave-key": [token(`FLWSECK(?:_TEST)?-(?:${anyHex}{32}-X|${exactly(12, anyHex)})`)],
  "mollie-key": [token(`${apart}(?:live|test)_${exactly(30, alnum)}`)],
  "gocardless-token": [bare(["gocardless"], `(?:live|sandbox)_[A-Za-z0-9\\-_=]{40}`)],
  "coinbase-key": [named(["coinbase"], `${url}{64}|${alnum}{32}`)],
  "binance-key": [named(["binance"], `${alnum}{64}`)],
  "kraken-key": [named(["kraken"], "[A-Za-z0-9/=_+\\-]{80,90}")],
  "kucoin-key": [named(["kucoin"], `${uuid}|${hex}{24}`)],
  "bittrex-key": [named(["bittrex"], `${hex}{32}`)],
  "shippo-token": [token(`shippo_(?:live|test)_${exactly(40, anyHex)}`)],
  "easypost-key": [token(`${apart}EZ[AT]K${exactly(54, alnum)}`)],
  "lob-key": [bare(["lob"], `(?:live|test)_(?:pub_)?${hex}{31,35}`)],
  "duffel-token": [token(`duffel_(?:test|live)_${atLeast(43, url)}`)],
  "finicity-key": [named(["finicity"], `${hex}{32}|${alnum}{20}`)],
  "finnhub-key": [named(["finnhub"], `${lower}{20}(?:${lower}{20})?`)],
  "etsy-key": [named(["etsy"], `${lower}{24}`)],
  "alchemy-key": [named(["alchemy"], `${url}{32}`)],
  "infura-key": [named(["infura"], `${hex}{32}`)],
  "etherscan-key": [named(["etherscan"], `${upper}{34}`)],
} as const;
