/** A nominal type over a structural one, so that values of the same shape cannot be confused. */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
