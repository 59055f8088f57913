/** The JSON Schemas that are published under docs/schemas/, made from the same definitions that the program checks with. */
import * as z from "zod";
import { configSource } from "../config/source.ts";
import { manifestSource } from "../inference/bundle/manifest.ts";
import { partSource, policySource, tenantSource } from "../policy/source.ts";
import { verdictJsonSchema } from "../telemetry/verdict-fields.ts";
import { evaluationDocument } from "./eval/document.ts";
import { caseSource } from "./policy-case.ts";

/** File name to content. */
export function publishedSchemas(): ReadonlyMap<string, string> {
  const schemas: readonly (readonly [string, object])[] = [
    ["policy-v1.json", fromZod(policySource)],
    ["policy-part-v1.json", fromZod(partSource)],
    ["tenant-policy-v1.json", fromZod(tenantSource)],
    ["policy-case-v1.json", fromZod(caseSource)],
    ["config-v1.json", fromZod(configSource)],
    ["model-v1.json", fromZod(manifestSource)],
    ["verdict-v1.json", verdictJsonSchema()],
    ["evaluation-v1.json", fromZod(evaluationDocument)],
  ];
  return new Map(schemas.map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`]));
}

/** What people write, not what comes out of checking: optional keys stay optional. */
const fromZod = (schema: z.ZodType): object => z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" });
