// fast-check with many times the runs. Seeds are new each time; what fails is printed with the seed that makes it again.

import fc, { type IAsyncProperty, type IProperty, type Parameters } from "fast-check";

const factor = Number(process.env["FUZZ_FACTOR"] ?? "5");

function assert<T>(property: IProperty<T> & IAsyncProperty<T>, parameters: Parameters<T> = {}): void | Promise<void> {
  return fc.assert(property, { ...parameters, numRuns: (parameters.numRuns ?? 100) * factor });
}

export default { ...fc, assert };
