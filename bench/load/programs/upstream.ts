// Program: the constant upstream on a free port of loopback. Prints `port N`; ends with its starter's SIGTERM.

import type { AddressInfo } from "node:net";
import { createConstantUpstream } from "../constant-upstream.ts";

const server = createConstantUpstream();
server.listen(0, "127.0.0.1", () => console.log(`port ${(server.address() as AddressInfo).port}`));
