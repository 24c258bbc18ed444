// What a reader has answered and met, kept in this browser only; and how far each chapter is, in the contents.
// The log only grows. What is due is computed from it on the review page, so nothing derived is ever stored.
"use strict";

(() => {
  const KEY = "layerbook.review";
  const SCHEMA = 1;
  const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  const DWELL = 1000; // milliseconds in sight until a question counts as met; scrolling past is not reading

  // The theme keeps its settings in the same storage, and its scripts end where that throws: without a menu,
  // without a search. So where storage is forbidden it gets one that forgets, and where it is full it is not told.
  const setItem = Storage.prototype.setItem;
  const forgetful = () => {
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, String(value)),
      removeItem: (key) => kept.delete(key),
    };
  };
  const open = () => {
    try {
      return window.localStorage;
    } catch {
      Object.defineProperty(window, "localStorage", { value: forgetful(), configurable: true });
      return null;
    }
  };
  const storage = open();
  Storage.prototype.setItem = function (key, value) {
    try {
      setItem.call(this, key, value);
    } catch {
      // A setting of the theme is not worth a page that does not work.
    }
  };

  // answers: {id: [[time, right (0 or 1), given on the review page (0 or 1)], ...]}; met: {id: time}
  const empty = () => ({ schema: SCHEMA, answers: {}, met: {} });
  const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isTime = (value) => Number.isFinite(value) && value > 0;
  const isFlag = (value) => value === 0 || value === 1;
  const isEvent = (one) =>
    Array.isArray(one) && one.length === 3 && isTime(one[0]) && isFlag(one[1]) && isFlag(one[2]);

  const isLog = (data) => {
    if (!isObject(data) || data.schema !== SCHEMA || !isObject(data.answers) || !isObject(data.met)) return false;
    const answers = Object.entries(data.answers);
    return (
      answers.every(([id, events]) => ID.test(id) && Array.isArray(events) && events.every(isEvent)) &&
      Object.entries(data.met).every(([id, time]) => ID.test(id) && isTime(time))
    );
  };

  // All of both logs; an answer is known by its question and its time, so nothing counts twice.
  const union = (one, other) => {
    const all = empty();
    for (const { answers, met } of [one, other]) {
      for (const [id, events] of Object.entries(answers)) {
        const known = own(all.answers, id) ?? [];
        const times = new Set(known.map(([time]) => time));
        all.answers[id] = [...known, ...events.filter(([time]) => !times.has(time))].sort((a, b) => a[0] - b[0]);
      }
      for (const [id, time] of Object.entries(met)) all.met[id] = Math.min(time, own(all.met, id) ?? time);
    }
    return all;
  };

  let unsaved = empty(); // what could not be stored; this page works with it as if it were
  let trouble = "";

  const raw = () => storage?.getItem(KEY);

  const parse = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };

  // The stored log, or null if this page must leave alone what is there, or if storage is forbidden.
  const load = () => {
    const text = raw();
    if (text === null) return empty();
    const data = text === undefined ? null : parse(text);
    if (isLog(data)) return data;
    trouble = text === undefined ? "forbidden" : "foreign";
    return null;
  };

  const current = () => union(load() ?? empty(), unsaved);

  const tell = () => document.dispatchEvent(new CustomEvent("layerbook:logged"));

  // Reads again before it writes, so that what another tab has added stays.
  const keep = (more) => {
    const stored = load();
    unsaved = union(unsaved, more);
    if (stored) {
      try {
        setItem.call(storage, KEY, JSON.stringify(union(stored, unsaved)));
        unsaved = empty();
        trouble = "";
      } catch {
        trouble = "full";
      }
    }
    tell();
  };

  const forget = () => {
    storage?.removeItem(KEY);
    trouble = storage ? "" : "forbidden";
    unsaved = empty();
    tell();
  };

  // One notice a page, where the reader is looking.
  const notice = document.createElement("p");
  notice.className = "lb-notice";
  notice.setAttribute("role", "alert");
  const warn = (place) => {
    const text = layerbookIndex.texts[trouble];
    if (!trouble) notice.remove();
    else if (!notice.isConnected || notice.textContent !== text) {
      place(notice);
      notice.textContent = text;
    }
  };

  const review = document.querySelector(".lb-review");

  const answered = (quiz, right) => {
    keep({ answers: { [quiz.dataset.quizId]: [[Date.now(), right ? 1 : 0, review ? 1 : 0]] }, met: {} });
    if (!review) warn((made) => quiz.after(made));
  };

  document.addEventListener("layerbook:answered", ({ target, detail }) => answered(target, detail.right));
  // Who looks at the answer first did not know it. In a chapter, later looks are for reading.
  document.addEventListener("layerbook:shown", ({ target }) => {
    if (review || !own(current().answers, target.dataset.quizId)) answered(target, false);
  });

  const meet = ({ dataset: { quizId: id } }) => {
    const { answers, met } = current();
    if (!own(answers, id) && !own(met, id)) keep({ answers: {}, met: { [id]: Date.now() } });
  };

  const watch = () => {
    const waiting = new Map();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        clearTimeout(waiting.get(target));
        const met = () => {
          observer.unobserve(target);
          meet(target.parentElement);
        };
        if (isIntersecting) waiting.set(target, setTimeout(met, DWELL));
      }
    });
    document.querySelectorAll(".lb-quiz > legend").forEach((legend) => observer.observe(legend));
  };

  // The contents: "5/14" for the eye, a sentence for a screen reader.
  const pageOf = (link, top) => {
    const { href } = new URL(link.href.split("#")[0]);
    return href.startsWith(top) ? decodeURI(href.slice(top.length)) : "";
  };

  const places = () => {
    const top = new URL(document.documentElement.dataset.content_root ?? "./", location.href).href;
    const chapters = new Map(layerbookIndex.chapters.map((chapter) => [chapter.page, chapter]));
    return [...document.querySelectorAll(".bd-links .toctree-l1 > a")]
      .map((link) => ({ link, chapter: chapters.get(pageOf(link, top)) }))
      .filter(({ chapter }) => chapter);
  };

  const addNumber = ({ link, chapter }) => {
    const [seen, said] = ["lb-progress", "visually-hidden"].map((name) => {
      const made = document.createElement("span");
      made.className = name;
      return made;
    });
    seen.setAttribute("aria-hidden", "true");
    link.after(seen, said);
    return ({ answers }) => {
      const ids = chapter.questions.map(([id]) => id);
      const right = ids.filter((id) => own(answers, id)?.some((event) => event[1])).length;
      seen.textContent = `${right}/${ids.length}`;
      said.textContent = ` ${layerbookIndex.texts.progress.replace("%s", right).replace("%s", ids.length)}`;
    };
  };

  window.layerbookLog = { SCHEMA, isLog, parse, raw, load, current, keep, forget, own, warn };

  // Not earlier: the index is a script of its own and comes after this one.
  document.addEventListener("DOMContentLoaded", () => {
    const numbers = places().map(addNumber);
    const draw = () => {
      const log = current();
      numbers.forEach((number) => number(log));
    };
    draw();
    document.addEventListener("layerbook:logged", draw);
    addEventListener("pageshow", ({ persisted }) => persisted && tell());
    addEventListener("storage", ({ key }) => (key === KEY || key === null) && tell());
    if (!review) watch();
  });
})();
