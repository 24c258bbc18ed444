// Finds, ranks and quotes on the search page, in the text of all sections (searchdata.js), with MiniSearch.
// Words are split and stemmed here only, for the book and for what is looked for alike.
"use strict";

(async () => {
  const needs = document.currentScript.dataset.needs.split(" ");
  const SHOWN = 30; // results on the page
  const QUOTED = 220; // characters of a section
  const BEFORE = 60; // of them before the first word found
  // A run of Hangul, with hyphens inside, or a word, or a name from the code such as np.add.at.
  const WORD = /\p{sc=Hangul}+(?:-\p{sc=Hangul}+)*|(?:(?!\p{sc=Hangul})[\p{L}\p{N}_×])+(?:\.[A-Za-z_]\w*)*/gu;
  const HANGUL = /^\p{sc=Hangul}/u;
  const BRITISH = /([a-z]{3,})is(e[sd]?|ing|ations?)$/;

  const stemmer = new Stemmer(); // Sphinx's English one and its stop words, from language_data.js
  const QUESTIONS = "an can do does from how than vs what when where which who why you";
  const ignored = new Set([...stopwords, ...QUESTIONS.split(" ")]);

  const words = (text) => [...text.matchAll(WORD)].map((match) => ({ word: match[0], at: match.index }));

  // Korean endings follow without a space, so a Korean word is found by its pairs of syllables.
  const pairs = (word) => {
    const bare = word.replaceAll("-", "");
    return bare.length === 1 ? [bare] : [...bare.slice(1)].map((_, at) => bare.slice(at, at + 2));
  };

  // torch.nn.weight_ih gives itself, nn.weight_ih, weight_ih, torch, nn, weight and ih.
  const names = (word) => {
    const parts = word.split(".");
    const ends = parts.map((_, at) => parts.slice(at).join("."));
    return [...new Set([...ends, ...parts, ...parts.flatMap((part) => part.split("_"))])].filter(Boolean);
  };

  const split = (word) => {
    const lower = word.toLowerCase().replaceAll("×", "x");
    return HANGUL.test(word) ? pairs(lower) : names(lower);
  };

  const tokenize = (text) => words(text).flatMap(({ word }) => split(word));

  // A name from the code is looked for as a whole; its parts alone would find too much.
  const whole = (query) => words(query).flatMap(({ word }) => (HANGUL.test(word) ? split(word) : split(word)[0]));

  const stem = (token) => {
    if (ignored.has(token)) return null;
    return /^[a-z]+$/.test(token) ? stemmer.stemWord(token.replace(BRITISH, "$1iz$2")) : token;
  };

  const read = (pages) =>
    pages.flatMap(([uri, page, rows]) =>
      rows.map(([anchor, title, korean, text, code]) => {
        const where = anchor ? `${uri}#${anchor}` : uri;
        return { id: where, page: anchor ? page : "", title, korean, text, code };
      }),
    );

  const prepare = (entries) => {
    const index = new MiniSearch({
      fields: ["title", "korean", "text", "code"],
      tokenize,
      processTerm: stem,
      searchOptions: {
        boost: { title: 6, korean: 6, code: 0.5 },
        boostDocument: (id) => (id.includes("#") ? 1 : 1.5), // chapters before their sections
        prefix: (token) => token.length > 2 || /^\p{sc=Hangul}$/u.test(token),
      },
    });
    index.addAll(entries);
    return index;
  };

  const find = (index, query) => {
    const wanted = { queries: [query], combineWith: "AND", tokenize: whole };
    const inTitles = { queries: [query], fields: ["title"], boost: { title: 2 } }; // parts of a name as well
    const either = { queries: [wanted, inTitles], combineWith: "OR" };
    const all = index.search({ queries: [wanted, either], combineWith: "AND" });
    if (all.length) return { results: all, said: "found" };
    const fuzzy = (token) => (/^[a-z]{5,}$/.test(token) ? 0.2 : false);
    const some = index.search(query, { combineWith: "OR", fuzzy });
    return { results: some, said: some.length ? "some" : "none" };
  };

  // Where words that were found stand in a text.
  const marks = (text, terms) =>
    words(text).flatMap(({ word, at }) => {
      const found = split(word).map(stem).filter((token) => terms.has(token));
      return found.length ? [{ at, end: at + word.length, found }] : [];
    });

  // The mark from which on most different words stand within one quotation.
  const richest = (found) => {
    const kinds = found.map(({ at }) => {
      const near = found.filter((mark) => mark.at >= at && mark.end < at + QUOTED - BEFORE);
      return new Set(near.flatMap((mark) => mark.found)).size;
    });
    return found[kinds.indexOf(Math.max(...kinds))];
  };

  const element = (tag, className, ...content) => {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...content);
    return made;
  };

  const quote = (text, found) => {
    const centre = found.length ? richest(found).at : 0;
    const from = centre > BEFORE ? text.indexOf(" ", centre - BEFORE) + 1 : 0;
    const until = text.length > from + QUOTED ? text.lastIndexOf(" ", from + QUOTED) : text.length;
    const paragraph = element("p", "lb-search-quote", from ? "… " : "");
    let done = from;
    for (const { at, end } of found.filter((mark) => mark.at >= from && mark.end <= until)) {
      paragraph.append(text.slice(done, at), element("mark", "", text.slice(at, end)));
      done = end;
    }
    paragraph.append(text.slice(done, until), until < text.length ? " …" : "");
    return paragraph;
  };

  const item = (entry, terms) => {
    const inText = marks(entry.text, terms);
    const inCode = inText.length ? [] : marks(entry.code, terms);
    const link = element("a", "", entry.title);
    link.href = entry.id;
    // Sphinx marks these words on the page that is opened; Escape takes the marks away.
    link.addEventListener("click", () => {
      const found = [...inText, ...inCode].map(({ at, end }) => (inText.length ? entry.text : entry.code).slice(at, end));
      localStorage.setItem("sphinx_highlight_terms", [...new Set(found)].join(" ").toLowerCase());
    });
    const head = element("p", "lb-search-title", link);
    if (entry.korean) head.append(" ", Object.assign(element("span", "", entry.korean), { lang: "ko" }));
    if (entry.page) head.append(" ", element("span", "lb-search-page", entry.page));
    return element("li", "", head, inCode.length ? quote(entry.code, inCode) : quote(entry.text, inText));
  };

  // All the text of the book is much to fetch for somebody who has not asked anything yet.
  const loaded = (address) =>
    new Promise((done, failed) => {
      document.head.append(Object.assign(element("script", ""), { src: address, onload: done, onerror: failed }));
    });

  const texts = JSON.parse(document.getElementById("lb-search-texts").textContent);
  const place = document.getElementById("search-results");
  const say = (text) => place.append(element("p", "lb-search-said", text));
  const query = (new URLSearchParams(location.search).get("q") ?? "").normalize("NFC").trim();
  document.querySelectorAll('input[name="q"]').forEach((input) => (input.value = query));
  if (!query) {
    say(texts.empty);
    return;
  }
  for (const address of needs) await loaded(address);
  const entries = new Map(read(layerbookSearch).map((entry) => [entry.id, entry]));
  const { results, said } = find(prepare([...entries.values()]), query);
  say(texts[said].replace("%s", String(results.length)));
  const shown = results.slice(0, SHOWN).map((result) => item(entries.get(result.id), new Set(result.terms)));
  if (shown.length) place.append(element("ol", "lb-search-results", ...shown));
})();
