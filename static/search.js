// Finds pages and sections.  Loaded when the search is opened, and by the search page itself.
(() => {
  "use strict";
  if (self.dlsiteSearch) return;
  const link = document.querySelector("[data-search]");
  const words = link.dataset;
  const name = link.firstChild.data.trim();
  const { lang, dir } = document.documentElement;
  const root = new URL(".", document.currentScript.src);
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // Words to terms, to the letter as in dlsite/search/words.py

  // What is passed over, what stands in words and is no letter, scripts that write no blanks between words.
  const ACCENTS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670";
  const UNSPACED = "\u0e01-\u0edf\u1000-\u1049\u1780-\u17d3\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3134f}";
  const RUN = RegExp(`([${UNSPACED}]+)|((?![${UNSPACED}])[\\p{L}\\p{N}${ACCENTS}\u0900-\u0963\u0966-\u0df3])+`, "gu");
  const ENDINGS = [
    [/^embed.*$/, "embed"], [/(matri)ces$/, "$1x"], [/(ind|vert)ices$/, "$1ex"], [/^(..+)ies$/, "$1y"],
    [/(ss|sh|ch|x)es$/, "$1"], [/([^aius]|...a)s$/, "$1"],
    [/^(?=...+(?:ed|ing)$)(.*[aeiouy].*[^e])(?:ed|ing)$/, "$1"], [/(.[aeiouy]([bdfgmnprt]))\2$/, "$1"],
    [/(i[sz])ation(?:al)?$/, "$1"], [/(...[st])ion(?:al)?$/, "$1"], [/(...)e$/, "$1"],
  ];
  const stem = (word) => /^[a-z]{4,}$/.test(word)
    ? ENDINGS.reduce((rest, [ending, left]) => rest.replace(ending, left), word) : word;
  const fold = (text) => text.normalize("NFKD").replace(RegExp(`[${ACCENTS}]`, "g"), "")
    .replace(/\u0629/g, "\u0647").replace(/[\u0649\u06cc]/g, "\u064a").replace(/\u0e4d\u0e32/g, "\u0e33").normalize("NFC").toLowerCase();
  // What Arabic writes before a name without a blank.
  const ARTICLE = /^([\u0648\u0628\u0643\u0641]?\u0627|\u0644)\u0644(?=..)/;
  // Every two signs of a run, and the last: in a query only where it stands alone.
  const pairsOf = (run, isQuery) => {
    const signs = [...run];
    const pairs = signs.map((sign, i) => sign + (signs[i + 1] || ""));
    return isQuery && pairs.length > 1 ? pairs.slice(0, -1) : pairs;
  };
  // The terms of a text, each with the word that it comes from.
  const termsOf = (text, isQuery) => [...fold(text).matchAll(RUN)].flatMap(([run, isUnspaced]) =>
    isUnspaced ? pairsOf(run, isQuery).map((pair) => [pair, pair]) : [...run].length > 40 ? []
      : [[stem(run = run.replace(ARTICLE, "")), run]]);
  // A name of several words may be asked for by its initials.
  const initialsOf = (terms) => /^[a-z]{3,6}$/.exec(terms.map(([, word]) => word[0]).join(""))?.[0];

  // The index, piece by piece: scripts that call `dlsiteSearch`, as a page that was opened from
  // the disk may load nothing else

  const arrived = {};
  let pieces = {};
  const read = (piece) => pieces[piece] ||= new Promise((resolve) => {
    const script = make("script", { src: new URL(`search/index/${piece}`, root) });
    script.onload = script.onerror = () => {
      // What did not come this time may come the next.
      if (!arrived[script.src]) delete pieces[piece];
      resolve(arrived[script.src]);
      script.remove();
    };
    document.head.append(script);
  });
  const load = async () => {
    const manifest = await read("manifest.js");
    const titles = manifest && await read(manifest.titles);
    if (titles) {
      titles.quick ||= quickIndex(titles);
      titles.named ||= titles.titles.map((title) => termsOf(title).map(([term]) => term));
    }
    return titles && { ...manifest, ...titles };
  };
  // By term and page, without another file: what the term weighs in title, names and tags, what
  // it weighs in a heading, and in which.
  const quickIndex = ({ titles, names, tags, tagged, headings }) => {
    const quick = new Map();
    const add = (page, text, most, section) => {
      const terms = termsOf(text);
      const weights = new Map(terms.map(([term]) => [term, most / (0.8 + 0.2 * terms.length)]));
      const initials = initialsOf(terms);
      if (initials) weights.set(initials, most);
      for (const [term, weight] of weights) {
        const pages = quick.get(term) || new Map();
        const entry = pages.get(page) || [0, 0, 0];
        if (!section) entry[0] += weight;
        else if (weight > entry[1]) entry.splice(1, 2, weight, section);
        quick.set(term, pages.set(page, entry));
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
  // The postings of all terms between two.
  const postings = async ({ starts, shards }, from, to) => new Map((await Promise.all(shards
    .filter((_, i) => starts[i] <= to && !(starts[i + 1] <= from))
    .map(read))).flatMap((shard) => Object.entries(shard || {})));
  // Digits of base 91: the distance from the page before, where those from 45 on say that another
  // follows; the section; the weight.
  const eachPosting = (text, found) => {
    const digits = [...text].map((sign) => sign.charCodeAt() - (sign > "\\" ? 36 : 35));
    for (let i = 0, page = 0; i < digits.length;) {
      let distance = digits[i] % 45;
      while (digits[i++] >= 45) distance = distance * 45 + digits[i] % 45;
      found(page += distance, digits[i++], digits[i++]);
    }
  };

  // Looking up

  const LOST = ["", "s", "e", "es", "ed", "ing", "ion", "ional", "ation"];
  // How well a term answers a word: 1 as the same, 0 not at all.
  const isSame = (term, { text, stem }) => Number(term === stem || term === text);
  const isBegun = (term, { text }) => term.startsWith(text) ? 0.5 + 0.4 * text.length / term.length
    // `convolutio`, on the way to `convolution`, is longer than the stem.
    : term.length > 3 && text.startsWith(term) && LOST.some((ending) => (term + ending).startsWith(text)) ? 0.6 : 0;
  // One letter too many, too few or wrong, or two in the wrong order.
  const isMistyped = (text, word) => {
    let i = 0;
    while (i < word.length && text[i] === word[i]) i++;
    const rest = (m, n) => {
      const [typed, meant] = [text.slice(i + m), word.slice(i + n)];
      return typed === meant || (text.length > 5 && typed && meant.startsWith(typed));
    };
    return rest(1, 1) || rest(1, 0) || rest(0, 1) || (text[i] === word[i + 1] && text[i + 1] === word[i] && rest(2, 2));
  };
  const isNear = (term, { text }) => LOST.some((ending) => (term + ending).length > 3 && isMistyped(text, term + ending)) ? 0.5 : 0;
  // By page, the most that a word weighs there and the section that it does so in.
  const weigh = ({ quick, steps }, texts, word, likeness) => {
    const best = new Map();
    for (const term of new Set([...quick.keys(), ...texts.keys()])) {
      const value = isSame(term, word) || likeness(term, word);
      if (!value) continue;
      word.terms.add(term);
      const entries = new Map(quick.get(term));
      eachPosting(texts.get(term) || "", (page, section, weight) => {
        const [title, heading] = entries.get(page) || [0, 0];
        if (weight / steps >= heading) entries.set(page, [title, weight / steps, section]);
      });
      for (const [page, [title, text, section]] of entries) {
        const weight = value * (title + text);
        if (!(best.get(page)?.[0] >= weight)) best.set(page, [weight, section]);
      }
    }
    return best;
  };
  // The last word may only have been begun; any word may have been mistyped.
  const lookUp = async (index, word, isLast) => {
    const { text, stem } = word;
    const isShort = text.length < 3;
    // What a word may have lost, up to six letters of `-izations`, is not in its stem.
    const begun = text.slice(0, Math.max(3, text.length - 5));
    const texts = await postings(index, isShort || stem < begun ? stem : begun,
      isShort ? stem : `${text > stem ? text : stem}\uffff`);
    let best = isLast ? new Map() : weigh(index, texts, word, isSame);
    if (!best.size) best = weigh(index, texts, word, isBegun);
    if (best.size || text.length < 4) return best;
    const start = text.slice(0, 2);
    return weigh(index, await postings(index, start, `${start}\uffff`), word, isNear);
  };
  // The pages that answer a query, best first, and the words that were looked for.
  const find = async (query) => {
    const index = await load();
    const asked = termsOf(query, true).map(([stem, text]) => ({ stem, text, terms: new Set() }));
    if (!index) return { asked, found: [] };
    const pages = new Map();
    let all = 0;
    for (const best of await Promise.all(asked.map((word, i) => lookUp(index, word, i === asked.length - 1)))) {
      const rarity = Math.log((index.titles.length + 1) / (best.size + 0.5)) + 0.01;
      all += rarity;
      for (const [page, [weight, section]] of best) {
        const entry = pages.get(page) || { page, score: 0, matched: 0, sections: {} };
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
      // Who types all of a title means that page, not one that is called so and more.
      const title = index.named[entry.page];
      const typed = title.filter((term) => asked.some(({ terms }) => terms.has(term))).length;
      const used = asked.filter(({ terms }) => title.some((term) => terms.has(term))).length;
      entry.score *= 1 + 3 * (typed * used / (title.length * asked.length || 1)) ** 3;
    }
    const most = Math.max(...found.map((entry) => entry.matched));
    return { index, asked, found: found.filter((entry) => entry.matched >= 0.6 * most).sort((a, b) => b.score - a.score || a.page - b.page) };
  };

  // Showing: the words of the query are marked

  const marksOf = (text, asked) => [...text.matchAll(RUN)].flatMap(({ 0: run, 1: isUnspaced, index }) =>
    (isUnspaced ? pairsOf(run) : termsOf(run).map(([term]) => term)).flatMap((term) => {
      const from = index;
      if (isUnspaced) index += term.codePointAt() > 0xffff ? 2 : 1;
      return asked.flatMap(({ terms, text: typed }, number) =>
        terms.has(term) ? [{ from, to: from + (isUnspaced ? typed : run).length, number }] : []);
    }));
  const marksOfName = (text, asked) => {
    const number = asked.findIndex(({ terms }) => terms.has(initialsOf(termsOf(text))));
    return number < 0 ? marksOf(text, asked) : [{ from: 0, to: text.length, number }];
  };
  const marked = (text, marks, start = 0, end = text.length) => {
    const nodes = [];
    for (const { from, to } of marks) {
      if (from < start || to > end) continue;
      nodes.push(text.slice(start, from), make("mark", { textContent: text.slice(from, to) }));
      start = to;
    }
    return [...nodes, text.slice(start, end)];
  };
  const wordsIn = (marks) => new Set(marks.map(({ number }) => number)).size;
  // The part of a text with most of the words.
  const excerpt = (text, asked) => {
    const marks = marksOf(text, asked);
    let [most, at] = [0, 0];
    marks.forEach(({ from }, i) => {
      const count = wordsIn(marks.slice(i, i + 20).filter(({ to }) => to < from + 110));
      if (count > most) [most, at] = [count, from];
    });
    const start = at < 50 ? 0 : text.lastIndexOf(" ", at - 30) + 1 || at - 30;
    const blank = text.lastIndexOf(" ", start + 150);
    const end = text.length <= start + 150 ? text.length : blank > at ? blank : start + 150;
    return [start ? "… " : "", ...marked(text, marks, start, end), end < text.length ? " …" : ""];
  };
  // What has no letter of Arabic or Hebrew runs from left to right on their sites as well.
  const line = (className, nodes) => {
    const span = make("span", { className }, ...nodes);
    span.dir = /[\u0590-\u08ff]/.test(span.textContent) ? dir : "ltr";
    return span;
  };
  let count = 0;
  const option = ({ urls }, page, fragment, className, title, text) => {
    const url = new URL(urls[page], root);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) url.pathname += "index.html";
    url.hash = fragment;
    return make("a", { id: `searchOption${count++}`, href: url, className, tabIndex: -1, role: "option", ariaSelected: false },
      line("search-title", title), line("search-text", text));
  };
  // The lines of a page: itself, and the sections that have most of the words.
  const linesOf = ({ index, asked }, page, [lead, [[, , start], ...sections]]) => {
    const title = index.titles[page];
    const scored = sections.map(([heading, fragment, text]) => {
      const named = heading === title ? [] : marksOfName(heading, asked);
      return { heading, fragment, text, named, score: wordsIn(named) + 2 * wordsIn([...named, ...marksOf(text, asked)]) };
    }).sort((a, b) => b.score - a.score);
    const isInStart = !marksOf(lead, asked).length && marksOf(start, asked).length;
    return [
      option(index, page, "", "", marked(title, marksOfName(title, asked)), excerpt(isInStart ? start : lead, asked)),
      ...scored.slice(0, 3).filter(({ score }) => score > scored[0].score / 2).map(({ heading, fragment, text, named }) =>
        option(index, page, fragment, "search-section", marked(heading, named), excerpt(text, asked))),
    ];
  };

  // The field, the tags and the list.  `asks` is told every query, `leaves` that a result is opened.

  const AT_ONCE = 4, MOST = 20, TAGS = 8, PATIENCE_MS = 50;
  const panel = (asks, leaves) => {
    const list = make("div", { id: "searchResults", className: "search-results", role: "listbox", ariaLabel: name });
    const input = make("input", {
      className: "search-input", role: "combobox", ariaLabel: name, ariaExpanded: false, ariaAutoComplete: "list",
      autocomplete: "off", dir: "auto", spellcheck: false, enterKeyHint: "search", placeholder: words.placeholder,
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
      input.setAttribute("aria-activedescendant", element?.id || "");
    };
    const showTags = ({ tagged, tags: named }, found) => {
      const counts = new Map([...chosen].map((tag) => [tag, 0]));
      for (const { page } of found) for (const tag of tagged[page]) counts.set(tag, (counts.get(tag) || 0) + 1);
      // A tag that all of them have is no choice.
      const top = [...counts].filter(([tag, count]) => chosen.has(tag) || count < found.length)
        .sort((a, b) => chosen.has(b[0]) - chosen.has(a[0]) || b[1] - a[1] || a[0] - b[0]);
      tags.replaceChildren(...top.slice(0, TAGS).map(([tag, count]) => make("button", {
        type: "button", className: "chip", ariaPressed: chosen.has(tag),
        onclick: () => {
          if (!chosen.delete(tag)) chosen.add(tag);
          show();
          input.focus();
        },
      }, named[tag], " ", make("span", { className: "count", textContent: count }))));
    };
    // A page has its title at once, and the words around the query when its text is there.
    const fill = async (group) => {
      const text = await read(`${group.answer.index.texts[group.page]}.js`);
      if (!text) return;
      const isSelected = group.contains(selected());
      group.replaceChildren(...linesOf(group.answer, group.page, text));
      if (isSelected) select(group.firstChild);
    };
    const later = new IntersectionObserver((entries) => entries.forEach(({ isIntersecting, target }) => {
      if (!isIntersecting) return;
      later.unobserve(target);
      fill(target);
    }));
    const show = async () => {
      const own = ++turn;
      asks(input.value);
      const answer = await find(input.value);
      const { index, asked } = answer;
      const found = answer.found.filter(({ page }) => [...chosen].every((tag) => index.tagged[page].includes(tag)));
      const groups = found.slice(0, MOST).map(({ page }) =>
        make("div", { page, answer, role: "group", ariaLabel: index.titles[page] }, ...linesOf(answer, page, ["", [["", "", ""]]])));
      const first = Promise.all(groups.slice(0, AT_ONCE).map(fill));
      await Promise.race([first, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      if (own !== turn) return;
      later.disconnect();
      list.replaceChildren(...groups);
      list.scrollTop = 0;
      input.ariaExpanded = groups.length > 0;
      if (index) showTags(index, found);
      select(list.querySelector("a"));
      // Most languages have one word for all numbers but one.
      const number = found.length === 1 ? "one" : words.few && new Intl.PluralRules(lang).select(found.length);
      status.textContent = !index ? words.failed : !asked.length ? ""
        : !found.length ? words.none : (words[number] || words.many).replace("#", found.length);
      await first;
      if (own === turn) groups.slice(AT_ONCE).forEach((group) => later.observe(group));
    };
    input.oninput = show;
    input.onkeydown = (event) => {
      const current = selected();
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.isComposing || !current || !(step || event.key === "Enter")) return;
      event.preventDefault();
      const all = [...list.querySelectorAll("a")];
      if (step) select(all[(all.indexOf(current) + step + all.length) % all.length]);
      else if (event.ctrlKey || event.metaKey) open(current.href, "_blank", "noopener");
      else current.click();
    };
    list.onclick = (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.target.closest("a")) leaves();
    };
    return { input, show, parts: [status, tags, list] };
  };

  // Where it is shown: in a dialog over any page, or in the search page

  // The preview has put another state of the site in place.
  addEventListener("dlsite-page", () => { pieces = {}; });
  const search = (value) => { arrived[document.currentScript.src] = value; };
  self.dlsiteSearch = Object.assign(search, { load, find, terms: (text) => termsOf(text).map(([term]) => term) });

  const place = document.querySelector("[data-search-place]");
  // The search page has its styles already.
  if (!place) document.head.append(make("link", { rel: "stylesheet", href: words.style }));
  if (place) {
    const all = document.querySelector("[data-search-list]");
    const { input, show, parts } = panel((query) => {
      if (all) all.hidden = query.trim() !== "";
      // A page that was opened from the disk may not change its address.
      try { history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname); } catch { /* it stays */ }
    }, () => {});
    place.className = "search";
    place.append(input, ...parts);
    input.value = new URLSearchParams(location.search).get("q") || "";
    if (input.value) show();
    search.open = () => input.focus();
    return;
  }
  const { input, show, parts } = panel(() => {}, () => dialog.close());
  const close = make("button", { type: "button", className: "button", textContent: words.close, onclick: () => dialog.close() });
  const dialog = make("dialog", { className: "search", ariaLabel: name }, make("div", { className: "search-bar" }, input, close), ...parts);
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  document.body.append(dialog);
  search.open = (typed) => {
    // A dialog gives the focus back to what had it.
    if (!dialog.open) dialog.showModal();
    input.focus();
    input.select();
    if (typed) input.value = typed;
    if (typed) show();
    else load();
  };
})();
