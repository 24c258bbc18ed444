// Makes the questions of a page answerable. All texts come from the page; without this file it can be read as it is.
"use strict";

(() => {
  const element = (tag, className, text = "") => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  // A copy of an explanation must not bring ids along: an id stands once in a page.
  const copy = (source) => {
    const made = source.cloneNode(true);
    [made, ...made.querySelectorAll("[id]")].forEach((one) => one.removeAttribute("id"));
    return made;
  };

  const answers = (quiz) => [...quiz.querySelectorAll(".lb-quiz-answers > :is(ul, ol) > li")];
  const inputs = (quiz) => [...quiz.querySelectorAll(".lb-quiz-choice > input")];
  const items = (quiz) => [...quiz.querySelectorAll(".lb-quiz-order > li")];
  const isRight = (answer) => answer.dataset.right === "true";

  const readNumber = (text) => {
    const bare = text.trim().replaceAll("\u2212", "-").replace(/[,_\s]/g, "");
    return bare === "" ? NaN : Number(bare);
  };

  const near = (one, other, tolerance) => Math.abs(one - other) <= tolerance + 1e-12 * Math.abs(other);

  // Each checker returns null if nothing is chosen yet, else {right, explained: answers to explain, note}.
  const checkers = {
    single(quiz) {
      const chosen = inputs(quiz).findIndex((input) => input.checked);
      if (chosen < 0) return null;
      const answer = answers(quiz)[chosen];
      return { right: isRight(answer), explained: [answer] };
    },

    multiple(quiz) {
      const chosen = inputs(quiz).map((input) => input.checked);
      if (!chosen.includes(true)) return null;
      const all = answers(quiz);
      const missing = all.some((answer, at) => isRight(answer) && !chosen[at]);
      const explained = all.filter((_, at) => chosen[at]);
      return {
        right: !missing && explained.every(isRight),
        explained,
        note: missing ? quiz.dataset.missing : "",
      };
    },

    number(quiz) {
      const given = readNumber(quiz.querySelector(".lb-quiz-number > input").value);
      if (Number.isNaN(given)) return null;
      const tolerance = Number(quiz.dataset.tolerance);
      const right = near(given, Number(quiz.dataset.answer), tolerance);
      const known = answers(quiz).filter((answer) => near(given, Number(answer.dataset.value), tolerance));
      return { right, explained: right ? [] : known };
    },

    order(quiz) {
      const places = items(quiz).map((item) => Number(item.dataset.place));
      const wrong = places.findIndex((place, at) => place !== at);
      const note = wrong < 0 ? "" : quiz.dataset.prefix.replace("%s", String(wrong));
      return { right: wrong < 0, explained: [], note };
    },
  };

  const explain = (feedback, quiz, answer) => {
    if (quiz.dataset.quizKind === "multiple") {
      const picked = element("div", "lb-quiz-picked");
      picked.append(...copy(answer.querySelector("p")).childNodes);
      feedback.append(picked);
    }
    feedback.append(...copy(answer.querySelector(".lb-quiz-why")).childNodes);
  };

  const check = (quiz) => {
    const feedback = quiz.querySelector(".lb-quiz-feedback");
    const result = checkers[quiz.dataset.quizKind](quiz);
    if (result === null) {
      feedback.replaceChildren(element("p", "lb-quiz-verdict", quiz.dataset.none));
      return;
    }
    const verdict = element("p", "lb-quiz-verdict", result.right ? quiz.dataset.right : quiz.dataset.wrong);
    feedback.replaceChildren(verdict);
    if (result.note) feedback.append(element("p", "lb-quiz-note", result.note));
    result.explained.forEach((answer) => explain(feedback, quiz, answer));
    const general = quiz.querySelector(".lb-quiz-general");
    if (result.right && general) feedback.append(...copy(general).childNodes);
    feedback.dataset.result = result.right ? "right" : "wrong";
    quiz.classList.add("lb-asked");
    const { quizId: id, quizKind: kind, quizRows: rows } = quiz.dataset;
    const detail = { id, kind, rows: rows.split(" ").filter(Boolean), right: result.right };
    quiz.dispatchEvent(new CustomEvent("layerbook:answered", { bubbles: true, detail }));
  };

  const show = (quiz) => {
    quiz.classList.add("lb-asked");
    const details = quiz.querySelector(".lb-quiz-answers");
    details.open = true;
    details.querySelector("summary").focus();
    quiz.dispatchEvent(new CustomEvent("layerbook:shown", { bubbles: true }));
  };

  const move = (quiz, button) => {
    const item = button.closest("li");
    const up = button.dataset.move === "up";
    const other = up ? item.previousElementSibling : item.nextElementSibling;
    if (other) (up ? other.before(item) : other.after(item));
    button.focus(); // moving an element takes its focus away
    const place = items(quiz).indexOf(item) + 1;
    const text = quiz.dataset.moved.replace("%s", `${place}/${items(quiz).length}`);
    quiz.querySelector(".lb-quiz-feedback").replaceChildren(element("p", "lb-quiz-note", text));
  };

  // On the document, so that a question that is put into the page later can be answered as well.
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".lb-quiz button");
    const quiz = button?.closest(".lb-quiz");
    if (button?.dataset.do === "check") check(quiz);
    else if (button?.dataset.do === "show") show(quiz);
    else if (button?.dataset.move) move(quiz, button);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".lb-quiz-number > input")) {
      event.preventDefault();
      check(event.target.closest(".lb-quiz"));
    }
  });
})();
