// Proposes the pages whose addresses are nearest to the one that was asked for.
(() => {
  "use strict";
  const MOST = 5;
  const known = JSON.parse(document.getElementById("knownPages").textContent);
  const place = document.getElementById("notFound");
  const plain = (address) => decodeURIComponent(address).toLowerCase()
    .replace(/(index)?\.html?$/, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

  // How many letters differ (Levenshtein), in one row of memory.
  const distance = (a, b) => {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 1; i <= a.length; i++) {
      let corner = row[0];
      row[0] = i;
      for (let j = 1; j <= b.length; j++) {
        const cost = Math.min(row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] !== b[j - 1]));
        corner = row[j];
        row[j] = cost;
      }
    }
    return row[b.length];
  };
  const likeness = (a, b) => 1 - distance(a, b) / Math.max(a.length, b.length, 1);
  // A page may have been moved to another folder: its own name counts as much as the whole.
  const last = (address) => plain(address.replace(/\/+$/, "").split("/").at(-1));

  let asked = location.pathname;
  try { plain(asked); } catch { asked = "/"; }
  place.querySelector("code").textContent = decodeURIComponent(asked);
  const field = document.getElementById("asked");
  if (field) field.value = last(asked);
  const found = known
    .map(([url, title]) => ({
      url,
      title,
      score: Math.max(
        likeness(plain(asked), plain(url)),
        likeness(last(asked), last(url)),
        likeness(last(asked), plain(title)),
      ),
    }))
    .filter((page) => page.score > 0.5)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST);
  for (const { url, title } of found) {
    // What has no letter of Arabic or Hebrew runs from left to right on their sites as well.
    const dir = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(title) ? "" : "ltr";
    const link = Object.assign(document.createElement("a"), { href: url, textContent: title, dir });
    const entry = document.createElement("li");
    entry.append(link);
    place.querySelector("ul").append(entry);
  }
  place.hidden = !found.length;
})();
