"use strict";
// The report as a page. Texts of accounts become text nodes and attribute
// values, never markup.
(() => {
  const report = JSON.parse(document.getElementById("data").textContent);
  const tag = { a: report.a.tag, b: report.b.tag };
  const byId = (id) => document.getElementById(id);

  // el makes an element: el("p", {class: "note"}, "text", child, …).
  function el(name, attributes, ...children) {
    const e = document.createElement(name);
    for (const [k, v] of Object.entries(attributes || {})) {
      if (v !== undefined && v !== null && v !== false) e.setAttribute(k, v === true ? "" : String(v));
    }
    e.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false && c !== ""));
    return e;
  }
  const plural = (n, noun, more) => n + " " + (n === 1 ? noun : more || noun + "s");
  const titles = {
    different: "different", "only-a": "only in " + tag.a, "only-b": "only in " + tag.b,
    "same-in-effect": "same in effect", same: "same",
  };

  // --- what an entity says, for the filter -------------------------------------

  const entities = report.entities || [];
  const items = (e) => [...(e.onlyA || []), ...(e.onlyB || [])];
  const texts = new WeakMap();
  function textOf(e) {
    if (!texts.has(e)) {
      const parts = [e.name, e.path, e.kind, titles[e.status]];
      for (const o of [...(e.inA || []), ...(e.inB || [])]) parts.push(o.name, o.arn);
      for (const i of items(e)) parts.push(actionOf(i), i.resource, i.principal, i.condition, i.policy, i.effect, i.text);
      for (const p of e.policies || []) {
        parts.push(p.name);
        for (const d of [...(p.inA || []), ...(p.inB || [])]) parts.push(d.name, d.arn, d.text);
      }
      for (const x of e.attributes || []) parts.push(x.name, x.a, x.b);
      texts.set(e, parts.filter(Boolean).join("\n").toLowerCase());
    }
    return texts.get(e);
  }

  // servicesOf are the services of what differs: of the items, and where one side
  // alone has the entity, of all its documents.
  function servicesOf(e) {
    const found = new Set(items(e).map((i) => i.service).filter(Boolean));
    if (e.status !== "only-a" && e.status !== "only-b") return found;
    for (const d of (e.policies || []).flatMap((p) => [...(p.inA || []), ...(p.inB || [])])) {
      for (const m of d.text.matchAll(/"([a-z0-9-]+):[A-Za-z*?]+"/g)) found.add(m[1]);
    }
    return found;
  }

  function actionOf(i) {
    if (!i.service && !i.action) return "";
    return i.service === "*" && i.action === "*" ? "*" : i.service + ":" + i.action;
  }

  // --- the list ------------------------------------------------------------------

  const list = byId("list");
  const views = entities.map((entity, n) => ({ entity, n, article: null, button: null, body: null }));

  function makeArticle(view) {
    const e = view.entity, id = "e" + view.n;
    const facts = el("span", { class: "facts" });
    const only = (side, n) => n > 0 && el("span", { class: side }, n + " only in " + tag[side]);
    const a = (e.onlyA || []).length, b = (e.onlyB || []).length;
    if (a || b) facts.append(...[only("a", a), a && b ? ", " : "", only("b", b)].filter(Boolean));
    if (!a && !b && /^only-/.test(e.status)) facts.append(plural((e.policies || []).length, "policy", "policies"));
    if ((e.attributes || []).length) facts.append((a || b ? ", " : "") + plural(e.attributes.length, "other difference"));
    view.button = el("button", { type: "button", class: "row", "aria-expanded": "false", "aria-controls": id },
      el("span", { class: "pill " + e.status }, titles[e.status] || e.status),
      e.kind !== "role" && el("span", { class: "path" }, e.kind),
      el("span", {}, e.path !== "/" && el("span", { class: "path" }, e.path), el("span", { class: "name" }, e.name)),
      e.serviceLinked && el("span", { class: "path" }, "service-linked"), facts);
    view.button.addEventListener("click", () => toggle(view));
    view.body = el("div", { id, class: "body", hidden: true });
    view.article = el("article", {}, el("h3", {}, view.button), view.body);
    return view.article;
  }

  // toggle opens or closes an entity. What it holds is made when it first opens:
  // a thousand roles at once would take seconds.
  function toggle(view, open = view.body.hidden) {
    if (open && !view.body.hasChildNodes()) view.body.append(...details(view.entity));
    view.body.hidden = !open;
    view.button.setAttribute("aria-expanded", String(open));
  }

  // --- one entity --------------------------------------------------------------

  function details(e) {
    return [names(e), semantic(e), differences(e), attributes(e), policies(e)].flat().filter(Boolean);
  }

  function names(e) {
    const side = (s, originals) => (originals || []).map((o) => el("span", {}, el("b", { class: "side " + s }, tag[s]), " ", el("code", {}, o.arn || o.name)));
    return [el("p", { class: "names" }, side("a", e.inA), side("b", e.inB), el("a", { href: anchor(e) }, "link to this " + e.kind))];
  }

  const anchor = (e) => "#" + encodeURIComponent(e.kind + "/" + e.name);

  function semantic(e) {
    const s = e.semantic;
    if (!s) return [];
    const nodes = [el("h4", {}, "What it means")];
    if (s.equal) nodes.push(el("p", {}, "Both sides allow the same. Only the wording differs."));
    for (const [effect, what] of [[s.permissions, "permissions"], [s.trust, "trust"]]) {
      if (!effect) continue;
      if (effect.equal && !s.equal) nodes.push(el("p", { class: "note" }, "The " + what + " are worded differently and allow the same."));
      for (const x of effect.onlyA || []) nodes.push(example("a", "b", x));
      for (const x of effect.onlyB || []) nodes.push(example("b", "a", x));
      for (const u of effect.undecided || []) {
        nodes.push(el("p", {}, el("b", {}, "Not decided: "), (u.actions || []).join(", "), u.actions ? ": " : "", u.reason));
      }
    }
    return nodes;
  }

  function example(may, not, x) {
    const rows = [["on", x.resource], ["for", x.principal]];
    for (const [k, v] of Object.entries(x.context || {})) rows.push([k, v === null ? "" : v.join(", ")]);
    const proof = (s, list) => [el("h5", {}, tag[s]), ...(list || []).map((p) => [
      el("p", {}, p.policy, ": ", el("b", {}, p.effect)), el("pre", {}, p.text)])];
    return el("div", { class: "example " + may },
      el("p", { class: "says" }, el("b", {}, tag[may] + " allows"), " ", el("code", {}, x.action), ", ", tag[not], " does not"),
      el("dl", {}, rows.filter((r) => r[1]).map(([k, v]) => [el("dt", {}, k), el("dd", { class: "mono" }, v)])),
      el("p", { class: "note" }, tag[may] + ": allowed by ", el("b", {}, x.allowedBy), ", statement " + (x.statement + 1) + ". ", tag[not] + ": " + x.deniedBy + "."),
      el("details", {}, el("summary", {}, "Proof: how each policy was evaluated"), proof("a", x.proofA), proof("b", x.proofB)));
  }

  function differences(e) {
    const a = e.onlyA || [], b = e.onlyB || [];
    if (!a.length && !b.length) return [];
    const box = (s, list) => el("div", { class: "box " + s }, el("h5", {}, "Only in " + tag[s] + ": " + list.length),
      list.length ? itemList(list) : el("p", { class: "note" }, "nothing"));
    return [el("h4", {}, "Permissions that differ", e.common ? " (" + e.common + " in common)" : ""), el("div", { class: "two" }, box("a", a), box("b", b))];
  }

  const many = 200; // items that are shown at once

  // itemList has what is without effect last, and a long list in parts.
  function itemList(list) {
    const sorted = [...list].sort((x, y) => !!x.noEffect - !!y.noEffect);
    const ul = el("ul", { class: "items" }, sorted.slice(0, many).map(item));
    if (sorted.length <= many) return ul;
    const more = el("button", { type: "button", class: "more" }, "Show " + (sorted.length - many) + " more");
    more.addEventListener("click", () => {
      ul.append(...sorted.slice(many).map(item));
      more.remove();
    });
    return [ul, more];
  }

  function item(i) {
    const where = titleOf(i.policyType, i.policy) + (i.noEffect ? "; has no effect, since the action does not act on such a resource" : "");
    const what = i.text ? [el("span", { class: "note" }, "not understood, compared as text: "), el("code", {}, i.text)] : [
      el("span", { class: "effect " + i.effect }, i.effect), " ", i.notAction && "anything but ", el("code", {}, actionOf(i)),
      i.resource && [" on ", i.notResource && "anything but ", el("code", {}, i.resource)],
      i.resourceType && el("span", { class: "note" }, " (" + i.resourceType + ")"),
      i.principal && [" to ", i.notPrincipal && "anyone but ", el("code", {}, i.principal)],
      i.condition && [" if ", el("code", {}, i.condition)]];
    return el("li", { class: i.noEffect ? "idle" : false }, what, el("div", { class: "where" }, where));
  }

  function attributes(e) {
    const all = e.attributes || [];
    if (!all.length) return [];
    return [el("h4", {}, "Also different"), el("table", {},
      el("thead", {}, el("tr", {}, ["", tag.a, tag.b].map((t) => el("th", { scope: "col" }, t)))),
      el("tbody", {}, all.map((x) => el("tr", {}, el("th", { scope: "row" }, x.name), el("td", { class: "mono" }, x.a || "–"), el("td", { class: "mono" }, x.b || "–")))))];
  }

  // --- two documents next to each other ------------------------------------------

  function policies(e) {
    return [...(e.policies || [])].sort((x, y) => x.same - y.same).map((p) => el("section", { class: "policy" },
      el("h4", {}, titleOf(p.type, p.name), pill(p)), problems("a", p.inA), problems("b", p.inB), sheet(p)));
  }

  const titleOf = (type, name) => type === "trust" ? "trust policy" : type + " policy " + name;

  function pill(p) {
    const status = p.same ? "same" : !(p.inA || []).length ? "only-b" : !(p.inB || []).length ? "only-a" : "different";
    return el("span", { class: "pill " + status }, titles[status]);
  }

  const problems = (s, documents) => (documents || []).filter((d) => d.problem)
    .map((d) => el("p", {}, el("b", {}, tag[s] + ": not understood: "), d.problem));

  function sheet(p) {
    const head = (s, documents) => el("h5", { class: s }, tag[s], (documents || []).map((d) => d.arn || d.name).filter(Boolean).map((n) => ": " + n).join(""));
    const box = el("div", { class: "sheet" }, head("a", p.inA), head("b", p.inB));
    const left = lines(p.inA), right = lines(p.inB);
    if (!left || !right) {
      const only = left || right || [];
      for (const text of only) {
        const row = [line("a", left ? "only a" : "gap", left ? "−" : "", left ? text : ""), line("b", right ? "only b" : "gap", right ? "+" : "", right ? text : "")];
        box.append(...row);
      }
      return box;
    }
    rows(box, align(left, right), left, right);
    return box;
  }

  // lines are a side's documents, one member to a line; null where it has none.
  function lines(documents) {
    if (!documents || !documents.length) return null;
    return documents.flatMap((d) => pretty(d.text).split("\n"));
  }

  // pretty lays a document out. JSON.parse would lose members that occur twice
  // and change long numbers, so the text itself is indented, token by token.
  function pretty(text) {
    let out = "", depth = 0, m;
    const token = /"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+/gsy;
    const gap = /\s*/gy;
    const indent = () => "\n" + "  ".repeat(Math.max(0, depth));
    let last = "";
    for (;;) {
      gap.lastIndex = token.lastIndex;
      gap.exec(text);
      token.lastIndex = gap.lastIndex;
      if (token.lastIndex >= text.length) return out;
      m = token.exec(text);
      if (!m) return text; // no JSON: as it is
      const t = m[0];
      if (t === "}" || t === "]") {
        depth--;
        if (last !== "{" && last !== "[") out += indent();
      } else if (last === "{" || last === "[" || last === ",") {
        out += indent();
      }
      out += t === ":" ? ": " : t;
      if (t === "{" || t === "[") depth++;
      last = t;
    }
  }

  // normal texts are the same where the dictionary makes lines equal, replacement by
  // replacement as the comparison did.
  function normal(text) {
    text = bare(text);
    for (const [from, to] of report.equal || []) text = text.split(from).join(to);
    return text;
  }

  // bare is a line without the comma that all but the last of a list have.
  const bare = (text) => text.replace(/,$/, "");

  // align finds the longest common subsequence of two lists of lines: pairs of
  // indices, -1 where a side has nothing.
  function align(a, b) {
    const x = a.map(normal), y = b.map(normal);
    let start = 0, endA = x.length, endB = y.length;
    while (start < endA && start < endB && x[start] === y[start]) start++;
    while (endA > start && endB > start && x[endA - 1] === y[endB - 1]) { endA--; endB--; }
    const pairs = [];
    for (let i = 0; i < start; i++) pairs.push([i, i]);
    pairs.push(...between(x, y, start, endA, endB));
    for (let i = 0; endA + i < x.length; i++) pairs.push([endA + i, endB + i]);
    return pairs;
  }

  // between aligns what differs. Beyond some size it gives up on finding what is
  // common inside: the table would take the browser's memory.
  function between(x, y, start, endA, endB) {
    const n = endA - start, m = endB - start, pairs = [];
    const common = n * m <= 4e6 ? longest(x, y, start, n, m) : [];
    let i = 0, j = 0;
    for (const [p, q] of [...common, [n, m]]) {
      for (; i < p || j < q; i++, j++) pairs.push([i < p ? start + i : -1, j < q ? start + j : -1]);
      if (p < n) pairs.push([start + p, start + q]);
      i = p + 1;
      j = q + 1;
    }
    return pairs;
  }

  function longest(x, y, start, n, m) {
    const table = Array.from({ length: n + 1 }, () => new Uint16Array(m + 1));
    for (let i = n - 1; i >= 0; i--) {
      for (let j = m - 1; j >= 0; j--) {
        table[i][j] = x[start + i] === y[start + j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
      }
    }
    const common = [];
    for (let i = 0, j = 0; i < n && j < m;) {
      if (x[start + i] === y[start + j]) common.push([i++, j++]);
      else if (table[i + 1][j] >= table[i][j + 1]) i++;
      else j++;
    }
    return common;
  }

  const around = 3; // lines of context that stay

  // rows fills in a sheet. Long stretches that are the same are folded.
  function rows(box, pairs, left, right) {
    const same = pairs.map(([i, j]) => i >= 0 && j >= 0 && normal(left[i]) === normal(right[j]));
    for (let k = 0; k < pairs.length;) {
      let end = k;
      while (end < pairs.length && same[end]) end++;
      const head = k === 0 ? 0 : around, tail = end === pairs.length ? 0 : around;
      if (end - k > head + tail + 4) {
        const from = k + head, to = end - tail;
        for (let r = k; r < from; r++) row(box, pairs[r], left, right, true);
        fold(box, pairs.slice(from, to), left, right);
        for (let r = to; r < end; r++) row(box, pairs[r], left, right, true);
      } else {
        for (let r = k; r < end; r++) row(box, pairs[r], left, right, true);
      }
      if (end < pairs.length) row(box, pairs[end], left, right, false);
      k = end + 1;
    }
  }

  function fold(box, pairs, left, right) {
    const alias = pairs.some(([i, j]) => bare(left[i]) !== bare(right[j]));
    const button = el("button", { type: "button", class: "skipped" }, "⋯ " + pairs.length + " lines that are the same" + (alias ? ", or made equal by the dictionary" : ""));
    button.addEventListener("click", () => {
      const shown = el("div", {});
      for (const p of pairs) row(shown, p, left, right, true);
      button.replaceWith(...shown.childNodes);
    });
    box.append(button);
  }

  function row(box, [i, j], left, right, same) {
    if (same) {
      const alias = bare(left[i]) !== bare(right[j]);
      const kind = alias ? "alias" : "";
      const [x, y] = alias ? marked(left[i], right[j]) : [left[i], right[j]];
      box.append(line("a", kind, alias ? "≈" : "", x), line("b", kind, alias ? "≈" : "", y));
      return;
    }
    let x = i >= 0 ? left[i] : "", y = j >= 0 ? right[j] : "";
    if (i >= 0 && j >= 0) [x, y] = marked(x, y);
    box.append(line("a", i >= 0 ? "only a" : "gap", i >= 0 ? "−" : "", x), line("b", j >= 0 ? "only b" : "gap", j >= 0 ? "+" : "", y));
  }

  const spoken = { "−": "only here: ", "+": "only here: ", "≈": "equal by the dictionary: " };

  function line(side, kind, mark, content) {
    return el("div", { class: "l " + (side === "b" ? "r " : "") + kind, "data-mark": mark },
      el("span", {}, spoken[mark] && el("span", { class: "out" }, spoken[mark]), content));
  }

  // marked marks what differs within two lines.
  function marked(x, y) {
    let head = 0, tail = 0;
    const n = Math.min(x.length, y.length);
    while (head < n && x[head] === y[head]) head++;
    while (tail < n - head && x[x.length - 1 - tail] === y[y.length - 1 - tail]) tail++;
    if (head + tail < n / 3) return [x, y]; // another line altogether
    const parts = (s) => [s.slice(0, head), s.length > head + tail && el("mark", {}, s.slice(head, s.length - tail)), s.slice(s.length - tail)];
    return [parts(x), parts(y)];
  }

  // --- the filter ----------------------------------------------------------------

  const text = byId("text"), service = byId("service"), kind = byId("kind"), linked = byId("linked");
  const statuses = [...document.querySelectorAll(".count")];
  const wanted = new Set();

  function matches(e) {
    if (wanted.size && !wanted.has(e.status)) return false;
    if (service.value && !servicesOf(e).has(service.value)) return false;
    if (kind.value && e.kind !== kind.value) return false;
    if (!linked.checked && e.serviceLinked) return false;
    return text.value.toLowerCase().split(/\s+/).filter(Boolean).every((w) => textOf(e).includes(w));
  }

  function update() {
    let n = 0;
    for (const view of views) {
      const show = matches(view.entity);
      view.article.hidden = !show;
      if (show) n++;
    }
    empty.hidden = n > 0;
    byId("shown").textContent = n === views.length ? plural(n, "entry", "entries") : n + " of " + plural(views.length, "entry", "entries");
  }

  const shown = () => views.filter((v) => !v.article.hidden);

  function options(select, values) {
    for (const v of [...values].sort()) select.append(el("option", { value: v }, v));
  }

  const empty = el("p", { class: "empty", hidden: true }, entities.length ? "Nothing fits the filter." : "There is nothing to compare.");
  list.append(...views.map(makeArticle), empty);
  options(service, new Set(entities.flatMap((e) => [...servicesOf(e)])));
  const kinds = new Set(entities.map((e) => e.kind));
  options(kind, kinds);
  kind.parentElement.hidden = kinds.size < 2;
  linked.parentElement.hidden = !entities.some((e) => e.serviceLinked);

  // What is the same is not what somebody opens a comparison for.
  for (const b of statuses) {
    const status = b.dataset.status;
    if (status !== "same" && status !== "same-in-effect" && entities.some((e) => e.status === status)) {
      wanted.add(status);
      b.setAttribute("aria-pressed", "true");
    }
    b.addEventListener("click", () => {
      wanted.has(status) ? wanted.delete(status) : wanted.add(status);
      b.setAttribute("aria-pressed", String(wanted.has(status)));
      update();
    });
  }
  for (const input of [text, service, kind, linked]) input.addEventListener("input", update);
  byId("open").addEventListener("click", () => shown().forEach((v) => toggle(v, true)));
  byId("close").addEventListener("click", () => views.forEach((v) => v.body.hidden || toggle(v, false)));

  // / goes to the filter, the arrows go from row to row.
  document.addEventListener("keydown", (ev) => {
    const field = ["INPUT", "SELECT"].includes(ev.target.tagName);
    if (ev.key === "/" && !field && !ev.ctrlKey && !ev.metaKey && !ev.altKey) {
      ev.preventDefault();
      text.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
    if (step && ev.target.classList.contains("row")) {
      const all = shown();
      const next = all[all.findIndex((v) => v.button === ev.target) + step];
      if (next) {
        ev.preventDefault();
        next.button.focus();
      }
    }
  });

  // #role%2Fapp1 opens an entity: a place in the report to send.
  function follow() {
    const view = views.find((v) => location.hash === anchor(v.entity));
    if (!view || !location.hash) return;
    view.article.hidden = false;
    toggle(view, true);
    view.article.scrollIntoView();
  }
  addEventListener("hashchange", follow);

  // A print shows what differs, opened, unless that would be a book.
  let printed = [];
  addEventListener("beforeprint", () => {
    const closed = shown().filter((v) => v.body.hidden);
    printed = closed.length <= 200 ? closed : [];
    printed.forEach((v) => toggle(v, true));
  });
  addEventListener("afterprint", () => printed.forEach((v) => toggle(v, false)));

  update();
  follow();
})();
