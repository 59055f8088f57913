/** The functions of OpenVINO's C API that are used, as the headers of 2023.1 and later declare them. */
import koffi, { type LibraryHandle } from "koffi";

type TypeSpec = Parameters<typeof koffi.sizeof>[0];
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import { NoRuntime } from "../workers/protocol.ts";

/** Addresses are numbers here: `null` is the null pointer. */
type Address = bigint;
type Out<T> = [T | null];
export type Dimension = { readonly min: bigint | number; readonly max: bigint | number };
export type PartialShape = { readonly rank: Dimension; readonly dims: Address | null };
export type Shape = { readonly rank: bigint | number; readonly dims: Address | null };

/** Loads them into this thread. Throws NoRuntime. */
export function bindOpenVino(libraries: OpenVinoLibraries) {
  const c = load(libraries);
  const dimension = koffi.struct({ min: "int64_t", max: "int64_t" });
  const partialShape = koffi.struct({ rank: dimension, dims: "void *" });
  const shape = koffi.struct({ rank: "int64_t", dims: "void *" });
  const pointer = "void *";
  const outPointer = koffi.out(koffi.pointer(pointer));
  const outSize = koffi.out(koffi.pointer("size_t"));
  const outInt = koffi.out(koffi.pointer("int"));
  const bound = <F extends (...values: never[]) => unknown>(name: string, result: TypeSpec, ...types: TypeSpec[]) => {
    try {
      return c.func(name, result, types) as unknown as F;
    } catch {
      throw new NoRuntime(`${libraries.api} has no function ${name}: it is not OpenVINO 2023.1 or later`);
    }
  };
  return {
    dimension,
    lastError: bound<() => string | null>("ov_get_last_err_msg", "const char *"),
    errorInfo: bound<(status: number) => string>("ov_get_error_info", "const char *", "int"),
    freeText: bound<(text: Address) => void>("ov_free", "void", pointer),
    version: bound<(out: Out<{ build: Address; description: Address }>) => number>(
      "ov_get_openvino_version",
      "int",
      koffi.out(koffi.pointer(koffi.struct({ build: pointer, description: pointer }))),
    ),
    createCore: bound<(out: Out<Address>) => number>("ov_core_create", "int", outPointer),
    freeCore: bound<(core: Address) => void>("ov_core_free", "void", pointer),
    readModel: bound<(core: Address, path: string, weights: string | null, out: Out<Address>) => number>(
      "ov_core_read_model",
      "int",
      pointer,
      "const char *",
      "const char *",
      outPointer,
    ),
    freeModel: bound<(model: Address) => void>("ov_model_free", "void", pointer),
    compile: bound<(core: Address, model: Address, device: string, count: number, out: Out<Address>, ...rest: string[]) => number>(
      "ov_core_compile_model",
      "int",
      pointer,
      pointer,
      "const char *",
      "size_t",
      outPointer,
      "...",
    ),
    freeCompiled: bound<(model: Address) => void>("ov_compiled_model_free", "void", pointer),
    property: bound<(model: Address, key: string, out: Out<Address>) => number>(
      "ov_compiled_model_get_property",
      "int",
      pointer,
      "const char *",
      outPointer,
    ),
    inputsSize: bound<(model: Address, out: Out<number>) => number>("ov_compiled_model_inputs_size", "int", pointer, outSize),
    input: bound<(model: Address, index: number, out: Out<Address>) => number>(
      "ov_compiled_model_input_by_index",
      "int",
      pointer,
      "size_t",
      outPointer,
    ),
    outputsSize: bound<(model: Address, out: Out<number>) => number>("ov_compiled_model_outputs_size", "int", pointer, outSize),
    output: bound<(model: Address, index: number, out: Out<Address>) => number>(
      "ov_compiled_model_output_by_index",
      "int",
      pointer,
      "size_t",
      outPointer,
    ),
    portName: bound<(port: Address, out: Out<Address>) => number>("ov_port_get_any_name", "int", pointer, outPointer),
    portType: bound<(port: Address, out: Out<number>) => number>("ov_port_get_element_type", "int", pointer, outInt),
    portShape: bound<(port: Address, out: Out<PartialShape>) => number>(
      "ov_port_get_partial_shape",
      "int",
      pointer,
      koffi.out(koffi.pointer(partialShape)),
    ),
    freePort: bound<(port: Address) => void>("ov_output_const_port_free", "void", pointer),
    freeDims: bound<(value: PartialShape[]) => void>("ov_partial_shape_free", "void", koffi.inout(koffi.pointer(partialShape))),
    createRequest: bound<(model: Address, out: Out<Address>) => number>(
      "ov_compiled_model_create_infer_request",
      "int",
      pointer,
      outPointer,
    ),
    freeRequest: bound<(request: Address) => void>("ov_infer_request_free", "void", pointer),
    /** Reads the memory where it is. */
    tensorOf: bound<(type: number, shape: Shape, memory: Address, out: Out<Address>) => number>(
      "ov_tensor_create_from_host_ptr",
      "int",
      "int",
      shape,
      pointer,
      outPointer,
    ),
    freeTensor: bound<(tensor: Address) => void>("ov_tensor_free", "void", pointer),
    setTensor: bound<(request: Address, name: string, tensor: Address) => number>(
      "ov_infer_request_set_tensor",
      "int",
      pointer,
      "const char *",
      pointer,
    ),
    infer: bound<(request: Address) => number>("ov_infer_request_infer", "int", pointer),
    outputTensor: bound<(request: Address, index: number, out: Out<Address>) => number>(
      "ov_infer_request_get_output_tensor_by_index",
      "int",
      pointer,
      "size_t",
      outPointer,
    ),
    tensorType: bound<(tensor: Address, out: Out<number>) => number>("ov_tensor_get_element_type", "int", pointer, outInt),
    tensorShape: bound<(tensor: Address, out: Out<Shape>) => number>(
      "ov_tensor_get_shape",
      "int",
      pointer,
      koffi.out(koffi.pointer(shape)),
    ),
    freeShape: bound<(value: Shape[]) => number>("ov_shape_free", "int", koffi.inout(koffi.pointer(shape))),
    /** Of the C library, to bring numbers out of the runtime's memory. */
    copy: koffi.load(null).func("memcpy", "void *", ["void *", "void *", "size_t"]) as unknown as (
      to: ArrayBufferView,
      from: Address,
      bytes: number,
    ) => unknown,
    tensorData: bound<(tensor: Address, out: Out<Address>) => number>("ov_tensor_data", "int", pointer, outPointer),
  };
}

export type OpenVinoApi = ReturnType<typeof bindOpenVino>;

/** Global, since plugins look their symbols up there. */
function load({ before, api }: OpenVinoLibraries): LibraryHandle {
  try {
    for (const library of before) koffi.load(library, { global: true, lazy: true });
    return koffi.load(api, { lazy: true });
  } catch (error) {
    throw new NoRuntime(`${api} does not load: ${error instanceof Error ? error.message : ""}`);
  }
}
