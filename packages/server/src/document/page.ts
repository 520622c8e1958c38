/** The page at /api/docs: the document for people, in one file without scripts, so that it needs no other host and no rights. */
import type { OpenApi } from "./model.js";
import { namesIn, outline, shapesOf, type Entry } from "./outline.js";

/** Prints the page as HTML. */
export function printPage(document: OpenApi): string {
  const { title, version, description } = document.info;
  const link = linker(document);
  const base = document.servers[0]?.url.replace(/\/$/, "") ?? "";
  const sections = outline(document);
  const contents = sections.map(
    ({ tag, entries }) =>
      `<li><b>${text(tag)}</b><ul>${entries.map(({ id }) => `<li><a href="#${id}">${id}</a></li>`).join("")}</ul></li>`,
  );
  const main = sections.map(
    ({ tag, entries }) => `<h2>${text(tag)}</h2>${entries.map(entry => printEntry(entry, link)).join("")}`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title><style>${style}</style></head>
<body><nav><ul>${contents.join("")}<li><a href="#shapes">shapes</a></li></ul></nav>
<main><h1>${text(title)} <small>${text(version)}</small></h1><p>${prose(description)}</p>
<p>For programs: <a href="${text(base)}/api/v1/openapi.json">openapi.json</a></p>
${main.join("\n")}
<h2 id="shapes">shapes</h2>${printShapes(document, link)}</main></body></html>
`;
}

type Linker = (shape: string) => string;

function printEntry(entry: Entry, link: Linker): string {
  const { id, line, summary, description, scope, parameters, body, sample, answers, problems } = entry;
  const [method = "", path = ""] = line.split(" ");
  const rows = parameters.map(
    ({ name, place, shape, text: about }) =>
      `<tr><th scope="row"><code>${text(name)}</code></th><td>${place}</td><td>${link(shape)}</td><td>${prose(about)}</td></tr>`,
  );
  const replies = answers.map(
    ({ status, text: about, shapes }) => `<li><b>${status}</b> ${prose(about)} ${shapes.map(link).join(" ")}</li>`,
  );
  return `<section id="${id}"><h3><a href="#${id}">${id}</a></h3>
<p class="line"><span class="${method.toLowerCase()}">${method}</span> <code>${text(path)}</code> <small>${scope === "open" ? "no token" : `scope ${scope}`}</small></p>
<p>${prose(summary)}</p>${description === undefined ? "" : `<p>${prose(description)}</p>`}
${rows.length === 0 ? "" : `<table>${rows.join("")}</table>`}
${body.length === 0 ? "" : `<p>takes ${body.map(link).join(" or ")}</p>`}
${sample === undefined ? "" : `<pre>${text(JSON.stringify(sample, null, 2))}</pre>`}
<ul>${replies.join("")}${problems.length === 0 ? "" : `<li>problems: ${problems.join(", ")}</li>`}</ul></section>`;
}

function printShapes(document: OpenApi, link: Linker): string {
  return shapesOf(document)
    .map(({ name, text: about, shape, fields, example }) => {
      const items = fields.map(field => `<li><code>${text(field.name)}</code> ${prose(field.text)}</li>`).join("");
      const sample = example === undefined ? "" : `<pre>${text(JSON.stringify(example, null, 2))}</pre>`;
      return `<section id="shape-${name}"><h3>${name}</h3><p>${prose(about)}</p><p>${link(shape)}</p><ul>${items}</ul>${sample}</section>`;
    })
    .join("\n");
}

/** Prints shapes as code in which named shapes lead to where they are told. */
function linker(document: OpenApi): Linker {
  const names = namesIn(document);
  if (names.length === 0) return shape => `<code>${text(shape)}</code>`;
  const pattern = new RegExp(`\\b(${names.join("|")})\\b`, "g");
  return shape => `<code>${text(shape).replace(pattern, '<a href="#shape-$1">$1</a>')}</code>`;
}

/** Text as HTML. */
function text(plain: string): string {
  return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A sentence in which backquotes mark code. */
function prose(sentence: string): string {
  return text(sentence).replace(/`([^`]+)`/g, "<code>$1</code>");
}

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0;display:flex}
nav{position:sticky;top:0;height:100vh;overflow:auto;flex:0 0 16rem;padding:1rem;box-sizing:border-box;border-right:1px solid #8884}
nav ul{list-style:none;margin:0;padding-left:.5rem}main{padding:1rem 2rem;max-width:60rem;min-width:0}section{border-top:1px solid #8884;padding:.5rem 0}
code,pre{font:.875em/1.4 ui-monospace,monospace;overflow-wrap:anywhere}pre{overflow:auto;background:#8881;padding:.5rem}
table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.15rem .75rem .15rem 0}a{color:inherit}
.line span{font-weight:bold;padding:.1rem .4rem;border-radius:.25rem;background:#8883}.line .get{background:#3a83}.line .delete{background:#c333}
@media(max-width:45rem){body{display:block}nav{position:static;height:auto;border:0}main{padding:1rem}}`;
