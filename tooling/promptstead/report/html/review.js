// The page of a review: the verdict, then a prompt a line, which opens to words, scores and answers.
const TONES = {
  "not valid": "bad", "fails what must not fail": "bad", regression: "bad", inconclusive: "unsure", "worse, within margin": "unsure",
  "not evaluated": "", improvement: "good", "no regression": "good",
};
// One axis for all, which holds every interval but those that would flatten the others: they are cut.
const extents = data.prompts.flatMap((prompt) => prompt.comparisons).filter((one) => one.scale !== "score" && one.pairs >= data.few && one.lower !== null && one.upper !== null)
  .map((one) => Math.max(Math.abs(one.lower), Math.abs(one.upper))).sort((a, b) => a - b);
const narrow = Math.max(0.01, extents[Math.floor((extents.length - 1) / 4)] || 0);
const widest = Math.max(0, ...extents.filter((extent) => extent <= 4 * narrow));
const reach = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1].find((step) => widest <= step) || 1;

data.prompts.forEach((prompt, index) => {
  prompt.key = `p${index}`;
  prompt.cases = prompt.comparisons.flatMap((comparison, place) => comparison.cases.map((one, number) => ({ ...one, comparison, key: `p${index}-${place}-${number}` })));
  prompt.text = [prompt.id, prompt.path, prompt.outcome, prompt.change && anyLanguage(prompt.change.summary), prompt.error !== null && anyLanguage(prompt.error)].filter(Boolean).join("\n").toLowerCase();
  for (const one of prompt.cases) {
    one.flipped = (one.state === "worse" ? one.head_failures : one.base_failures).map((failure) => failure.evaluator);
    one.text = [one.case, one.base, one.head, ...one.pieces.map((piece) => piece[1]), ...one.inputs.flat(),
      ...[...one.base_failures, ...one.head_failures].flatMap((failure) => [failure.evaluator, anyLanguage(failure.reason)])].join("\n").toLowerCase();
  }
});
// What stands against the change is open from the start.
for (const prompt of data.prompts.filter((one) => one.blocks).slice(0, 5)) state.open.add(prompt.key);
if (data.prompts.length === 1) state.open.add(data.prompts[0].key);

page = {
  get title() { return `${data.base}..${word(data.head)}`; },

  hero() {
    const counted = data.outcomes.map((one) => said(one[2])).join(", ");
    const unsure = !data.blocks && (data.weakens.length > 0 || data.outcomes.some(([outcome]) => outcome === "inconclusive"));
    const shown = data.outcomes.some(([outcome]) => outcome === "improvement" || outcome === "no regression");
    const tone = data.blocks ? "bad" : unsure ? "unsure" : shown ? "good" : "";
    const verdict = t(data.blocks ? "may-not" : unsure ? "decide" : data.prompts.length ? "may-go" : "nothing-changed");
    return el("section", { class: `hero ${tone}` },
      el("h1", {}, verdict),
      el("p", {}, [data.contracts === null ? "" : said(data.contracts), counted, t("changed", { n: data.prompts.length + data.left_out.prompts })].filter(Boolean).join(" · ")),
      el("p", {}, el("code", {}, data.base), " → ", el("code", {}, word(data.head)), ` · ${t("replayed", { n: data.evaluated })}`),
      el("ul", {}, data.weakens.slice(0, 12).map((line) => el("li", {}, sentence(line)))),
      data.weakens.length > 12 && el("p", {}, t("and-more", { n: data.weakens.length - 12 })));
  },

  filters() {
    const cases = data.prompts.flatMap((prompt) => prompt.cases);
    const counts = (state) => cases.filter((one) => one.state === state).length;
    const states = [["worse", t("worse"), counts("worse")], ["better", t("better"), counts("better")]].filter((one) => one[2]);
    const view = el("button", { type: "button", class: "quiet", id: "view", onclick: page.switchView }, viewText());
    return [
      data.outcomes.length > 1 && chips("outcome", t("outcome"), data.outcomes.map(([outcome, count]) => [outcome, word(outcome), count]), true),
      states.length > 0 && chips("state", t("answers"), states),
      menu("evaluator", t("evaluator"), [...new Set(cases.flatMap((one) => one.flipped))].sort()),
      cases.length > 0 && view,
    ];
  },

  list() {
    const query = state.query.trim().toLowerCase();
    const narrow = ["state", "evaluator"].some((name) => (state.chosen[name] || []).length);
    const found = [];
    for (const prompt of data.prompts) {
      if (!isChosen("outcome", [prompt.outcome])) continue;
      const whole = prompt.text.includes(query);
      const cases = prompt.cases.filter((one) => isChosen("state", [one.state]) && isChosen("evaluator", one.flipped) && (whole || one.text.includes(query)));
      if (cases.length || (whole && !narrow)) found.push([prompt, cases]);
    }
    const nodes = paged("prompts", found, ([prompt, cases]) => promptItem(prompt, cases));
    if (query || narrow) for (const node of nodes.slice(0, 5)) node.setOpen?.(true);
    return { nodes, shown: found.length, total: data.prompts.length };
  },

  notes() {
    const { cases, prompts } = data.left_out;
    return [prompts > 0 && el("p", { class: "note" }, t("left-out-prompts", { n: prompts })), cases > 0 && el("p", { class: "note" }, t("left-out-cases", { n: cases }))];
  },

  switchView() {
    state.view = state.view === "beside" ? "inline" : "beside";
    store("view", state.view);
    const button = document.getElementById("view");
    if (button) button.textContent = viewText();
    drawList();
  },
};

function viewText() {
  return pair(t("view"), t(state.view));
}

function promptItem(prompt, cases) {
  const main = prompt.comparisons.find((one) => !one.reference_answers) || prompt.comparisons[0];
  const head = [
    badge(word(prompt.outcome), TONES[prompt.outcome]),
    el("span", { class: "name" }, prompt.id),
    el("span", { class: "grow" }, prompt.change ? sentence(prompt.change.summary) : ""),
    prompt.change?.contract.consequence === "breaking" && prompt.change.kind !== "added" && badge(pair(t("contract"), word("breaking")), "bad"),
    prompt.lint.failing > 0 && badge(pair(t("findings"), number(prompt.lint.failing)), "bad"),
    main && el("span", { class: "worth" },
      el("span", { class: "num", title: t("broken-fixed") }, `${number(main.broken)} / ${number(main.fixed)} / ${number(main.unchanged)}`),
      main.pairs >= data.few && drawn(main)),
  ];
  return item(prompt.key, "h2", head, () => promptBody(prompt, cases), "prompt");
}

function drawn(one) {
  if (one.difference === null || one.lower === null || one.upper === null) return null;
  const bounds = { d: points(one, one.difference), l: points(one, one.lower), u: points(one, one.upper) };
  const ends = one.scale === "score" ? Math.max(Math.abs(one.lower), Math.abs(one.upper)) || 1 : reach;
  return interval(one.lower, one.difference, one.upper, -ends, ends, TONES[one.verdict.toLowerCase()] || "plain", t("interval", bounds));
}

// A difference as people read it: points of a share, or a score on its own scale.
function points(one, value) {
  if (value === null) return "∞";
  return one.scale === "score" ? (value > 0 ? "+" : "") + number(value, 3) : signed(value * 100);
}

function rates(one) {
  if (one.base_rate === null) return "–";
  if (one.scale === "score") return `${number(one.base_rate, 3)} → ${number(one.head_rate, 3)}`;
  if (one.pairs < data.few) return `${number(one.base_rate * one.pairs)} → ${number(one.head_rate * one.pairs)} / ${number(one.pairs)}`;
  return `${number(one.base_rate * 100, 1)} → ${number(one.head_rate * 100, 1)} %`;
}

function promptBody(prompt, cases) {
  const change = prompt.change;
  return [
    prompt.error !== null && el("p", { class: "note" }, sentence(prompt.error)),
    scores(prompt),
    section(t("must-not-fail"), violations(prompt)),
    section(t("must-not-pass"), letPass(prompt)),
    change && words(change),
    change && values(change),
    change && contract(change),
    section(t("answers"), paged(prompt.key, cases, caseItem, 25)),
    prompt.rendered && rendered(prompt.rendered),
    findings(prompt.lint),
    change && evidence(change),
    change && notes(change),
    missing(prompt),
    el("div", { class: "facts" }, el("code", {}, prompt.path), el("span", {}, pair(t("tokens"), tokens(prompt.tokens)))),
  ];
}

function scores(prompt) {
  const rows = prompt.comparisons.map((one) => {
    const few = one.pairs < data.few;
    const further = one.further_cases ? t("further", { n: one.further_cases }) : "";
    return [
      modelName(one),
      el("span", { class: "num" }, rates(one)),
      one.difference === null ? "–" : few ? t("too-few") : [drawn(one), el("span", { class: "num label" }, `${points(one, one.difference)} [${points(one, one.lower)}, ${points(one, one.upper)}]`)],
      el("span", { class: "num" }, `${number(one.broken)} / ${number(one.fixed)} / ${number(one.unchanged)}`),
      [badge(word(one.verdict.toLowerCase()), TONES[one.verdict.toLowerCase()]), further && el("div", { class: "label" }, further)],
    ];
  });
  const reasons = prompt.comparisons.flatMap((one) => one.reasons);
  return section(t("models"), table([t("model"), t("score"), t("difference"), t("broken-fixed"), t("verdict")], rows),
    list(reasons.map(sentence)));
}

function modelName(one) {
  if (one.reference_answers) return t("reference");
  return [...new Set([one.base_model, one.head_model].filter(Boolean))].join(" → ") || t("nobody");
}

function violations(prompt) {
  const count = prompt.comparisons.reduce((sum, one) => sum + one.violations.count, 0);
  const every = prompt.comparisons.flatMap((one) => one.violations.cases);
  const groups = grouped(every, (one) => JSON.stringify([one.check, one.reason])).slice(0, 50);
  const rows = groups.map(([, found]) => [found[0].check, sentence(found[0].reason), listed(found.map((one) => one.case || t("every-case")))]);
  return [table([t("check"), t("why"), t("cases", { n: count })], rows), rest(count, every.length)];
}

function letPass(prompt) {
  const rows = prompt.let_pass.cases.map((one) => [one.counterexample, one.case, one.evaluator, sentence(one.reason), one.why]);
  return [table([t("counterexample"), t("case"), t("check"), t("says"), t("wrong-with-it")], rows), rest(prompt.let_pass.count, rows.length)];
}

function caseItem(one) {
  const failed = (one.state === "worse" ? one.head_failures : one.base_failures)[0];
  const head = [
    badge(t(one.state), one.state === "worse" ? "bad" : "good"),
    el("span", { class: "name" }, one.case),
    el("span", { class: "grow" }, failed ? [pair(failed.evaluator, ""), sentence(failed.reason)] : ""),
  ];
  return item(one.key, "h3", head, () => caseBody(one));
}

function caseBody(one) {
  return [section(t("input"), one.inputs.map(([name, value]) => [el("div", { class: "label" }, name), textBlock(value, name)])), section(t("answer"), answers(one)), section(t("notes"), list([...one.base_notes.map((note) => noteLine(note, t("before"))), ...one.head_notes.map((note) => noteLine(note, t("after")))])), section(t("checks"), flips(one))];
}

function answers(one) {
  if (!one.pieces.length) {
    const side = (name, text) => el("div", {}, el("div", { class: "label" }, t(name)), text === null ? el("p", {}, t("no-answer")) : textBlock(text, t(name)));
    return [one.base !== null && one.head !== null && el("p", { class: "label" }, t(one.by_word ? "layout-only" : "not-marked")), el("div", { class: "two" }, side("before", one.base), side("after", one.head))];
  }
  if (state.view === "inline") return diffBlock(one.pieces, "both", `${t("before")} → ${t("after")}`);
  return el("div", { class: "two" },
    el("div", {}, el("div", { class: "label" }, t("before")), diffBlock(one.pieces, "base", t("before"))),
    el("div", {}, el("div", { class: "label" }, t("after")), diffBlock(one.pieces, "head", t("after"))));
}

function flips(one) {
  const names = [...new Set([...one.head_failures, ...one.base_failures].map((failure) => failure.evaluator))];
  const shown = (failures, name) => { const found = failures.find((failure) => failure.evaluator === name); return found ? [badge(word("fail"), "bad"), " ", sentence(found.reason)] : badge(word("pass"), "good"); };
  return table([t("check"), t("base"), t("head")], names.map((name) => [name, shown(one.base_failures, name), shown(one.head_failures, name)]));
}

function words(change) {
  return section(t("words"), change.messages.map(messageView));
}

function rendered(found) {
  return section(t("sent"), found.changes.map((change) => el("div", {},
    el("div", { class: "label" }, pair(t("cases", { n: change.count }), listed(change.cases, 10))),
    change.messages.map(messageView))));
}

function messageView(message) {
  const notes = [message.kind === "changed" ? "" : word(message.kind), message.old_role !== message.role ? t("was", { x: word(message.old_role) }) : ""].filter(Boolean).join(", ");
  const label = t("message", { role: word(message.role) });
  return el("div", { class: "message" }, el("div", { class: "label" }, label, notes && ` · ${notes}`),
    state.view === "inline" || message.kind !== "changed" ? diffBlock(message.pieces, "both", label)
      : el("div", { class: "two" }, diffBlock(message.pieces, "base", `${label} · ${t("before")}`), diffBlock(message.pieces, "head", `${label} · ${t("after")}`)));
}

function contract(change) {
  if (change.kind === "added" || change.contract.consequence === "none") return [];
  return section(t("contract"), list(change.contract.reasons.map((one) => [badge(word(one.consequence), one.consequence === "breaking" ? "bad" : "good"), " ", sentence(one.reason)])));
}

function findings(lint) {
  const rows = lint.new.slice(0, 50).map((one) => [badge(`${word(one.level)} ${one.code}`, one.level === "error" ? "bad" : one.level === "warning" ? "unsure" : ""), el("code", {}, `${one.path}:${one.line}`), [sentence(one.message), one.hint !== null && el("div", { class: "label" }, sentence(one.hint))]]);
  return section(t("findings"), table([t("rule"), t("place"), t("why")], rows), rest(lint.count, rows.length), lint.fixed > 0 && el("p", { class: "label" }, t("fixed-findings", { n: lint.fixed })));
}

function values(change) {
  const rows = change.values.map((value) => [el("code", {}, value.path && value.path !== value.part ? `${word(value.part)} ${value.path}` : word(value.part)),
    value.pieces.length ? diffBlock(value.pieces, "both", value.path) : [value.old !== null && el("del", {}, value.old), value.old !== null && value.new !== null && " → ", value.new !== null && el("ins", {}, value.new)]]);
  return section(t("values"), rows.length ? el("table", { class: "checks wide" }, el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell)))))) : null);
}

function evidence(change) {
  const lines = [["cases", change.cases], ["counterexamples", change.counterexamples], ["evaluators", change.evaluators]].flatMap(([name, set]) =>
    ["added", "removed", "changed"].filter((kind) => set[kind].length).map((kind) => pair(t(`${name}-${kind}`), listed(set[kind]))));
  return [section(t("weakened"), change.weakened.length ? list(change.weakened.map(sentence)) : null), section(t("evidence"), list(lines))];
}

// What a person said: who, when, what kind of note, and the words.
function noteLine(note, about) {
  if (note.outside) return pair(about, t("note-outside"));
  const head = [note.by, note.date, note.verdict && word(note.verdict), ...note.tags].filter(Boolean).join(", ");
  return [el("span", { class: "label" }, pair(about, head)), " ", note.text];
}

function notes(change) {
  return ["added", "removed"].map((kind) => section(t(`notes-${kind}`), list(change.notes[kind].map((note) => noteLine(note, note.case)))));
}

function missing(prompt) {
  const reasons = (cases) => list(grouped(cases, (one) => one.why).map(([why, found]) => [sentence(why), pair("", listed(found.map((one) => one.case)))]));
  const left = prompt.comparisons.flatMap((one) => one.left_out.cases);
  return [left.length ? section(t("not-compared"), reasons(left)) : [], prompt.not_evaluated.count ? section(t("not-evaluated"), reasons(prompt.not_evaluated.cases)) : []];
}

function tokens(used) {
  const counts = [used.base, used.head].map((count) => (count === null ? "?" : number(Math.round(count))));
  return used.base === null && used.head === null ? word("unknown") : counts.join(" → ");
}

draw();
