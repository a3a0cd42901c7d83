"use strict";
// What both pages share: texts as text, the frame, filters, the list, keys. Data is never markup: only textContent is written.
const data = JSON.parse(document.getElementById("data").textContent);
const state = { lang: data.lang, query: "", chosen: {}, sort: "", open: new Set(), limits: {}, view: stored("view") || "beside" };
const PAGE = 100; // items shown of one list before "show more"
const CONTEXT = 160; // unchanged characters kept on either side of a change
// Characters that show nothing or reorder what is shown; they are written as escapes.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

function stored(name) {
  try { return localStorage.getItem(`promptstead-${name}`); } catch { return null; }
}

function store(name, value) {
  try { localStorage.setItem(`promptstead-${name}`, value); } catch { /* a file may have no storage */ }
}

// What the page says around its data: a text of the tables, with values put in; what is in no table stays as it is.
const FIELD = /\{(\w+)(?:#([^{}|]*)\|([^{}|]*))?\}/g;
function t(key, values = {}) {
  const words = data.words[state.lang];
  if (!Object.hasOwn(words, key)) return key;
  return words[key].replace(FIELD, (_, name, one, many) => {
    const value = values[name];
    if (one !== undefined) return (state.lang === "fr" ? Math.abs(value) < 2 : value === 1) ? one : many;
    return typeof value === "number" ? number(value) : String(value);
  });
}

// One of the fixed words of a report: a verdict, an outcome, a level, a role, a kind, a part.
function word(fixed) {
  const labels = data.labels[state.lang];
  return Object.hasOwn(labels, fixed) ? labels[fixed] : fixed;
}

// A sentence of the report, which refers to it by its number.
function said(index) {
  return data.sentences[state.lang][index];
}

// The same as an element: what stands between the marks of code is code.
function sentence(index) {
  const parts = said(index).split("`");
  return el("span", {}, parts.map((text, place) => place % 2 === 0 ? text : place < parts.length - 1 ? el("code", {}, text) : `\`${text}`));
}

// The beginning of a text, with a mark where it goes on.
function beginning(text, most) {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

// A sentence in every language, for the search.
function anyLanguage(index) {
  return Object.values(data.sentences).map((texts) => texts[index]).join("\n");
}

function number(value, digits = 0) {
  return value.toLocaleString(state.lang, { minimumFractionDigits: digits, maximumFractionDigits: Math.max(digits, Number.isInteger(value) ? 0 : digits) });
}

function signed(value) {
  return (value > 0 ? "+" : value < 0 ? "−" : "") + number(Math.abs(value), 1);
}

// Make an element; strings among the children become text, with hidden characters made visible.
function el(tag, options = {}, ...children) {
  const node = ["svg", "line", "circle", "path"].includes(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  return put(node, children);
}

function put(node, children) {
  for (const child of [children].flat(9)) {
    if (child === null || child === undefined || child === false) continue;
    if (child instanceof Node) node.append(child);
    else putText(node, String(child));
  }
  return node;
}

function putText(node, text) {
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match[0] === "\r" && text[match.index + 1] === "\n") continue;
    node.append(text.slice(end, match.index));
    const code = match[0].codePointAt(0).toString(16);
    const escape = document.createElement("span");
    escape.className = "esc";
    escape.textContent = code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
    node.append(escape);
    end = match.index + match[0].length;
  }
  node.append(text.slice(end));
}

function textBlock(text, label) {
  return el("div", { class: "text", dir: "auto", tabindex: "0", role: "group", "aria-label": label }, text);
}

// A word diff: both sides in one text, or one of them.
function diffBlock(pieces, side, label) {
  const block = el("div", { class: "text", dir: "auto", tabindex: "0", role: "group", "aria-label": label });
  const skipped = { base: ["added", "moved to"], head: ["removed", "moved from"], both: [] }[side];
  const shown = pieces.filter(([kind]) => !skipped.includes(kind));
  shown.forEach(([kind, text], index) => {
    if (kind === "same") block.append(...same(text, index === 0, index === shown.length - 1));
    else if (kind === "removed" || kind === "moved from") block.append(el("del", { class: kind === "moved from" && "moved" }, text));
    else block.append(el("ins", { class: kind === "moved to" && "moved" }, text));
  });
  return block;
}

// Unchanged text; a long stretch is cut in the middle and can be shown.
function same(text, first, last) {
  const before = first ? 0 : CONTEXT, after = last ? 0 : CONTEXT;
  const gone = text.length - before - after;
  if (gone < 2 * CONTEXT) return [put(document.createDocumentFragment(), text)];
  const middle = el("span", { hidden: true }, text.slice(before, text.length - after));
  const button = el("button", { class: "more", type: "button", onclick: () => { middle.hidden = false; button.remove(); } }, t("unchanged-text", { n: gone }));
  return [put(document.createDocumentFragment(), [text.slice(0, before), button, middle, text.slice(text.length - after)])];
}

function badge(text, tone) {
  return el("span", { class: `badge ${tone || ""}` }, text);
}

function section(title, ...children) {
  const found = children.flat(9).filter((child) => child);
  return found.length ? [el("h4", {}, title), ...found] : [];
}

function list(lines) {
  return lines.length ? el("ul", { class: "list" }, lines.map((line) => el("li", {}, line))) : null;
}

function table(heads, rows) {
  if (!rows.length) return null;
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": heads.join(", ") }, el("table", { class: heads.length > 3 ? "checks wide" : "checks" },
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, column) => el("td", { "data-head": heads[column] }, cell)))))));
}

function grouped(values, key) {
  const found = new Map();
  for (const value of values) found.set(key(value), [...(found.get(key(value)) || []), value]);
  return [...found];
}

function listed(names, most = 20) {
  return names.slice(0, most).join(", ") + (names.length > most ? ` ${t("and-more", { n: names.length - most })}` : "");
}

function rest(count, shown) {
  return count > shown ? el("p", { class: "label" }, t("and-more", { n: count - shown })) : null;
}

// "label: value", with the space that French sets before a colon.
function pair(label, value) {
  return `${label}${state.lang === "fr" ? "\u00a0:" : ":"} ${value}`;
}

// An interval on an axis from low to high, with its estimate; zero is marked where the axis holds it.
function interval(lower, middle, upper, low, high, tone, label) {
  const width = 190, height = 16, place = (value) => 6 + (width - 12) * (Math.min(high, Math.max(low, value)) - low) / (high - low);
  const y = height / 2;
  return el("svg", { class: `interval ${tone}-line`, width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    el("line", { class: "axis", x1: 6, x2: width - 6, y1: y, y2: y }),
    low < 0 && el("line", { class: "zero", x1: place(0), x2: place(0), y1: 0, y2: height }),
    el("line", { class: "range", x1: place(lower), x2: place(upper), y1: y, y2: y }),
    lower < low && el("path", { class: "beyond", d: `M7 ${y - 5} L1 ${y} L7 ${y + 5}` }),
    upper > high && el("path", { class: "beyond", d: `M${width - 7} ${y - 5} L${width - 1} ${y} L${width - 7} ${y + 5}` }),
    middle >= low && middle <= high && el("circle", { class: "mean", cx: place(middle), cy: y, r: 4.5 }));
}

// An entry that opens: its head is a button, its body is made when it is first seen.
let serial = 0;
function item(key, level, head, body, kind = "") {
  const id = `body-${serial++}`;
  const inner = el("div", { class: "body", id, hidden: true });
  const button = el("button", { type: "button", "aria-expanded": "false", "aria-controls": id, class: "opener" }, head);
  const node = el("article", { class: `item ${kind}` }, el(level, {}, button), inner);
  const set = (open) => {
    if (open && !inner.hasChildNodes()) put(inner, body());
    inner.hidden = !open;
    node.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) state.open.add(key); else state.open.delete(key);
  };
  button.addEventListener("click", () => set(inner.hidden));
  node.setOpen = set;
  if (state.open.has(key)) set(true);
  return node;
}

// At most so many of the items, and a button for more.
function paged(key, items, make, size = PAGE) {
  const limit = state.limits[key] || size;
  const nodes = items.slice(0, limit).map(make);
  const left = items.length - limit;
  if (left > 0) {
    nodes.push(el("p", { class: "center" }, el("button", { type: "button", class: "quiet", onclick: () => { state.limits[key] = limit + size; drawList(); } }, t("more", { n: Math.min(size, left) }))));
  }
  return nodes;
}

// Chips for few values, a menu for many; what is chosen stands in state.chosen.
function chips(name, label, values, many = false) {
  const chosen = () => state.chosen[name] || [];
  return el("div", { class: "chips", role: "group", "aria-label": label }, values.map(([value, text, count]) =>
    el("button", {
      type: "button", class: "chip", "aria-pressed": String(chosen().includes(value)),
      onclick: (event) => {
        const on = !chosen().includes(value);
        state.chosen[name] = many ? (on ? [...chosen(), value] : chosen().filter((other) => other !== value)) : on ? [value] : [];
        if (!many) for (const other of event.currentTarget.parentNode.children) other.setAttribute("aria-pressed", "false");
        event.currentTarget.setAttribute("aria-pressed", String(on));
        changed();
      },
    }, text, count === undefined ? null : [" ", el("b", {}, number(count))])));
}

function menu(name, label, values) {
  if (values.length < 2) return null;
  const chosen = (state.chosen[name] || [])[0] ?? "";
  const select = el("select", { "aria-label": label, onchange: () => { state.chosen[name] = select.value === "" ? [] : [values[Number(select.value)]]; changed(); } },
    el("option", { value: "" }, pair(label, t("all"))),
    values.map((value, index) => el("option", { value: index, selected: value === chosen }, value.length > 60 ? `${value.slice(0, 59)}…` : value)));
  return select;
}

function isChosen(name, values) {
  const chosen = state.chosen[name] || [];
  return !chosen.length || chosen.some((one) => values.includes(one));
}

function isFiltered() {
  return Boolean(state.query) || Object.values(state.chosen).some((chosen) => chosen.length);
}

function changed() {
  state.limits = {};
  drawList();
}

function clearFilters() {
  Object.assign(state, { query: "", chosen: {}, limits: {} });
  draw();
  document.getElementById("search").focus();
}

// The frame: bar of buttons, the page's own head, filters, list.
let page; // set by the page's own script: {title, hero(), filters(), list() -> {nodes, shown, total}, notes()}
function draw() {
  document.documentElement.lang = state.lang;
  document.title = `promptstead · ${t(data.kind)} · ${page.title}`;
  document.querySelectorAll("body > :not(script)").forEach((node) => node.remove());
  const search = el("input", { type: "search", id: "search", placeholder: t("search-hint"), "aria-label": t("search"), oninput: later(() => { state.query = search.value; changed(); }) });
  search.value = state.query;
  document.body.prepend(
    el("header", { class: "wrap top" },
      el("div", { class: "brand" }, "promptstead", el("span", {}, t(data.kind))),
      el("button", { type: "button", class: "quiet", id: "theme", onclick: nextTheme }, themeText()),
      el("select", { class: "quiet", id: "language", "aria-label": t("language"), onchange: (event) => { state.lang = event.target.value; draw(); document.getElementById("language").focus(); } },
        [["en", "English"], ["fr", "Français"]].map(([value, text]) => el("option", { value, lang: value, selected: value === state.lang }, text))),
      el("button", { type: "button", class: "quiet", id: "help", "aria-label": t("help"), onclick: help }, "?")),
    el("main", {},
      el("div", { class: "wrap" }, page.hero()),
      el("div", { class: "bar", role: "search" }, el("div", { class: "wrap" }, search, page.filters(), el("p", { class: "count", id: "count", role: "status" }))),
      el("div", { class: "wrap", id: "list" })),
    el("footer", { class: "wrap foot" }, t("made", { x: data.version })));
  drawList();
}

function drawList() {
  const { nodes, shown, total } = page.list();
  const place = document.getElementById("list");
  place.replaceChildren(...nodes);
  if (!shown && total) {
    place.append(el("div", { class: "nothing" }, el("p", {}, t("nothing")), el("button", { type: "button", class: "quiet", onclick: clearFilters }, t("clear"))));
  }
  put(place, page.notes());
  const count = document.getElementById("count");
  count.replaceChildren();
  put(count, [t("of", { n: shown, m: total }), el("span", { class: "keys" }, ` · ${t("keys")}`)]);
}

function later(action) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(action, 120); };
}

function themeText() {
  return pair(t("theme"), t(document.documentElement.dataset.theme || "auto"));
}

function setTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function nextTheme() {
  const order = ["auto", "dark", "light"];
  const theme = order[(order.indexOf(document.documentElement.dataset.theme || "auto") + 1) % 3];
  setTheme(theme);
  store("theme", theme);
  document.getElementById("theme").textContent = themeText();
}

function help() {
  const keys = [[["j", "k"], "key-next"], [["Enter"], "key-open"], [["/"], "key-search"], [["s"], "key-view"], [["?"], "key-help"], [["Esc"], "key-escape"]];
  const shown = keys.filter(([, text]) => text !== "key-view" || data.kind === "review");
  const dialog = el("dialog", { "aria-label": t("keys-title"), onclose: () => dialog.remove() },
    el("h2", {}, t("keys-title")),
    el("dl", {}, shown.map(([names, text]) => [el("dt", {}, names.map((name) => [el("kbd", {}, name), " "])), el("dd", {}, t(text))])),
    el("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("close")));
  document.body.append(dialog);
  dialog.showModal();
}

function move(step) {
  const openers = [...document.querySelectorAll("#list .opener")].filter((node) => node.offsetParent);
  const here = openers.indexOf(document.activeElement?.closest?.(".item")?.querySelector(".opener"));
  const next = openers[here < 0 ? (step > 0 ? 0 : openers.length - 1) : here + step];
  if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input, select, textarea");
  if (event.key === "Escape" && typing) { event.target.blur(); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const action = { j: () => move(1), k: () => move(-1), "/": () => document.getElementById("search").focus(), "?": help, s: page.switchView }[event.key];
  if (action) { event.preventDefault(); action(); }
});

// Paper cannot be opened: what is listed is printed open, also what only opening brings.
window.addEventListener("beforeprint", () => {
  for (let closed = [null]; closed.length;) {
    closed = [...document.querySelectorAll("#list .item:not(.open)")];
    closed.forEach((node) => node.setOpen(true));
  }
});
setTheme(stored("theme"));
