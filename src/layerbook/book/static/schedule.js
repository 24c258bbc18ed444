// What is due: computed from the log of answers with FSRS, each time anew.
"use strict";

(() => {
  const PAUSE = 10 * 60 * 1000; // several tries within it are one, and the first of them counts

  // Spacing in whole days: an answer within the same day says little about memory.
  const scheduler = FSRS.fsrs({ enable_short_term: false, enable_fuzz: false, maximum_interval: 365 });
  const { own } = window.layerbookLog;

  const midnight = (time, days = 0) => {
    const date = new Date(time);
    date.setHours(0, 0, 0, 0);
    date.setDate(date.getDate() + days); // a day may have 23 or 25 hours
    return date.getTime();
  };

  // Answers after now come from a clock that was wrong; they wait until their time.
  const turns = (events, now) => {
    const counted = [];
    for (const [time, right, review] of events) {
      const last = counted.at(-1)?.time ?? -Infinity;
      if (time <= now && time - last >= PAUSE) counted.push({ time, right, review });
    }
    return counted;
  };

  const replay = (counted) =>
    counted.reduce((card, { time, right }) => {
      const grade = right ? FSRS.Rating.Good : FSRS.Rating.Again;
      return scheduler.next(card ?? FSRS.createEmptyCard(new Date(time)), new Date(time), grade).card;
    }, null);

  // When each section was first read: when a question of it was first in sight, or answered.
  const visits = (questions, { answers, met }) => {
    const first = new Map();
    for (const { id, section } of questions) {
      const times = [own(met, id), own(answers, id)?.[0]?.[0], first.get(section)].filter(Boolean);
      if (times.length) first.set(section, Math.min(...times));
    }
    return first;
  };

  // The day from which a question may be asked: for one never answered, the day after its section was read.
  const from = (card, visited) => {
    if (card) return midnight(card.due);
    return visited ? midnight(visited, 1) : Infinity;
  };

  // What to ask now, most forgotten first; how many were answered here today; and the next day with questions.
  const plan = (questions, data, { aDay, fresh }, now = Date.now()) => {
    const [today, tomorrow] = [midnight(now), midnight(now, 1)];
    const visited = visits(questions, data);
    const all = questions.map((question) => {
      const counted = turns(own(data.answers, question.id) ?? [], now);
      const card = replay(counted);
      const here = counted.filter(({ time, review }) => review && time >= today);
      const asked = (counted.at(-1)?.time ?? 0) >= today;
      const day = Math.max(from(card, visited.get(question.section)), asked ? tomorrow : 0);
      return { question, card, day, done: here.length > 0, begun: here.includes(counted[0]) };
    });
    const count = (name) => all.filter((one) => one[name]).length;
    const open = all.filter(({ day }) => day < tomorrow);
    const recall = ({ card }) => scheduler.get_retrievability(card, new Date(now), false);
    const due = open.filter(({ card }) => card).sort((one, other) => recall(one) - recall(other));
    const begin = open.filter(({ card }) => !card).slice(0, Math.max(0, fresh - count("begun")));
    const ask = [...due, ...begin].slice(0, Math.max(0, aDay - count("done")));
    const next = Math.min(...all.map(({ day }) => Math.max(day, tomorrow)));
    return { ask: ask.map(({ question }) => question), done: count("done"), next };
  };

  window.layerbookPlan = plan;
})();
