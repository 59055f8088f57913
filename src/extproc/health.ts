/**
 * grpc.health.v1 for the whole server ("") and for ext_proc. One state for both: the guard serves or it does not.
 * Begins as not serving. Does not know gRPC's package: handlers take the little of a call that they need.
 */
import { HEALTH_SERVICE, type HealthRequest, type HealthResponse, PROCESSOR_SERVICE } from "./codec.ts";
import { GrpcCode } from "./wire.ts";

export const ServingStatus = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;

/** Watches held open at once by one server; more are refused with RESOURCE_EXHAUSTED. */
export const HEALTH_WATCHES_MAX = 256;

const services: ReadonlySet<string> = new Set(["", PROCESSOR_SERVICE, HEALTH_SERVICE]);

type Answer = (error: { code: number; details: string } | null, value?: HealthResponse) => void;

/** What of a call Watch needs. An "error" event with a code ends it with that status. */
export type WatchCall = {
  readonly request: HealthRequest;
  write(message: HealthResponse): boolean;
  on(event: "cancelled" | "close", listener: () => void): unknown;
  emit(event: "error", error: { code: number; details: string }): boolean;
};

export class Health {
  #serving = false;
  readonly #watches = new Set<() => void>();

  setServing(serving: boolean): void {
    if (serving === this.#serving) return;
    this.#serving = serving;
    for (const tell of this.#watches) tell();
  }

  /** grpc.health.v1.Health/Check */
  readonly check = (call: { readonly request: HealthRequest }, answer: Answer): void => {
    if (!services.has(call.request.service ?? "")) {
      return answer({ code: GrpcCode.NOT_FOUND, details: "unknown_service" });
    }
    answer(null, { status: this.#status() });
  };

  /** grpc.health.v1.Health/Watch: the status now and at each change, until the caller leaves. */
  readonly watch = (call: WatchCall): void => {
    if (this.#watches.size >= HEALTH_WATCHES_MAX) {
      call.emit("error", { code: GrpcCode.RESOURCE_EXHAUSTED, details: "too_many_watches" });
      return;
    }
    const known = services.has(call.request.service ?? "");
    const tell = (): void => {
      call.write({ status: known ? this.#status() : ServingStatus.SERVICE_UNKNOWN });
    };
    const leave = (): void => void this.#watches.delete(tell);
    call.on("cancelled", leave);
    call.on("close", leave);
    this.#watches.add(tell);
    tell();
  };

  #status(): number {
    return this.#serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }
}
