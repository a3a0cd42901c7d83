// The page of a run: how many pass, each prompt and model, then every case, the worst first.
const TONES = { pass: "good", fail: "bad", measured: "", unscored: "unsure", "not evaluated": "" };
const STATES = ["fail", "unscored", "not evaluated", "measured", "pass"];

data.rows.forEach((row, index) => {
  row.key = `r${index}`;
  row.order = index;
  row.failed = [...new Set(row.samples.flatMap((sample) => sample.results.filter((result) => result[1] === false).map((result) => result[0])))];
  row.checks = [...new Set(row.samples.flatMap((sample) => sample.results.map((result) => result[0])))];
  row.tokens = sum(row.samples.map((sample) => sample.input === null && sample.tokens === null ? null : (sample.input || 0) + (sample.tokens || 0)));
  row.seconds = sum(row.samples.map((sample) => sample.seconds));
  row.text = [row.prompt, row.case, row.model, row.why === null ? "" : anyLanguage(row.why), row.expected, ...row.tags, ...row.inputs.flatMap(([name, text]) => [name, data.texts[text]]),
    ...row.samples.flatMap((sample) => [sample.output, ...sample.tools, ...sample.results.flatMap(([name, value, reason]) => [name, value, anyLanguage(reason)])])].join("\n").toLowerCase();
});

function sum(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((total, value) => total + value, 0) : null;
}

const SORTS = {
  "worst-first": (a, b) => a.order - b.order,
  "by-case": (a, b) => a.case.localeCompare(b.case) || a.order - b.order,
  "by-tokens": (a, b) => (b.tokens ?? -1) - (a.tokens ?? -1) || a.order - b.order,
  "by-slow": (a, b) => (b.seconds ?? -1) - (a.seconds ?? -1) || a.order - b.order,
};

page = {
  title: data.place || data.started,

  hero() {
    const counts = Object.fromEntries(STATES.map((name) => [name, data.entries.reduce((total, entry) => total + entry.states[name], 0)]));
    const byHand = data.entries.length > 0 && data.entries.every(isByHand);
    const tone = data.violated || counts.fail ? "bad" : counts.unscored || counts["not evaluated"] || byHand ? "unsure" : counts.pass ? "good" : counts.measured ? "" : "unsure";
    const verdict = data.violated ? t("violated", { n: data.violated }) : counts.fail ? t("some-fail", { n: data.failing }) : counts.pass ? t(byHand ? "all-pass-by-hand" : "all-pass") : counts.measured ? t("measured-only") : t("not-evaluated");
    const facts = [t(`mode-${data.mode}`), data.started, data.commit && data.commit.slice(0, 7), data.dirty && t("dirty"),
      data.shard[1] > 1 && t("shard", { n: data.shard[0], m: data.shard[1] }), data.place];
    const results = STATES.reduce((total, name) => total + counts[name], 0);
    if (results !== data.cases) facts.push(t("results", { n: data.cases, m: results }));
    return [
      el("section", { class: `hero ${tone}` },
        el("h1", {}, verdict),
        el("p", {}, facts.filter(Boolean).join(" · ")),
        el("div", { class: "tiles" }, ["pass", "fail", "measured", "unscored", "not evaluated"].map((name) =>
          el("div", { class: "tile" }, el("b", {}, number(counts[name])), el("span", {}, word(name)))),
        el("div", { class: "tile" }, el("b", {}, number(data.entries.reduce((total, entry) => total + entry.samples, 0))), el("span", {}, t("answers"))))),
      el("div", {}, paged("entries", data.entries, entryItem, 50)),
    ];
  },

  filters() {
    const count = (name) => data.rows.filter((row) => row.state === name).length;
    const unique = (values) => [...new Set(values)].sort();
    const sort = el("select", { "aria-label": t("sort"), onchange: () => { state.sort = sort.value; changed(); } },
      Object.keys(SORTS).map((name) => el("option", { value: name, selected: name === state.sort }, pair(t("sort"), t(name)))));
    return [
      chips("state", t("state"), STATES.map((name) => [name, word(name), count(name)]).filter((one) => one[2]), true),
      menu("prompt", t("prompt"), unique(data.rows.map((row) => row.prompt))),
      menu("model", t("model"), unique(data.rows.map((row) => row.model).filter(Boolean))),
      menu("tag", t("tag"), unique(data.rows.flatMap((row) => row.tags))),
      menu("failed", t("failed-check"), unique(data.rows.flatMap((row) => row.checks))),
      sort,
    ];
  },

  list() {
    const query = state.query.trim().toLowerCase();
    const found = data.rows.filter((row) => isChosen("state", [row.state]) && isChosen("prompt", [row.prompt]) && isChosen("model", [row.model])
      && isChosen("tag", row.tags) && isChosen("failed", row.failed) && row.text.includes(query));
    found.sort(SORTS[state.sort || "worst-first"]);
    return { nodes: paged("rows", found, rowItem), shown: found.length, total: data.rows.length };
  },

  notes() {
    return [data.left_out > 0 && el("p", { class: "note" }, t("left-out-rows", { n: data.left_out }))];
  },
};

// Answers that people wrote show what the evaluators accept, not what a model says.
function isByHand(entry) {
  return entry.sources.length > 0 && entry.sources.every((source) => source === "reference");
}

function entryItem(entry, index) {
  const whole = entry.whole;
  const tone = entry.violated ? "bad" : entry.states.fail ? "unsure" : isByHand(entry) || !entry.states.pass ? "plain" : "good";
  const decided = entry.states.pass + entry.states.fail + entry.states.unscored;
  const count = decided || !entry.states.measured ? t("of", { n: entry.states.pass, m: decided }) : pair(word("measured"), number(entry.states.measured));
  const head = [
    badge(entry.violated ? t("violated", { n: entry.violated }) : count, entry.violated ? "bad" : tone),
    el("span", { class: "name" }, entry.prompt),
    el("span", { class: "grow" }, [entry.model || t("nobody"), entry.sources.includes("reference") && ` (${t("reference")})`]),
    el("span", { class: "worth" }, rateText(whole), whole.error !== null && el("span", { class: "num label", title: t("error-is") }, t("plus-minus", { e: errorOf(whole) })), rateBar(whole, tone)),
  ];
  return item(`e${index}`, "h2", head, () => [
    table([t("check"), t("says"), t("error"), t("interval-of"), word("unscored")], entry.rates.map((rate) => [rate.name, rate.kind === "label" ? labels(rate) : rateText(rate), errorOf(rate), rateBar(rate, "plain") || boundsOf(rate) || "–", number(rate.unscored)])),
    hasError(entry) && el("p", { class: "label" }, t("error-is")),
    entry.classes.map(classes),
    section(t("must-not-fail"), table([t("check"), t("why"), t("cases", { n: entry.violated })], grouped(entry.violations, (one) => JSON.stringify(one.slice(1))).map(([, found]) => [found[0][1], sentence(found[0][2]), listed(found.map((one) => one[0]))]))),
    rest(entry.violated, entry.violations.length),
    el("div", { class: "facts" }, el("code", {}, entry.path), el("span", {}, t("samples", { n: entry.samples })), entry.tokens !== null && el("span", {}, t("used-tokens", { n: entry.tokens })), partsOf(entry).map((part) => el("span", {}, part)),
      entry.cost !== null && el("span", {}, t("cost", { n: figures(entry.cost, 4) })), entry.median !== null && el("span", {}, t("median", { n: number(entry.median, 2) }))),
  ], "prompt");
}

// A number on a scale of its own, which may be of thousands or of thousandths.
function figures(value, digits) {
  return value.toLocaleString(state.lang, { maximumSignificantDigits: digits });
}

function rateText(rate) {
  if (rate.mean === null) return el("span", { class: "num" }, "–");
  return el("span", { class: "num" }, rate.kind === "assertion" ? `${number(rate.mean * 100, 1)} %` : figures(rate.mean, 4));
}

// The standard error: points for a rate, on the scale of a score.
function errorOf(rate) {
  if (rate.error === null) return "–";
  return rate.kind === "score" ? figures(rate.error, 2) : number(rate.error * 100, 1);
}

function boundsOf(rate) {
  return rate.kind === "score" && rate.lower !== null ? t("bounds", { l: figures(rate.lower, 4), u: figures(rate.upper, 4) }) : null;
}

function hasError(entry) {
  return [entry.whole, ...entry.rates, ...entry.classes].some((each) => each.error !== null);
}

function rateBar(rate, tone) {
  if (rate.mean === null || rate.lower === null || rate.kind !== "assertion") return null;
  return interval(rate.lower, rate.mean, rate.upper, 0, 1, tone, t("rate", { d: number(rate.mean * 100, 1), l: number(rate.lower * 100, 1), u: number(rate.upper * 100, 1) }));
}

function classes(found) {
  const percent = (share) => share === null ? "–" : `${number(share * 100, 1)} %`;
  const worth = found.error === null ? "" : ` ${t("plus-minus", { e: errorOf(found) })}`;
  const bounds = found.lower === null ? "" : `${percent(found.accuracy)}${worth} · ${pair(t("interval-of"), t("bounds", { l: number(found.lower * 100, 1), u: number(found.upper * 100, 1) }))}`;
  const wrong = found.confusion.filter((one) => one.right !== one.given);
  return section([el("span", { class: "as-is" }, pair(found.evaluator, "")), t("classes", { a: percent(found.accuracy), f: number(found.macro_f1, 3), n: found.answers })], [
    bounds && el("p", {}, bounds),
    table([t("label"), t("right"), t("given"), t("both"), t("precision"), t("recall"), "F1"], found.labels.slice(0, 100).map((one) => [one.label, number(one.support), number(one.given), number(one.correct), percent(one.precision), percent(one.recall), number(one.f1, 3)])),
    rest(found.labels.length, 100),
    table([t("right"), t("given"), t("answers")], wrong.slice(0, 100).map((one) => [one.right, one.given, number(one.answers)])),
    rest(wrong.length, 100),
  ]);
}

function labels(rate) {
  return Object.entries(rate.labels).map(([label, count]) => `${label} ${number(count)}`).join(", ");
}

function rowItem(row) {
  const failure = row.samples.flatMap((sample) => sample.results).find((result) => result[1] === false) || row.samples.flatMap((sample) => sample.results).find((result) => result[1] === null);
  const shown = row.state === "not evaluated" ? sentence(row.why) : row.state === "pass" ? beginning(row.samples[0]?.output || "", 120) : failure ? [pair(failure[0], ""), sentence(failure[2])] : "";
  const head = [
    badge(word(row.state), TONES[row.state]),
    el("span", { class: "name" }, row.case),
    row.must_pass && el("span", { class: "tag" }, t("must-pass")),
    row.tags.slice(0, 4).map((tag) => el("span", { class: "tag" }, tag)), row.tags.length > 4 && el("span", { class: "tag" }, "…"),
    el("span", { class: "grow" }, shown),
    el("span", { class: "label" }, [data.entries.length > 1 && row.prompt, row.model].filter(Boolean).join(" · ")),
  ];
  return item(row.key, "h3", head, () => rowBody(row));
}

function rowBody(row) {
  const facts = [row.source && t(`source-${row.source}`), row.attempts > row.samples.length && t("attempts", { n: row.attempts }), row.cluster && t("cluster", { x: row.cluster })];
  return [
    row.why !== null && el("p", { class: "note" }, sentence(row.why)),
    row.samples.map((sample, index) => sampleView(sample, index, row.samples.length)),
    "expected" in row && section(t("expected"), textBlock(row.expected, t("expected"))),
    messages(row),
    el("div", { class: "facts" }, facts.filter(Boolean).map((fact) => el("span", {}, fact))),
  ];
}

function sampleView(sample, index, count) {
  const facts = [sample.finish && t("finish", { x: sample.finish }), sample.input !== null && t("in", { n: sample.input }), sample.tokens !== null && t("out", { n: sample.tokens }), ...partsOf(sample),
    sample.seconds !== null && t("seconds", { n: number(sample.seconds, 2) }), sample.cost !== null && t("cost", { n: figures(sample.cost, 4) })];
  const label = count > 1 ? t("sample", { n: index + 1, m: count }) : t("answer");
  return [
    section(label, textBlock(sample.output, label)),
    sample.tools.length ? section(t("tools"), sample.tools.map((call) => textBlock(call, t("tools")))) : null,
    table([t("check"), t("says"), t("why")], sample.results.map(([name, value, reason]) => [name, outcome(value), sentence(reason)])),
    el("div", { class: "facts" }, facts.filter(Boolean).map((fact) => el("span", {}, fact))),
  ];
}

// What part of the tokens was read from a cache, written to one, or thought: as far as the server said.
function partsOf({ parts }) {
  return ["cached", "cache-written", "reasoning"].map((name, index) => parts[index] !== null && t(name, { n: parts[index] })).filter(Boolean);
}

function outcome(value) {
  if (value === null) return badge(word("unscored"), "unsure");
  if (typeof value === "boolean") return badge(word(value ? "pass" : "fail"), value ? "good" : "bad");
  return typeof value === "number" ? number(value, 3) : value;
}

function messages(row) {
  const inputs = section(t("input"), row.inputs.map(([name, text]) => [el("div", { class: "label" }, name), textBlock(data.texts[text], name)]));
  if (row.unsent !== undefined) return [inputs, el("p", { class: "note" }, t("unsent", { x: said(row.unsent) }))];
  if (!row.messages) return [inputs, el("p", { class: "label" }, t("no-messages"))];
  return section(t("messages"), row.messages.map(([role, text]) => el("div", { class: "message" }, el("div", { class: "label" }, word(role)), textBlock(data.texts[text], t("message", { role: word(role) })))));
}

draw();
