// A reader of bundles in plain JavaScript: an interpreter of compiled templates, and a replay of golden vectors.
// node reader.mjs FOLDER prints one JSON line: [{"id": …, "messages": […], "spent": {…}}, …], rendered from the inputs of
// vectors/; a rendering that a limit stops is {"id": …, "error": …}. Of attachments the messages have the digests, and
// "sent" are the messages with the data of those that the prompt has.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const UNSEEN = /[\s\x1c-\x1f\x85\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+/g;
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const TRIM = new RegExp(`^${SPACE}|${SPACE}$`, "g");
const LINES = /\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/;

class Undefined {}
const fail = (why) => { throw new Error(why); };
const isMap = (v) => v !== null && typeof v === "object" && !Array.isArray(v);
const known = (v) => (v instanceof Undefined ? fail("undefined") : v);
const has = (map, key) => Object.prototype.hasOwnProperty.call(map, key);

const LIMITS = { loops: 100_000, output: 4_000_000, work: 20_000_000 };
const AN_ITEM = 20;
let spent;
const spend = (kind, amount) => { spent[kind] += amount; if (spent[kind] > LIMITS[kind]) fail(`too much ${kind}`); };
const work = (amount) => spend("work", amount);
const size = (v) => { let count = 0; for (const _ of v) count++; return count; };
const members = (v) => (Array.isArray(v) ? v : Object.values(v));
const walk = (v) => {
  if (v === null || typeof v !== "object") return;
  work(AN_ITEM * members(v).length);
  members(v).forEach(walk);
};
function json(v, indent = 0) {
  walk(v);
  const made = JSON.stringify(v, null, indent);
  work(v !== null && typeof v === "object" ? size(made) : 0);
  return made;
}

const text = (v) => (typeof v === "string" ? v : json(known(v)));
const truth = (v) => {
  known(v);
  if (Array.isArray(v)) return v.length > 0;
  return isMap(v) ? Object.keys(v).length > 0 : Boolean(v);
};
const shorter = (a, b) => work(Math.min(size(a), size(b)));
function equal(a, b) {
  if (typeof a === "string" && typeof b === "string") shorter(a, b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    work(AN_ITEM * a.length);
    return a.every((item, i) => equal(item, b[i]));
  }
  if (isMap(a)) {
    if (!isMap(b) || Object.keys(a).length !== Object.keys(b).length) return false;
    work(AN_ITEM * Object.keys(a).length);
    return Object.keys(a).every((key) => has(b, key) && equal(a[key], b[key]));
  }
  return a === b;
}
function order(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") fail("cannot compare");
  shorter(a, b);
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i].codePointAt(0) - y[i].codePointAt(0);
  return x.length - y.length;
}
function contains(item, where) {
  if (Array.isArray(where)) {
    work(AN_ITEM * where.length);
    return where.some((other) => equal(item, other));
  }
  if (typeof item !== "string") fail("cannot look");
  work(size(item) + (typeof where === "string" ? size(where) : 0));
  return typeof where === "string" ? where.includes(item) : has(where, item);
}
const OPERATORS = {
  "==": equal, "!=": (a, b) => !equal(a, b), "in": contains, "not in": (a, b) => !contains(a, b),
  "<": (a, b) => order(a, b) < 0, "<=": (a, b) => order(a, b) <= 0, ">": (a, b) => order(a, b) > 0, ">=": (a, b) => order(a, b) >= 0,
};
const end = (v, place) => { const items = typeof v === "string" ? [...v] : v; return items.length ? items.at(place) : new Undefined(); };
const FILTERS = {
  upper: (v) => v.toUpperCase(), lower: (v) => v.toLowerCase(), trim: (v) => v.replace(TRIM, ""),
  length: (v) => (typeof v === "string" ? [...v] : Array.isArray(v) ? v : Object.keys(v)).length,
  first: (v) => end(v, 0), last: (v) => end(v, -1),
  items: (v) => { work(AN_ITEM * Object.keys(v).length); return Object.entries(v); },
  join: (v, separator = "") => { work(AN_ITEM * v.length); return v.map(text).join(separator); },
  replace: (v, from, to) => v.split(from).join(to),
  tojson: json,
  indent(v, width = 4, first = false, blank = false) {
    const margin = typeof width === "string" ? width : " ".repeat(width);
    const [head, ...rest] = v.split(LINES);
    return [(first ? margin : "") + head, ...rest.map((line) => (line || blank ? margin + line : line))].join("\n");
  },
  fence(v, name) {
    const value = text(v);
    const taken = new Set();
    for (const [, digits] of value.replace(UNSEEN, "").toLowerCase().matchAll(new RegExp(`</?${name}(?:-([0-9]*))?`, "g"))) {
      taken.add(0);
      for (let n = 1; n <= Math.min((digits ?? "").length, 9); n++) taken.add(Number(digits.slice(0, n)));
    }
    let number = 2;
    while (taken.has(number)) number++;
    const tag = taken.size ? `${name}-${number}` : name;
    return `<${tag}>\n${value}${value.endsWith("\n") ? "" : "\n"}</${tag}>`;
  },
};

function filter(name, v, args) {
  const texts = (values) => values.filter((one) => typeof one === "string").reduce((sum, one) => sum + size(one), 0);
  work(texts([v, ...args]));
  const result = FILTERS[name](v, ...args);
  work(texts([result]));
  return result;
}

function value([name, ...rest], names) {
  const of = (code) => value(code, names);
  switch (name) {
    case "value": return rest[0];
    case "list": return rest.map((code) => known(of(code)));
    case "not": return !truth(of(rest[0]));
    case "and": case "or": {
      for (const code of rest.slice(0, -1)) { const v = of(code); if (truth(v) === (name === "or")) return v; }
      return of(rest.at(-1));
    }
    case "defined": return !(of(rest[0]) instanceof Undefined);
    case "get": {
      let v = has(names, rest[0]) ? names[rest[0]] : new Undefined();
      for (const key of rest.slice(1)) {
        known(v);
        if (Array.isArray(v) && typeof key === "number") v = v.at(key) === undefined ? new Undefined() : v.at(key);
        else if (v === null || isMap(v)) v = v !== null && typeof key === "string" && has(v, key) ? v[key] : new Undefined();
        else fail(`no ${key}`);
      }
      return v;
    }
    case "compare": {
      let left = known(of(rest[0]));
      for (let i = 1; i < rest.length; i += 2) {
        const right = known(of(rest[i + 1]));
        if (!OPERATORS[rest[i]](left, right)) return false;
        left = right;
      }
      return true;
    }
    case "filter": {
      let v = of(rest[0]);
      for (const [called, ...args] of rest.slice(1)) {
        if (called !== "default") v = filter(called, known(v), args.map((code) => known(of(code))));
        else if (v instanceof Undefined || (args[1] && truth(of(args[1])) && !truth(v))) v = args[0] ? of(args[0]) : "";
      }
      return v;
    }
  }
  return fail(`unknown instruction ${name}`);
}

const values = (code) => (Array.isArray(code) ? code.reduce((sum, inner) => sum + values(inner), 1) : 1);
function cost(step) {
  if (typeof step === "string") return 1;
  const [name, ...rest] = step;
  if (name === "if") return rest[0].reduce((sum, [condition]) => sum + values(condition), 1);
  if (name === "for") return 1 + values(rest[1]);
  return name === "emit" ? 1 + values(rest[0]) : 1;
}

export function render(program, names) {
  work(program.reduce((sum, step) => sum + cost(step), 0));
  let out = "";
  const write = (written) => { spend("output", size(written)); out += written; };
  for (const step of program) {
    if (typeof step === "string") { write(step); continue; }
    const [name, ...rest] = step;
    if (name === "emit") write(text(value(rest[0], names)));
    else if (name === "or_text") write(has(names, rest[0]) ? text(names[rest[0]]) : rest[1]);
    else if (name === "if") {
      const branch = rest[0].find(([condition]) => truth(value(condition, names)));
      out += render(branch ? branch[1] : rest[1], names);
    } else if (name === "for") {
      const [targets, over, body, otherwise] = rest;
      const found = known(value(over, names));
      const items = Array.isArray(found) ? found : Object.keys(found);
      if (!items.length) out += render(otherwise, names);
      spend("loops", items.length);
      items.forEach((item, index) => {
        const own = targets.length === 1 ? { [targets[0]]: item } : Object.fromEntries(targets.map((target, i) => [target, item[i]]));
        const loop = { index: index + 1, index0: index, first: index === 0, last: index === items.length - 1, length: items.length };
        out += render(body, { ...names, ...own, loop });
      });
    } else fail(`unknown instruction ${name}`);
  }
  return out;
}

function part(one, names) {
  const written = render(one[one.type], names);
  if (one.type === "text") return { type: "text", text: written };
  if (one.type === "image") return { type: "image_url", image_url: { url: written, ...(one.detail && { detail: one.detail }) } };
  return { type: "file", file: { ...(one.filename && { filename: one.filename }), file_data: written } };
}
const content = (code, names) => (code.some(isMap) ? code.map((one) => part(one, names)) : render(code, names));

const folder = process.argv[2];
const WRITTEN_FOR = [0, 1];
const numbers = (version) => (/^\d+(\.\d+)*$/.test(version) ? version.split(".").map(Number) : [Infinity]);
const isAbove = (a, b) => { const n = [...a, ...b].findIndex((_, i) => (a[i] ?? 0) !== (b[i] ?? 0)); return n >= 0 && (a[n] ?? 0) > (b[n] ?? 0); };
function read(name, kind) {
  const document = JSON.parse(readFileSync(join(folder, name), "utf-8"));
  if (document.format !== `promptstead/${kind}/v1`) fail(`${name} is ${document.format}`);
  if ("needs" in document && isAbove(numbers(document.needs), WRITTEN_FOR)) fail(`${name} needs promptstead ${document.needs}`);
  return document;
}
const manifest = read("manifest.json", "bundle");
const REFERENCE = /^data:([a-z]+\/[a-z]+);base64,\{sha256:([0-9a-f]{64})\}$/;
function filled(text, prompt) {
  const [, media, digest] = REFERENCE.exec(text) ?? [];
  if (!digest || !has(prompt.attachments ?? {}, digest)) return text;
  const data = readFileSync(join(folder, manifest.files[`attachments/${digest}`].file));
  if (createHash("sha256").update(data).digest("hex") !== digest) fail("not the file of its digest");
  return `data:${media};base64,${data.toString("base64")}`;
}
function sent(message, prompt) {
  if (!Array.isArray(message.content)) return message;
  const fill = (one) => {
    if (one.type === "image_url") return { ...one, image_url: { ...one.image_url, url: filled(one.image_url.url, prompt) } };
    return one.type === "file" ? { ...one, file: { ...one.file, file_data: filled(one.file.file_data, prompt) } } : one;
  };
  return { ...message, content: message.content.map(fill) };
}
const results = [];
for (const [id, entry] of Object.entries(manifest.prompts)) {
  const prompt = read(entry.file, "prompt");
  const defaults = Object.fromEntries(Object.entries(prompt.inputs).filter(([, spec]) => "default" in spec).map(([n, spec]) => [n, spec.default]));
  for (const vector of read(manifest.files[`vectors/${id}.json`].file, "vectors").vectors) {
    const names = { ...defaults, ...vector.inputs };
    spent = { loops: 0, output: 0, work: 0 };
    try {
      const messages = prompt.messages.map((m) => ({ role: m.role, content: content(m.content, names) }));
      const attached = prompt.attachments ? { sent: messages.map((message) => sent(message, prompt)) } : {};
      results.push({ id, messages, spent, ...attached });
    } catch (error) {
      results.push({ id, error: error.message });
    }
  }
}
console.log(JSON.stringify(results));
