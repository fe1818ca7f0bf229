// Finds pages and sections.  Loaded when the search is opened, and by the search page itself.
(() => {
  "use strict";
  if (self.dlsiteSearch) return;
  const link = document.querySelector("[data-search]");
  const words = link.dataset;
  const name = link.firstChild.data.trim();
  const root = new URL(".", document.currentScript.src);
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // Words to terms, to the letter as in dlsite/search/words.py

  const UNSPACED = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3134f}";
  const RUN = new RegExp(`([${UNSPACED}]+)|[^${UNSPACED}]+`, "gu");
  const ENDINGS = [
    [/^embed.*$/, "embed"], [/(matri)ces$/, "$1x"], [/(ind|vert)ices$/, "$1ex"], [/^(..+)ies$/, "$1y"],
    [/(ss|sh|ch|x)es$/, "$1"], [/([^aius]|...a)s$/, "$1"],
    [/^(?=...+(?:ed|ing)$)(.*[aeiouy].*[^e])(?:ed|ing)$/, "$1"], [/(.[aeiouy]([bdfgmnprt]))\2$/, "$1"],
    [/(i[sz])ation(?:al)?$/, "$1"], [/(...[st])ion(?:al)?$/, "$1"], [/(...)e$/, "$1"],
  ];
  const stem = (word) => /^[a-z]{4,}$/.test(word)
    ? ENDINGS.reduce((rest, [ending, left]) => rest.replace(ending, left), word) : word;
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFC").toLowerCase();
  // All terms of a text with the words they come from.  The last sign of a run of East Asian
  // script is a term in the index, and in a query where it stands alone.
  const termsOf = (text, isQuery) => (fold(text).match(/[\p{L}\p{N}]+/gu) || []).flatMap((word) =>
    [...word.matchAll(RUN)].flatMap(([run, isUnspaced]) => {
      if (!isUnspaced) return [[stem(run), run]];
      const signs = [...run];
      const pairs = signs.map((sign, i) => sign + (signs[i + 1] || ""));
      return (isQuery && pairs.length > 1 ? pairs.slice(0, -1) : pairs).map((pair) => [pair, pair]);
    }));
  // A name of several words may be asked for by its initials.
  const initialsOf = (terms) => /^[a-z]{3,6}$/.exec(terms.map(([, word]) => word[0]).join(""))?.[0];

  // The index, read piece by piece.  Every piece is a script that calls `dlsiteSearch`: a page
  // that was opened from the disk may load nothing else.

  const arrived = {};
  let pieces = {};
  const read = (piece) => pieces[piece] ||= new Promise((resolve) => {
    const script = make("script", { src: new URL(`search/index/${piece}`, root) });
    script.onload = script.onerror = () => {
      // What did not come this time may come the next.
      if (!(script.src in arrived)) delete pieces[piece];
      resolve(arrived[script.src]);
      script.remove();
    };
    document.head.append(script);
  });
  const load = async () => {
    const manifest = await read("manifest.js");
    const titles = manifest && await read(manifest.titles);
    if (titles) titles.quick ||= quickIndex(titles);
    return titles && { ...manifest, ...titles };
  };

  // What can be looked up without another file, by term and page: what the term weighs in
  // title, names and tags, what it weighs in a heading, and in which.
  const quickIndex = ({ titles, names, tags, tagged, headings }) => {
    const quick = {};
    const add = (page, text, most, section) => {
      const terms = termsOf(text);
      const weights = new Map(terms.map(([term]) => [term, most / (0.8 + 0.2 * terms.length)]));
      const initials = initialsOf(terms);
      if (initials) weights.set(initials, most);
      for (const [term, weight] of weights) {
        const entry = (quick[term] ||= new Map()).get(page) || [0, 0, 0];
        if (!section) entry[0] += weight;
        else if (weight > entry[1]) entry.splice(1, 2, weight, section);
        quick[term].set(page, entry);
      }
    };
    titles.forEach((title, page) => {
      add(page, title, 16);
      names[page].forEach((other) => add(page, other, 8));
      tagged[page].forEach((tag) => add(page, tags[tag], 4));
      headings?.[page].forEach((heading, i) => add(page, heading, 8, i + 1));
    });
    return quick;
  };

  // The shards in which terms from one to the other may stand.
  const shardsFor = ({ starts, shards }, from, to) => Promise.all(shards
    .filter((_, i) => starts[i] <= to && (i + 1 === shards.length || starts[i + 1] > from))
    .map(read));
  // Postings are digits of base 91; those from 45 on say that another digit of a distance follows.
  const BASE = 45;
  const eachPosting = (text, found) => {
    const digits = [...text].map((sign) => sign.charCodeAt() - (sign > "\\" ? 36 : 35));
    for (let i = 0, page = 0; i < digits.length;) {
      let distance = digits[i] % BASE;
      while (digits[i++] >= BASE) distance = distance * BASE + digits[i] % BASE;
      page += distance;
      found(page, digits[i++], digits[i++]);
    }
  };

  // Looking up

  // How well a term answers a word: 1 as the same, 0 not at all.
  const ENDINGS_LOST = ["", "s", "e", "es", "ed", "ing", "ion", "ional", "ation"];
  const isSame = (term, { text, stem }) => Number(term === stem || term === text);
  const isBegun = (term, { text }) => {
    if (term.startsWith(text)) return 0.5 + 0.4 * text.length / term.length;
    // `convolutio`, on the way to `convolution`, is longer than the stem.
    return term.length > 3 && text.startsWith(term) && ENDINGS_LOST.some((ending) => (term + ending).startsWith(text)) ? 0.6 : 0;
  };
  // One letter too many, too few or wrong, or two in the wrong order.
  const isMistyped = (text, word) => {
    let i = 0;
    while (i < word.length && text[i] === word[i]) i++;
    const rest = (m, n) => {
      const [x, y] = [text.slice(i + m), word.slice(i + n)];
      return x === y || (text.length > 5 && x && y.startsWith(x));
    };
    return rest(1, 1) || rest(1, 0) || rest(0, 1) || (text[i] === word[i + 1] && text[i + 1] === word[i] && rest(2, 2));
  };
  const isNear = (term, { text }) => text.length > 3 && term.length > 3
    && ENDINGS_LOST.some((ending) => isMistyped(text, term + ending)) ? 0.5 : 0;
  // By page, the most that a word weighs there and the section that it does so in.
  const weigh = (index, shards, word, likeness) => {
    const best = new Map();
    for (const term of new Set([index.quick, ...shards].flatMap((terms) => Object.keys(terms || {})))) {
      const value = likeness(term, word);
      if (!value) continue;
      word.terms.add(term);
      const entries = new Map(index.quick[term]);
      for (const shard of shards) eachPosting(shard?.[term] || "", (page, section, steps) => {
        const [title, heading] = entries.get(page) || [0, 0];
        if (steps / index.steps >= heading) entries.set(page, [title, steps / index.steps, section]);
      });
      for (const [page, [title, text, section]] of entries) {
        const weight = value * (title + text);
        if (weight > (best.get(page)?.[0] || 0)) best.set(page, [weight, section]);
      }
    }
    return best;
  };
  // The last word may only have been begun; any word may have been mistyped.
  const lookUp = async (index, word, isLast) => {
    const { text, stem } = word;
    const isShort = text.length < 3;
    const from = isShort ? stem : text.slice(0, Math.max(3, text.length - 5));
    const to = isShort ? stem : `${text > stem ? text : stem}\uffff`;
    const shards = await shardsFor(index, from, to);
    const attempt = (likeness) => weigh(index, shards, word, (term) => isSame(term, word) || likeness(term, word));
    let best = isLast ? new Map() : attempt(() => 0);
    if (!best.size) best = attempt(isBegun);
    if (best.size) return best;
    const start = text.slice(0, 2);
    return weigh(index, await shardsFor(index, start, `${start}\uffff`), word, isNear);
  };
  // Returns the pages that answer a query, best first, and the words that were looked for.
  const find = async (query) => {
    const index = await load();
    const asked = termsOf(query, true).map(([stem, text]) => ({ stem, text, terms: new Set() }));
    if (!index || !asked.length) return { index, asked, found: [] };
    const pages = new Map();
    let all = 0;
    for (const best of await Promise.all(asked.map((word, i) => lookUp(index, word, i === asked.length - 1)))) {
      const rarity = Math.log((index.titles.length + 1) / (best.size + 0.5)) + 0.01;
      all += rarity;
      for (const [page, [weight, section]] of best) {
        const entry = pages.get(page) || { page, score: 0, matched: 0, sections: [] };
        entry.score += rarity * weight;
        entry.matched += rarity;
        entry.sections[section] = (entry.sections[section] || 0) + rarity * weight;
        pages.set(page, entry);
      }
    }
    const found = [...pages.values()];
    for (const entry of found) {
      // Words that stand in one section belong together more than those all over a page.
      entry.score += Math.max(...Object.values(entry.sections)) / 4;
      entry.score *= (entry.matched / all) ** 2;
    }
    found.sort((a, b) => b.score - a.score || a.page - b.page);
    const most = Math.max(...found.map((entry) => entry.matched));
    return { index, asked, found: found.filter((entry) => entry.matched >= 0.6 * most) };
  };

  // Showing: the words of the query are marked

  const PIECE = new RegExp(`[${UNSPACED}]+|((?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, "gu");
  const marksOf = (text, asked) => [...text.matchAll(PIECE)].flatMap(({ 0: piece, 1: isSpaced, index }) => {
    const parts = isSpaced ? termsOf(piece).map(([term]) => [term, 0, piece.length])
      : [...piece].map((_, i) => [piece.slice(i, i + 2), i, i + 2]);
    return parts.flatMap(([term, from, to]) => asked.flatMap((word, number) => word.terms.has(term)
      ? [{ from: index + from, to: index + (isSpaced ? to : from + word.text.length), number }] : []));
  });
  const marksOfName = (name, asked) => {
    const initials = initialsOf(termsOf(name));
    const number = asked.findIndex(({ terms }) => terms.has(initials));
    return number < 0 ? marksOf(name, asked) : [{ from: 0, to: name.length, number }];
  };
  const marked = (text, marks, start = 0, end = text.length) => {
    const nodes = [];
    let done = start;
    for (const { from, to } of marks) {
      if (from < start || to > end || to <= done) continue;
      const at = Math.max(from, done);
      nodes.push(text.slice(done, at), make("mark", { textContent: text.slice(at, to) }));
      done = to;
    }
    return [...nodes, text.slice(done, end)];
  };
  const differentWords = (marks) => new Set(marks.map(({ number }) => number)).size;
  // The part of a text with most of the words.
  const LENGTH = 150;
  const excerpt = (text, asked) => {
    const marks = marksOf(text, asked);
    let [most, at] = [0, 0];
    marks.forEach(({ from }, i) => {
      const count = differentWords(marks.slice(i).filter(({ to }) => to < from + LENGTH - 40));
      if (count > most) [most, at] = [count, from];
    });
    const start = at < 50 ? 0 : text.lastIndexOf(" ", at - 30) + 1 || at - 30;
    const blank = text.lastIndexOf(" ", start + LENGTH);
    const end = text.length <= start + LENGTH ? text.length : blank > at ? blank : start + LENGTH;
    return [start ? "… " : "", ...marked(text, marks, start, end), end < text.length ? " …" : ""];
  };
  let count = 0;
  const option = ({ urls }, page, fragment, className, title, text) => {
    const url = new URL(urls[page], root);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) url.pathname += "index.html";
    url.hash = fragment;
    return make("a", { id: `searchOption${count++}`, href: url.href, className, tabIndex: -1, role: "option", ariaSelected: false },
      make("span", { className: "search-title" }, ...title), make("span", { className: "search-text" }, ...text));
  };
  // The lines of a page: itself, and the sections that have most of the words.
  const linesOf = ({ index, asked }, page, [lead, sections]) => {
    const title = index.titles[page];
    const scored = sections.map(([heading, fragment, text], number) => {
      const inHeading = heading === title ? [] : marksOfName(heading, asked);
      const score = differentWords(inHeading) + 2 * differentWords([...inHeading, ...marksOf(text, asked)]);
      return { heading, fragment, text, number, inHeading, score };
    });
    const isInLead = !scored[0]?.score || marksOf(lead, asked).length;
    const shown = scored.slice(1).filter(({ score }) => score).sort((a, b) => b.score - a.score || a.number - b.number);
    return [
      option(index, page, "", "", marked(title, marksOfName(title, asked)), excerpt(isInLead ? lead : scored[0].text, asked)),
      ...shown.slice(0, 3).filter(({ score }) => score > shown[0].score / 2).map(({ heading, fragment, text, inHeading }) =>
        option(index, page, fragment, "search-section", marked(heading, inHeading), excerpt(text, asked))),
    ];
  };

  // The field, the tags, the list.  `asks` is told every query, `leaves` that a result is opened.

  const FIRST = 4, MOST = 20, TAGS = 8, PATIENCE_MS = 50;
  const panel = (asks, leaves) => {
    const list = make("div", { id: "searchResults", className: "search-results", role: "listbox", ariaLabel: name });
    const input = make("input", {
      className: "search-input", role: "combobox", ariaLabel: name, ariaExpanded: false, ariaAutoComplete: "list",
      autocomplete: "off", spellcheck: false, enterKeyHint: "search", placeholder: words.placeholder,
    });
    input.setAttribute("aria-controls", list.id);
    const tags = make("div", { className: "search-tags", role: "group", ariaLabel: words.tags });
    const status = make("p", { className: "search-status", role: "status" });
    const chosen = new Set();
    let turn = 0;

    const selected = () => list.querySelector("[aria-selected='true']");
    const select = (element) => {
      selected()?.setAttribute("aria-selected", false);
      element?.setAttribute("aria-selected", true);
      element?.scrollIntoView({ block: "nearest" });
      if (element) input.setAttribute("aria-activedescendant", element.id);
      else input.removeAttribute("aria-activedescendant");
    };
    const move = (by) => {
      const all = [...list.querySelectorAll("[role='option']")];
      select(all[(all.indexOf(selected()) + by + all.length) % all.length]);
    };
    const showTags = ({ index, found }) => {
      const counts = new Map([...chosen].map((tag) => [tag, 0]));
      for (const { page } of found) for (const tag of index.tagged[page]) counts.set(tag, (counts.get(tag) || 0) + 1);
      // A tag that all of them have is no choice.
      const top = [...counts].filter(([tag, count]) => chosen.has(tag) || count < found.length).sort((a, b) => chosen.has(b[0]) - chosen.has(a[0]) || b[1] - a[1] || a[0] - b[0]);
      tags.replaceChildren(...top.slice(0, TAGS).map(([tag, count]) => make("button", {
        type: "button", className: "chip", ariaPressed: chosen.has(tag),
        onclick: () => {
          if (!chosen.delete(tag)) chosen.add(tag);
          show();
          input.focus();
        },
      }, index.tags[tag], " ", make("span", { className: "count", textContent: count }))));
    };
    // A page has its title at once, and the words around the query when its text is there.
    const fill = async (answer, group, page) => {
      const text = await read(`${answer.index.texts[page]}.js`);
      if (!text) return;
      const isSelected = group.contains(selected());
      group.replaceChildren(...linesOf(answer, page, text));
      if (isSelected) select(group.firstChild);
    };
    const later = new IntersectionObserver((entries) => entries.forEach(({ isIntersecting, target }) => {
      if (!isIntersecting) return;
      later.unobserve(target);
      target.fill();
    }));
    const show = async () => {
      const own = ++turn;
      asks(input.value);
      const answer = await find(input.value);
      const found = answer.found.filter(({ page }) => [...chosen].every((tag) => answer.index.tagged[page].includes(tag)));
      const groups = found.slice(0, MOST).map(({ page }) => {
        const group = make("div", { role: "group", ariaLabel: answer.index.titles[page] });
        group.append(...linesOf(answer, page, ["", []]));
        group.fill = () => fill(answer, group, page);
        return group;
      });
      const first = Promise.all(groups.slice(0, FIRST).map((group) => group.fill()));
      await Promise.race([first, new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); })]);
      if (own !== turn) return;
      later.disconnect();
      list.replaceChildren(...groups);
      input.ariaExpanded = groups.length > 0;
      if (answer.index) showTags({ ...answer, found });
      select(list.querySelector("[role='option']"));
      list.scrollTop = 0;
      status.textContent = !answer.index ? words.failed : !answer.asked.length ? ""
        : !found.length ? words.none : found.length === 1 ? words.one : words.many.replace("#", found.length);
      await first;
      if (own === turn) groups.slice(FIRST).forEach((group) => later.observe(group));
    };
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) move(step);
      else if (event.key === "Enter" && selected()) {
        if (event.ctrlKey || event.metaKey) open(selected().href, "_blank", "noopener");
        else selected().click();
      } else return;
      event.preventDefault();
    });
    list.addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.target.closest("a")) leaves();
    });
    return { input, show, parts: [status, tags, list] };
  };

  // Where it is shown: in a dialog over any page, or in the search page

  document.head.append(make("link", { rel: "stylesheet", href: words.style }));
  // The preview has put another state of the site in place.
  addEventListener("dlsite-page", () => { pieces = {}; });

  let inPage, dialog, input, show;
  const place = document.querySelector("[data-search-place]");
  if (place) {
    const all = document.querySelector("[data-search-list]");
    const asks = (query) => {
      if (all) all.hidden = query.trim() !== "";
      // A page that was opened from the disk may not change its address.
      try { history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname); } catch { /* it stays */ }
    };
    inPage = panel(asks, () => {});
    place.className = "search";
    place.append(inPage.input, ...inPage.parts);
    inPage.input.value = new URLSearchParams(location.search).get("q") || "";
    if (inPage.input.value) inPage.show();
  }
  const openDialog = (typed) => {
    if (!dialog) {
      const own = panel(() => {}, () => dialog.close());
      const close = make("button", { type: "button", className: "button", textContent: words.close, onclick: () => dialog.close() });
      ({ input, show } = own);
      dialog = make("dialog", { className: "search", ariaLabel: name }, make("div", { className: "search-bar" }, input, close), ...own.parts);
      dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
      document.body.append(dialog);
    }
    // A dialog gives the focus back to what had it.
    if (!dialog.open) dialog.showModal();
    input.focus();
    input.select();
    if (typed) input.value = typed;
    if (typed) show();
    else load();
  };
  const search = (value) => { arrived[document.currentScript.src] = value; };
  search.load = load;
  search.find = find;
  search.terms = (text) => termsOf(text).map(([term]) => term);
  search.open = (typed) => { if (inPage) inPage.input.focus(); else openDialog(typed); };
  self.dlsiteSearch = search;
})();
