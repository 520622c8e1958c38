import fc from "fast-check";
import { expect, test } from "vitest";
import { outward, readPublicUrl } from "./public-url.js";

const request = new Request("http://127.0.0.1:7117/api/v1/datasets");
const leads = (location: string, publicUrl: string) => outward(location, request, readPublicUrl(publicUrl));

test.each([
  ["https://data.example.org", "/api/v1/jobs/1", "/api/v1/jobs/1"],
  ["https://data.example.org/evals", "/api/v1/jobs/1", "/evals/api/v1/jobs/1"],
  ["https://data.example.org/evals/", "/", "/evals/"],
  ["https://data.example.org:8443/a/b", "http://127.0.0.1:7117/x?y=1", "https://data.example.org:8443/a/b/x?y=1"],
  ["https://data.example.org/evals", "http://127.0.0.1:7117.example.org/x", "http://127.0.0.1:7117.example.org/x"],
  ["https://data.example.org/evals", "https://models.example.org/", "https://models.example.org/"],
])("at %s, %s leads to %s", (publicUrl, location, outside) => expect(leads(location, publicUrl)).toBe(outside));

test("law: what leads somewhere here leads there outside, below the address", () => {
  const path = fc.webPath().filter(text => text.startsWith("/") && !text.startsWith("//"));
  const address = fc.webUrl().filter(text => !new URL(text).pathname.includes("//"));
  fc.assert(
    fc.property(path, address, (inside, outside) => {
      const there = new URL(leads(inside, outside), outside).href;
      expect(there).toBe(new URL(leads(`http://127.0.0.1:7117${inside}`, outside)).href);
      expect(there.startsWith(new URL(outside).href.replace(/\/+$/, ""))).toBe(true);
    }),
  );
});

test.each([
  "data.example.org",
  "ftp://data.example.org",
  "https://ada:x@data.example.org",
  "https://a.b/?c",
  "https://a.b//c",
  "",
  "//x",
])("%j is no such address", text =>
  expect(() => readPublicUrl(text)).toThrow(expect.objectContaining({ code: "bad-input" })),
);
