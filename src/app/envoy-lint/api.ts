/** Names in Envoy's API that the linter knows. Tables only. */

export const types = {
  manager: "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
  extProc: "envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
  extProcPerRoute: "envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute",
  filterConfig: "envoy.config.route.v3.FilterConfig",
  route: "envoy.config.route.v3.Route",
  withMatcher: "envoy.extensions.common.matching.v3.ExtensionWithMatcher",
  routeList: "envoy.config.route.v3.RouteList",
} as const;

export const httpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

export const bodyModes = ["NONE", "STREAMED", "BUFFERED", "BUFFERED_PARTIAL", "FULL_DUPLEX_STREAMED", "GRPC"] as const;
export type BodyMode = (typeof bodyModes)[number];
export const sendModes = ["DEFAULT", "SEND", "SKIP"] as const;
export const routeCacheActions = ["DEFAULT", "CLEAR", "RETAIN"] as const;

/** `envoy.extensions.filters.http.lua.v3.Lua` is `lua`; a type that is not Envoy's stays whole. */
export function kindOf(type: string): string {
  if (type === types.withMatcher) return "match_delegate";
  return /^envoy\.extensions\.filters\.(?:http|network|udp)\.(.+?)\.v[0-9]\w*\./.exec(type)?.[1] ?? type;
}

/** HTTP filters that run code, ask servers or write bodies: what they do to a body cannot be told from here. */
export const bodyFilters: ReadonlySet<string> = new Set([
  ...["lua", "wasm", "golang", "dynamic_modules", "ext_proc", "composite", "filter_chain", "match_delegate"],
  ...["transform", "ai_protocol_manager", "mcp", "mcp_router", "mcp_json_rest_bridge", "a2a", "aws_lambda"],
  ...["grpc_json_transcoder", "grpc_json_reverse_transcoder", "grpc_http1_bridge", "grpc_http1_reverse_bridge"],
  ...["connect_grpc_bridge", "grpc_web", "proto_api_scrubber", "custom_response", "language", "checksum", "dynamo"],
  ...["cache", "cache_v2", "file_server", "tap", "proto_message_extraction", "grpc_field_extraction", "sxg"],
]);

/** HTTP filters that leave bodies alone, or only measure, hold or bound them. */
export const plainFilters: ReadonlySet<string> = new Set([
  ...["adaptive_concurrency", "admission_control", "alternate_protocols_cache", "api_key_auth", "aws_request_signing"],
  ...["bandwidth_limit", "bandwidth_share", "basic_auth", "body_size_limit", "buffer", "cdn_loop", "cors", "csrf"],
  ...["credential_injector", "dynamic_forward_proxy", "ext_authz", "fault", "file_system_buffer", "gcp_authn"],
  ...["geoip", "grpc_stats", "header_mutation", "header_to_metadata", "health_check", "ip_tagging", "jwt_authn"],
  ...["json_to_metadata", "sse_to_metadata", "kill_request", "local_ratelimit", "oauth2", "on_demand", "original_src"],
  ...["rate_limit_quota", "ratelimit", "rbac", "router", "set_filter_state", "set_metadata", "stateful_session"],
  ...["thrift_to_metadata", "upstream_codec", "aws_eventstream_parser", "compressor", "decompressor"],
]);

/** Network filters that end a chain without sending its bytes anywhere. */
export const harmlessEnds: ReadonlySet<string> = new Set(["echo", "direct_response"]);
