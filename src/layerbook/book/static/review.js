// The review page: brings the questions that are due, one at a time; takes answers out, in, and away.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const page = document.querySelector(".lb-review");
  const LONGEST = 5_000_000; // bytes; a longer file is not read at all
  const log = window.layerbookLog;
  const texts = page.dataset;
  const limits = { aDay: Number(texts.aDay), fresh: Number(texts.new) };
  const top = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const find = (selector) => page.querySelector(selector);
  const state = find(".lb-review-state");
  const place = find(".lb-review-question");
  const go = find("[data-do=next]");
  const file = find("input[type=file]");
  const fill = (text, ...values) => values.reduce((filled, value) => filled.replace("%s", () => value), text);

  const questions = layerbookIndex.chapters.flatMap((chapter) =>
    chapter.questions.map(([id, anchor]) => ({ id, chapter, section: `${chapter.page}#${anchor}` })),
  );

  // Questions come in one script a chapter, which calls this.
  const loaded = new Map();
  window.layerbookQuestions = (found) => Object.entries(found).forEach(([id, one]) => loaded.set(id, one));
  const loads = new Map();
  const load = ({ script }) => {
    const start = (done) => {
      const made = document.createElement("script");
      made.src = new URL(script, top).href;
      made.onload = made.onerror = done;
      document.head.append(made);
    };
    if (!loads.has(script)) loads.set(script, new Promise(start));
    return loads.get(script);
  };

  let shown = null; // the question on the page
  const lost = new Set(); // questions that could not be loaded

  const plan = () => {
    const { ask, ...rest } = window.layerbookPlan(questions, log.current(), limits);
    return { ask: ask.filter(({ id }) => !lost.has(id)), ...rest };
  };

  const day = (time) =>
    new Date(time).toLocaleDateString(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });

  const closing = (next) => (next === Infinity ? texts.none : fill(texts.done, day(next)));

  // Says how things stand; a question that is being read stays as it is.
  const refresh = () => {
    log.warn((made) => find(".lb-review-notice").append(made));
    const { ask, next } = plan();
    if (shown === null) {
      state.textContent = ask.length ? fill(texts.today, ask.length) : closing(next);
      go.textContent = texts.start;
      go.hidden = ask.length === 0;
    }
  };

  const put = (question, number, total) => {
    const { html } = loaded.get(question.id);
    shown = question;
    place.innerHTML = html; // written by the build
    state.textContent = fill(texts.place, number, total, question.chapter.title);
    const field = place.firstElementChild;
    field.tabIndex = -1;
    field.focus(); // so that a screen reader reads the question, and the next Tab leads into it
  };

  const next = async () => {
    go.hidden = true;
    const { ask, done } = plan();
    if (!ask.length) {
      shown = null;
      place.replaceChildren();
      refresh();
      return;
    }
    await load(ask[0].chapter);
    if (loaded.has(ask[0].id)) put(ask[0], done + 1, done + ask.length);
    else {
      lost.add(ask[0].id);
      find(".lb-review-said").textContent = texts.lost;
      await next();
    }
  };

  const readAgain = () => {
    const feedback = place.querySelector(".lb-quiz-feedback");
    if (feedback.dataset.result === "right" || feedback.querySelector(".lb-review-again")) return;
    const link = document.createElement("a");
    link.href = new URL(shown.section, top).href;
    link.textContent = loaded.get(shown.id).section;
    const made = document.createElement("p");
    made.className = "lb-review-again";
    const [before, after] = texts.again.split("%s");
    made.append(before, link, after);
    feedback.append(made);
  };

  const answered = (right) => {
    if (shown === null) return;
    if (!right) readAgain();
    const { ask, next: when } = plan();
    go.textContent = texts.next;
    go.hidden = ask.length === 0;
    if (!ask.length) state.textContent = closing(when);
  };

  const say = (text, ...values) => {
    find(".lb-review-said").textContent = fill(text, ...values);
  };

  const save = () => {
    const text = log.load() === null && log.raw() ? log.raw() : JSON.stringify(log.current());
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `layerbook-review-${new Date().toISOString().slice(0, 10)}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  const count = () => Object.values(log.current().answers).reduce((sum, events) => sum + events.length, 0);

  const take = async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    const data = chosen.size > LONGEST ? null : log.parse(await chosen.text());
    file.value = ""; // the same file may be chosen again
    if (!log.isLog(data)) {
      say(Number.isInteger(data?.schema) && data.schema !== log.SCHEMA ? texts.newer : texts.bad);
      return;
    }
    const before = count();
    log.keep(data);
    say(texts.imported, count() - before);
  };

  const reset = () => {
    if (!confirm(texts.sure)) return;
    shown = null;
    place.replaceChildren();
    log.forget();
    say(texts.forgotten);
  };

  const actions = { next, export: save, import: () => file.click(), reset };
  page.addEventListener("click", ({ target }) => {
    const name = target.closest("button")?.dataset.do;
    if (Object.hasOwn(actions, name)) actions[name]();
  });
  file.addEventListener("change", take);
  // On the document, where the log has heard of the answer before.
  document.addEventListener("layerbook:answered", ({ detail }) => answered(detail.right));
  document.addEventListener("layerbook:shown", () => answered(false));
  document.addEventListener("layerbook:logged", refresh);
  log.load();
  refresh();
});
