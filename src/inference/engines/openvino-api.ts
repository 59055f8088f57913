/** The functions of OpenVINO's C API that are used, as the headers of 2025 and later declare them. */
import koffi, { type LibraryHandle } from "koffi";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import { messageOf, NoRuntime } from "../workers/protocol.ts";

type TypeSpec = Parameters<typeof koffi.sizeof>[0];
/** Addresses are numbers here: `null` is the null pointer. */
type Address = bigint;
type Out<T> = [T | null];
type Status = number;
export type Dimension = { readonly min: bigint | number; readonly max: bigint | number };
export type PartialShape = { readonly rank: Dimension; readonly dims: Address | null };
export type Shape = { readonly rank: bigint | number; readonly dims: Address | null };

type Binder = <F extends (...values: never[]) => unknown>(name: string, result: TypeSpec, ...types: TypeSpec[]) => F;

export type OpenVinoApi = ReturnType<typeof bindOpenVino>;

/** Loads them into this thread. Throws NoRuntime. */
export function bindOpenVino(libraries: OpenVinoLibraries) {
  const c = load(libraries);
  const bound: Binder = (name, result, ...types) => {
    try {
      return c.func(name, result, types) as never;
    } catch {
      throw new NoRuntime(`${libraries.api} has no function ${name}: it is not OpenVINO 2025 or later`);
    }
  };
  const dimension = koffi.struct({ min: "int64_t", max: "int64_t" });
  const shape = koffi.struct({ rank: "int64_t", dims: "void *" });
  return { dimension, ...core(bound), ...ports(bound, dimension), ...requests(bound), ...tensors(bound, shape) };
}

const pointer = "void *";
const text = "const char *";
const status = "int";
const out = (type: TypeSpec): TypeSpec => koffi.out(koffi.pointer(type));

function core(bound: Binder) {
  return {
    lastError: bound<() => string | null>("ov_get_last_err_msg", text),
    errorInfo: bound<(status: number) => string>("ov_get_error_info", text, status),
    freeText: bound<(text: Address) => void>("ov_free", "void", pointer),
    version: bound<(version: Out<{ build: Address; description: Address }>) => Status>(
      "ov_get_openvino_version",
      status,
      out(koffi.struct({ build: pointer, description: pointer })),
    ),
    createCore: bound<(core: Out<Address>) => Status>("ov_core_create", status, out(pointer)),
    freeCore: bound<(core: Address) => void>("ov_core_free", "void", pointer),
    readModel: bound<(core: Address, path: string, weights: string | null, model: Out<Address>) => Status>(
      "ov_core_read_model",
      status,
      ...[pointer, text, text, out(pointer)],
    ),
    freeModel: bound<(model: Address) => void>("ov_model_free", "void", pointer),
    modelInput: bound<(model: Address, index: number, port: Out<Address>) => Status>(
      "ov_model_const_input_by_index",
      status,
      ...[pointer, "size_t", out(pointer)],
    ),
    modelOutput: bound<(model: Address, index: number, port: Out<Address>) => Status>(
      "ov_model_const_output_by_index",
      status,
      ...[pointer, "size_t", out(pointer)],
    ),
    /** `rest`: `count` strings, names and values of properties in turn, each behind its type. */
    compile: bound<
      (
        core: Address,
        model: Address,
        device: string,
        count: number,
        compiled: Out<Address>,
        ...rest: string[]
      ) => Status
    >("ov_core_compile_model", status, ...[pointer, pointer, text, "size_t", out(pointer), "..."]),
    freeCompiled: bound<(model: Address) => void>("ov_compiled_model_free", "void", pointer),
    property: bound<(model: Address, key: string, value: Out<Address>) => Status>(
      "ov_compiled_model_get_property",
      status,
      ...[pointer, text, out(pointer)],
    ),
  };
}

function ports(bound: Binder, dimension: TypeSpec) {
  const partialShape = koffi.pointer(koffi.struct({ rank: dimension, dims: pointer }));
  type Count = (model: Address, count: Out<number>) => Status;
  type At = (model: Address, index: number, port: Out<Address>) => Status;
  return {
    inputsSize: bound<Count>("ov_compiled_model_inputs_size", status, pointer, out("size_t")),
    input: bound<At>("ov_compiled_model_input_by_index", status, pointer, "size_t", out(pointer)),
    outputsSize: bound<Count>("ov_compiled_model_outputs_size", status, pointer, out("size_t")),
    output: bound<At>("ov_compiled_model_output_by_index", status, pointer, "size_t", out(pointer)),
    portName: bound<(port: Address, name: Out<Address>) => Status>(
      "ov_port_get_any_name",
      status,
      pointer,
      out(pointer),
    ),
    portType: bound<(port: Address, type: Out<number>) => Status>(
      "ov_port_get_element_type",
      status,
      pointer,
      out("int"),
    ),
    portShape: bound<(port: Address, shape: Out<PartialShape>) => Status>(
      "ov_port_get_partial_shape",
      status,
      pointer,
      koffi.out(partialShape),
    ),
    freePort: bound<(port: Address) => void>("ov_output_const_port_free", "void", pointer),
    freeDims: bound<(shape: PartialShape[]) => void>("ov_partial_shape_free", "void", koffi.inout(partialShape)),
  };
}

function requests(bound: Binder) {
  return {
    createRequest: bound<(model: Address, request: Out<Address>) => Status>(
      "ov_compiled_model_create_infer_request",
      status,
      ...[pointer, out(pointer)],
    ),
    freeRequest: bound<(request: Address) => void>("ov_infer_request_free", "void", pointer),
    setTensor: bound<(request: Address, name: string, tensor: Address) => Status>(
      "ov_infer_request_set_tensor",
      status,
      ...[pointer, text, pointer],
    ),
    infer: bound<(request: Address) => Status>("ov_infer_request_infer", status, pointer),
    outputTensor: bound<(request: Address, index: number, tensor: Out<Address>) => Status>(
      "ov_infer_request_get_output_tensor_by_index",
      status,
      ...[pointer, "size_t", out(pointer)],
    ),
  };
}

function tensors(bound: Binder, shape: TypeSpec) {
  return {
    /** Reads the memory where it is. */
    tensorOf: bound<(type: number, shape: Shape, memory: Address, tensor: Out<Address>) => Status>(
      "ov_tensor_create_from_host_ptr",
      status,
      ...["int", shape, pointer, out(pointer)],
    ),
    freeTensor: bound<(tensor: Address) => void>("ov_tensor_free", "void", pointer),
    tensorType: bound<(tensor: Address, type: Out<number>) => Status>(
      "ov_tensor_get_element_type",
      status,
      ...[pointer, out("int")],
    ),
    tensorBytes: bound<(tensor: Address, bytes: Out<number>) => Status>(
      "ov_tensor_get_byte_size",
      status,
      ...[pointer, out("size_t")],
    ),
    tensorShape: bound<(tensor: Address, shape: Out<Shape>) => Status>(
      "ov_tensor_get_shape",
      status,
      pointer,
      out(shape),
    ),
    freeShape: bound<(shape: Shape[]) => Status>("ov_shape_free", status, koffi.inout(koffi.pointer(shape))),
    tensorData: bound<(tensor: Address, data: Out<Address>) => Status>("ov_tensor_data", status, pointer, out(pointer)),
    /** Of the C library, to bring numbers out of the runtime's memory. */
    copy: koffi.load(null).func("memcpy", pointer, [pointer, pointer, "size_t"]) as unknown as (
      to: ArrayBufferView,
      from: Address,
      bytes: number,
    ) => unknown,
  };
}

/** Global, since plugins look their symbols up there. */
function load({ before, api }: OpenVinoLibraries): LibraryHandle {
  try {
    for (const library of before) koffi.load(library, { global: true, lazy: true });
    const loaded = koffi.load(api, { lazy: true });
    for (const library of [...before, api]) keepLoaded(library);
    return loaded;
  } catch (error) {
    throw new NoRuntime(`${api} does not load: ${messageOf(error)}`);
  }
}

/** `RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE` of dlfcn.h. */
const keepFlags = process.platform === "darwin" ? 0x1 | 0x10 | 0x80 : 0x1 | 0x4 | 0x1000;

/** koffi unloads when its thread ends; what was compiled there is still in use, and would then point to nothing. */
function keepLoaded(library: string): void {
  const open = koffi.load(null).func("dlopen", pointer, [text, "int"]);
  if (open(library, keepFlags) === null) throw new Error("it cannot be kept loaded");
}
