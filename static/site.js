// What a page can do with a script; without it everything can still be read.
(() => {
  "use strict";
  const root = document.documentElement;
  const main = document.querySelector("main");
  const status = document.querySelector("[data-status]");
  // The words of the interface come with the page, in its language.
  const words = status.dataset;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const say = (text) => { status.textContent = text; };

  // Theme: what the system says, light, dark
  const themes = ["auto", "light", "dark"];
  const button = document.querySelector("[data-theme-toggle]");
  const schemes = ["dark", "light"].map((scheme) => [scheme, `(prefers-color-scheme: ${scheme})`]);
  const showTheme = () => {
    const theme = root.dataset.theme;
    if (button) button.lastElementChild.textContent = words[theme || "auto"];
    // What is for one scheme of the system (colours, twins of images) follows the choice; paper is light.
    for (const [scheme, media] of schemes) {
      for (const part of all(`[media='${media}'], [data-scheme=${scheme}]`)) {
        part.dataset.scheme = scheme;
        part.media = !theme ? media : theme === scheme ? "screen" : "not all";
      }
    }
  };
  const setTheme = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    showTheme();
  };
  // Pages come as they are where nothing has been chosen.
  const showChoice = () => { if (root.dataset.theme) showTheme(); };
  showChoice();
  if (button) {
    button.addEventListener("click", () => {
      const next = themes[(themes.indexOf(root.dataset.theme || "auto") + 1) % themes.length];
      // Without storage (private windows, `file:` pages) the choice holds for this page.
      try { localStorage.setItem("dlsite-theme", next === "auto" ? "" : next); } catch {}
      setTheme(next);
      say(button.textContent);
    });
    addEventListener("storage", (event) => {
      if (event.key === "dlsite-theme") setTheme(event.newValue || "auto");
    });
  }

  // Menu: the folded navigation as a dialog over the page
  const menu = document.querySelector(".site-nav > details");
  const openMenu = () => {
    const panel = menu.lastElementChild;
    const close = make("button", { type: "button", className: "button", textContent: words.close });
    const dialog = make("dialog", { className: "menu", ariaLabel: menu.parentElement.ariaLabel }, close, panel);
    dialog.setAttribute("closedby", "any");
    close.addEventListener("click", () => dialog.close());
    const wide = matchMedia("(width >= 75rem)");
    const leave = () => dialog.close();
    wide.addEventListener("change", leave);
    dialog.addEventListener("close", () => {
      wide.removeEventListener("change", leave);
      menu.append(panel);
      dialog.remove();
      menu.firstElementChild.focus();
    });
    menu.after(dialog);
    dialog.showModal();
  };
  menu?.firstElementChild.addEventListener("click", (event) => {
    event.preventDefault();
    openMenu();
  });

  // Search: nothing of it is loaded before it is asked for
  const searchLink = document.querySelector("[data-search]");
  let search;
  const loadSearch = () => search ||= new Promise((resolve, reject) => {
    if (self.dlsiteSearch) return resolve(self.dlsiteSearch);
    const script = make("script", { src: searchLink.dataset.search });
    script.addEventListener("load", () => resolve(self.dlsiteSearch));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  let typed;
  const openSearch = (event) => {
    event.preventDefault();
    typed ??= "";
    loadSearch().then((loaded) => {
      const text = typed;
      typed = undefined;
      loaded.open(text);
    }, () => location.assign(searchLink.href));
  };
  const isSearchKey = (event) => event.key === "/"
    ? !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest?.("input, textarea, select, [contenteditable]")
    : event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (searchLink) {
    for (const sign of ["pointerenter", "focus"]) {
      searchLink.addEventListener(sign, () => loadSearch().then((loaded) => loaded.load(), () => {}), { once: true });
    }
    searchLink.addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) openSearch(event);
    });
    addEventListener("keydown", (event) => {
      if (isSearchKey(event)) openSearch(event);
      else if (typed !== undefined && event.key.length === 1) {
        // Who types on at once loses nothing of it.
        typed += event.key;
        event.preventDefault();
      }
    });
  }

  // Code: a button that copies it, without prompts and what a command printed
  const codeOf = (pre) => {
    const copy = pre.cloneNode(true);
    if (!copy.querySelector(".gp")) return copy.textContent;
    all(".gp, .go, .gt", copy).forEach((part) => part.remove());
    return copy.textContent.replace(/^\s*\n/gm, "");
  };
  const copy = async (button) => {
    await navigator.clipboard.writeText(codeOf(button.closest("figure").querySelector("pre")));
    button.textContent = words.copied;
    say(words.copied);
    setTimeout(() => {
      button.textContent = words.copy;
      say("");
    }, 2000);
  };
  const addCopyButtons = () => {
    // Browsers lend the clipboard to secure pages alone.
    if (!navigator.clipboard) return;
    for (const figure of all("figure.code")) {
      const place = figure.querySelector(".code-head") || figure;
      place.append(make("button", { type: "button", className: "copy", lang: root.lang, textContent: words.copy }));
    }
  };

  // Boxes that scroll can be reached with the keyboard; a long table that fits keeps its head in view
  const measure = (boxes = all(".math, .table:has(tr:nth-child(13)), figure, p:has(img[src$='.svg'])", main)) => {
    // What is not set yet may scroll; it is measured when it comes near.
    const isSet = (box) => box.firstElementChild?.checkVisibility?.({ contentVisibilityAuto: true }) !== false;
    boxes = boxes.map((box) => [box, !isSet(box) || box.scrollWidth > box.clientWidth + 1]);
    for (const [box, scrolls] of boxes) {
      if (box.matches(".table")) {
        box.classList.toggle("fits", !scrolls);
        continue;
      }
      // What a figure is, its caption says.
      const label = box.matches(".math") ? words.formula : box.querySelector("img")?.alt;
      const named = box.matches("figure") ? {} : { role: "group", "aria-label": label };
      for (const [name, value] of Object.entries({ tabindex: 0, ...named })) {
        if (scrolls) box.setAttribute(name, value);
        else box.removeAttribute(name);
      }
    }
  };

  addEventListener("contentvisibilityautostatechange", (event) => {
    if (!event.skipped && event.target.matches(".math")) measure([event.target]);
  }, true);
  // Who goes by keyboard must meet all that scrolls, far down as well.
  addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || "keys" in root.dataset) return;
    root.dataset.keys = "";
    measure();
  }, true);

  // Tabs: one choice for the whole page, and always one that is open
  const choose = (tab) => {
    const top = tab.getBoundingClientRect().top;
    const title = tab.firstElementChild.textContent;
    for (const other of all("details.tab")) {
      if (other.firstElementChild.textContent === title) other.open = true;
    }
    scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: "instant" });
  };
  addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.tab[open]")) choose(event.target);
  }, true);

  // Footnotes of a Jekyll site had colons in their addresses
  if (/^#fn(ref)?:/.test(location.hash)) location.replace(location.hash.replaceAll(":", "-"));

  // Footnotes: beside their mark, where they do not stand in the margin
  const showNote = (mark, note) => {
    const copy = note.cloneNode(true);
    all("[role='doc-backlink']", copy).forEach((link) => link.remove());
    all("[id]", copy).forEach((element) => element.removeAttribute("id"));
    // A note may be in another language than the site, and run the other way.
    const { direction } = getComputedStyle(note);
    const { lang } = note.closest("[lang]");
    const box = make("div", { className: "footnote", popover: "auto", role: "dialog", tabIndex: -1, ariaLabel: mark.ariaLabel, dir: direction, lang });
    box.append(...copy.childNodes);
    box.addEventListener("toggle", (event) => { if (event.newState === "closed") box.remove(); });
    main.append(box);
    box.showPopover({ source: mark });
    box.focus();
  };
  addEventListener("click", (event) => {
    const summary = event.target.closest("details.tab[open] > summary");
    if (summary) event.preventDefault();
    const copyButton = event.target.closest("button.copy");
    if (copyButton) copy(copyButton);
    const mark = event.target.closest("a[role='doc-noteref']");
    if (!mark || event.ctrlKey || event.metaKey || event.shiftKey || !main.showPopover) return;
    const note = document.getElementById(decodeURIComponent(mark.hash.slice(1)));
    if (!note || getComputedStyle(note).position === "absolute") return;
    event.preventDefault();
    showNote(mark, note);
  });

  // Outline: marks the section that is being read
  let entries = [];
  const listEntries = () => {
    entries = all(".toc a")
      .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))])
      .filter(([, heading]) => heading);
  };
  const mark = () => {
    // A little under where the target of a link comes to stand (`scroll-padding`).
    const line = 100;
    const isAtEnd = innerHeight + scrollY >= root.scrollHeight - 2;
    const passed = entries.filter(([, heading]) => heading.getBoundingClientRect().top <= line);
    const current = isAtEnd && scrollY > 0 ? entries.at(-1) : passed.at(-1);
    for (const [link] of entries) {
      if (link === current?.[0]) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting || !entries.length) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  }, { passive: true });

  // Tables: a corner without words heads nothing, and must not be read out as if it did
  const emptyCorners = () => {
    for (const head of all("thead th:empty", main)) {
      head.replaceWith(make("td", { className: head.className }));
    }
  };

  const dress = () => {
    showChoice();
    addCopyButtons();
    emptyCorners();
    listEntries();
  };
  const settle = () => {
    measure();
    mark();
  };
  // The first paint must not wait for this script.
  new IntersectionObserver((_, first) => {
    first.disconnect();
    dress();
    new ResizeObserver(settle).observe(main);
  }).observe(main);
  // The preview has put another state of the page into `main`.
  addEventListener("dlsite-page", () => {
    dress();
    settle();
  });
})();
