/** Numbers of half precision as runtimes hand them out: their bits, or floats already. */

/** A copy where the runtime owns the memory. */
export function toFloat32(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array)
    return Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length));
  return Float32Array.from(data as ArrayLike<number>);
}
