// Follows the preview: when the site changes, fetches this page again and puts its
// <main> and <title> in place, so that the reader stays where they are.
(() => {
  "use strict";
  const script = document.currentScript;
  let shown = `"${script.dataset.page}"`;
  let files = script.dataset.files;

  // The address of an asset carries its digest, so it changes with the file.
  const plain = (address) => address.split("?")[0].replace(/\.[0-9a-f]{10}(?=\.css$)/, "");
  const pieces = "link, style, script:not([type='application/ld+json'])";
  // Everything that is not swapped: a change there needs the whole page.
  const shell = (page) => {
    const copy = page.cloneNode(true);
    copy.querySelectorAll("main").forEach((main) => main.replaceChildren());
    copy.querySelectorAll("#dlsite-panel, script[src='/_dlsite/live.js']").forEach((e) => e.remove());
    // What the theme's script writes, and what differs from page to page, is no change.
    copy.querySelectorAll("link[rel='canonical'], [data-theme-toggle]").forEach((e) => e.remove());
    copy.querySelectorAll("link[rel='stylesheet']").forEach((link) => {
      link.setAttribute("href", plain(link.getAttribute("href") || ""));
    });
    const head = [...copy.querySelector("head").querySelectorAll(pieces)].map((e) => e.outerHTML);
    const body = copy.querySelector("body").outerHTML.replace(/\s+/g, " ").replace(/ <\/body>/, "</body>");
    return head.join("\n") + body;
  };
  const own = shell(document.documentElement);

  const showPanel = (page) => {
    const [before, after] = [document, page].map((each) => each.getElementById("dlsite-panel"));
    // Findings that stay keep their panel, folded or not as the reader left it.
    if (before && after && before.textContent === after.textContent) return;
    before?.remove();
    if (after) document.body.append(document.adoptNode(after));
  };

  // Elements of the text under names that they keep in another state of it: their words, and
  // the how manieth with these words they are.
  const named = (selector) => {
    const times = new Map();
    return new Map([...document.querySelectorAll(`main :is(${selector})`)].map((element) => {
      const words = element.textContent;
      times.set(words, (times.get(words) || 0) + 1);
      return [`${times.get(words)} ${words}`, element];
    }));
  };

  // What is read stays where it is seen: text may come or go above it, and code and formulas
  // there are not set again before they come near, so that a distance from the top says little.
  // An outline beside the text does not move with it.
  const blocks = ":is(h1, h2, h3, h4, h5, h6, p, li, dd, tr, pre, .math):not(nav *)";
  const place = () => {
    const found = [...named(blocks)].map(([name, block]) => [name, block.getBoundingClientRect()])
      .filter(([, box]) => box.height && box.top < innerHeight);
    // The last one above the view comes first: what is edited right below it keeps its beginning.
    const from = Math.max(0, found.findIndex(([, box]) => box.bottom > 0) - 1);
    return found.slice(from).map(([name, box]) => [name, box.bottom]);
  };
  const hold = (seen) => {
    const now = named(blocks);
    const [name, bottom] = seen.find(([each]) => now.has(each)) || [];
    if (!name) return;
    window.scrollBy({ top: now.get(name).getBoundingClientRect().bottom - bottom, behavior: "instant" });
  };

  // What the reader has opened or folded stays so; all else is as its author has it.
  const folds = () => new Map([...named("summary")].map(([name, { parentElement }]) => [name, parentElement.open]));
  let given = folds();
  const fold = (before, asGiven) => {
    for (const [name, summary] of named("summary")) {
      const isOpen = before.get(name);
      if (isOpen !== asGiven.get(name)) summary.parentElement.open = isOpen;
    }
  };

  const swap = (page) => {
    const [before, after] = [document.querySelector("main"), page.querySelector("main")];
    const fits = before && after && !after.querySelector("script") && shell(page.documentElement) === own;
    if (!fits) return false;
    const [x, y] = [window.scrollX, window.scrollY];
    const [seen, folded, asGiven] = [place(), folds(), given];
    before.replaceChildren(...document.adoptNode(after).childNodes);
    given = folds();
    fold(folded, asGiven);
    document.title = page.title;
    dispatchEvent(new Event("dlsite-page"));
    showPanel(page);
    window.scrollTo({ left: x, top: y, behavior: "instant" });
    if (y) hold(seen);
    return true;
  };

  const refresh = async () => {
    const address = location.href.split("#")[0];
    const answer = await fetch(address, { cache: "no-store", headers: { "If-None-Match": shown } });
    const tag = answer.headers.get("ETag");
    if (answer.status === 304 || (tag && tag === shown)) return;
    // A page that leads elsewhere now, or is no page any more.
    if (answer.redirected || !(answer.headers.get("Content-Type") || "").startsWith("text/html")) {
      location.reload();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // What cannot be rendered now keeps its last good state, with the findings over it.
    if (answer.status >= 500) showPanel(page);
    else if (!swap(page)) return location.reload();
    shown = tag;
  };

  const restyle = (paths) => {
    for (const link of document.querySelectorAll("link[rel='stylesheet']")) {
      const address = new URL(link.href);
      const path = paths.find((each) => plain(each) === plain(decodeURI(address.pathname)));
      if (address.origin !== location.origin || !path) continue;
      const next = link.cloneNode();
      next.href = `${encodeURI(path)}?dlsite=${Date.now()}`;
      // The old rules hold until the new ones are there, so that nothing flashes.
      next.addEventListener("load", () => link.remove());
      link.after(next);
    }
  };

  // One refresh at a time, in order; the last state wins.
  let last = Promise.resolve();
  const queue = (change) => {
    last = last.then(async () => {
      // Other files than the page was made with, and no word of what has changed: it was
      // told before this page listened, or while the server was away.
      const hasMissed = change.files !== files && !change.styles.length;
      if (change.reload || hasMissed) return location.reload();
      files = change.files;
      if (change.styles.length) restyle(change.styles);
      await refresh();
    }).catch(() => {}); // The server is gone or restarting: EventSource tries again by itself.
  };
  const events = new EventSource("/_dlsite/events");
  // The first message is the state of now, so that what changed since the request for this
  // page is shown at once.
  events.addEventListener("message", (event) => queue(JSON.parse(event.data)));
  // A page in the back-forward cache would hold its connection and miss changes.
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
