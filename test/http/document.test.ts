/** The document of the server: valid by a stranger's judgement, whole, and the same as the page in docs. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { allRoutes, documentOf, printMarkdown } from "@sheaf/server";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fresh } from "./server.js";

const document = documentOf(allRoutes);

test("it is OpenAPI 3.1 to a validator", async () => {
  const validator = new Validator();
  expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
});

test("the server gives it, and a page of it that needs no other host", async () => {
  const { app } = await fresh();
  const given = await app.fetch(new Request("http://localhost/api/v1/openapi.json"));
  expect(await given.json()).toEqual(JSON.parse(JSON.stringify(document)));
  const page = await app.fetch(new Request("http://localhost/api/docs"));
  const html = await page.text();
  expect(html).not.toMatch(/(src|href)="[^"#/]/);
  expect(html).not.toMatch(/<script|@import|url\(/);
  for (const { operationId } of allRoutes) expect(html).toContain(`<section id="${operationId}">`);
});

test("every route stands in it, by a name of its own, its parameters apart from what the client adds", () => {
  const ids = allRoutes.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const own = ["body", "ifMatch", "ifNoneMatch", "signal", "headers"];
  for (const [path, methods] of Object.entries(document.paths))
    for (const { parameters, operationId } of Object.values(methods)) {
      const names = parameters.filter(parameter => parameter.in !== "header").map(({ name }) => name);
      expect([operationId, new Set(names).size, names.filter(name => own.includes(name))]).toEqual([
        operationId,
        names.length,
        [],
      ]);
      const inPath = parameters.filter(parameter => parameter.in === "path").map(({ name }) => `{${name}}`);
      expect([operationId, inPath]).toEqual([operationId, path.match(/\{\w+\}/g) ?? []]);
    }
});

test("every operation tells what it does, by what scope, and how it says no", () => {
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { summary, security, responses }] of Object.entries(methods)) {
      expect([path, method, summary]).toEqual([path, method, expect.stringMatching(/^[A-Z].*\.$/)]);
      const isOpen = security.length === 0;
      expect([path, method, "401" in responses]).toEqual([path, method, !isOpen]);
      expect(Object.keys(responses).some(status => /^[23]/.test(status))).toBe(true);
    }
});

test("every JSON that goes in or out has an example, and each is of its shape", () => {
  const ajv = new Ajv2020({ strict: false });
  const { components, paths } = JSON.parse(JSON.stringify(document)) as typeof document;
  for (const methods of Object.values(paths))
    for (const { operationId, requestBody, responses } of Object.values(methods))
      for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)])
        for (const [type, { schema, examples }] of Object.entries(content)) {
          if (schema?.type === undefined && schema?.$ref === undefined && schema?.anyOf === undefined) continue;
          if (schema["contentMediaType"] !== undefined || type === "application/problem+json") continue;
          const check = ajv.compile({ ...schema, components });
          const [one] = Object.values(examples ?? {});
          expect([operationId, type, one !== undefined]).toEqual([operationId, type, true]);
          expect([operationId, check(one?.value), check.errors]).toEqual([operationId, true, null]);
        }
  for (const { examples = [], ...schema } of Object.values(components.schemas))
    for (const example of examples) expect(ajv.validate({ ...schema, components }, example)).toBe(true);
});

test("shapes that recur have names", () => {
  const names = Object.keys(document.components.schemas);
  for (const name of ["Commit", "Conflict", "Dataset", "Difference", "Job", "Patch", "Problem", "Row"])
    expect(names).toContain(name);
});

/** After a change on purpose, `npx vitest run test/http/document -u` writes it anew. */
test("docs/http.md is the document in Markdown", async () => {
  const page = fileURLToPath(new URL("../../docs/http.md", import.meta.url));
  await expect(printMarkdown(document)).toMatchFileSnapshot(page);
});
