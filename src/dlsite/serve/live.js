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

  const swap = (page) => {
    const [before, after] = [document.querySelector("main"), page.querySelector("main")];
    const fits = before && after && !after.querySelector("script") && shell(page.documentElement) === own;
    if (!fits) return false;
    const [x, y] = [window.scrollX, window.scrollY];
    before.replaceChildren(...document.adoptNode(after).childNodes);
    document.title = page.title;
    dispatchEvent(new Event("dlsite-page"));
    showPanel(page);
    window.scrollTo({ left: x, top: y, behavior: "instant" });
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
