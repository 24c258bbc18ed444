// Shows what a link leads to, beside it: on hover and on keyboard focus, never by touch. A link stays a link.
// The box stays while the pointer is on it, and Escape closes it (WCAG 1.4.13).
"use strict";

(() => {
  const OPEN_AFTER = 150; // milliseconds that a pointer must rest on a link
  const CLOSE_AFTER = 250; // in which it may cross over to the box
  const GAP = 6; // pixels between link and box, and at the edges of the window

  const templates = new Map(
    [...document.querySelectorAll("template[data-lb-preview]")].map((one) => [one.dataset.lbPreview, one.content]),
  );

  const box = document.createElement("div");
  box.className = "lb-preview";
  box.id = "lb-preview";
  box.setAttribute("role", "tooltip");
  box.hidden = true;

  let shownFor = null;
  let waiting = 0;

  // An id stands once in a page, and a tooltip holds nothing that could take the focus.
  const bare = (node) => {
    const copy = node.cloneNode(true);
    copy.querySelectorAll(".headerlink, button, details, script").forEach((one) => one.remove());
    copy.querySelectorAll("a").forEach((one) => one.replaceWith(...one.childNodes));
    [copy, ...copy.querySelectorAll("[id]")].forEach((one) => one.removeAttribute("id"));
    return copy;
  };

  const fromThisPage = (anchor) => {
    const target = document.getElementById(decodeURIComponent(anchor));
    if (target?.matches("dt")) {
      const definition = target.parentElement.querySelector(`#${CSS.escape(target.id)} ~ dd`);
      return definition ? [...definition.children].map(bare) : [];
    }
    if (target?.matches(".citation")) return [...target.querySelectorAll(":scope > p")].map(bare);
    const whole = target?.matches("figure, table, div.math") ? target : null;
    return whole ? [bare(whole)] : [];
  };

  const contents = (link) => {
    const address = link.getAttribute("href");
    if (templates.has(address)) return [...templates.get(address).cloneNode(true).childNodes];
    return address.startsWith("#") && address.length > 1 ? fromThisPage(address.slice(1)) : [];
  };

  // Below the line of the link at which the pointer is; above it if there is no room below.
  const place = (link, at) => {
    const lines = [...link.getClientRects()];
    const line = lines.find((one) => at && at.y >= one.top - 1 && at.y <= one.bottom + 1) ?? lines[0];
    const room = document.documentElement.clientWidth - box.offsetWidth - GAP;
    const left = Math.max(GAP, Math.min(line.left, room));
    const isLow = line.bottom + GAP + box.offsetHeight > innerHeight && line.top > box.offsetHeight + GAP;
    const top = isLow ? line.top - GAP - box.offsetHeight : line.bottom + GAP;
    const origin = box.offsetParent.getBoundingClientRect();
    box.style.left = `${left - origin.left}px`;
    box.style.top = `${top - origin.top}px`;
  };

  const close = () => {
    clearTimeout(waiting);
    shownFor?.removeAttribute("aria-describedby");
    shownFor = null;
    box.hidden = true;
  };

  const open = (link, at) => {
    clearTimeout(waiting);
    if (link === shownFor) return;
    close();
    const shown = contents(link);
    if (!shown.length) return;
    link.removeAttribute("title"); // the browser's own tooltip would cover the box
    box.replaceChildren(...shown);
    box.hidden = false;
    box.scrollTop = 0;
    place(link, at);
    link.setAttribute("aria-describedby", box.id);
    shownFor = link;
  };

  const later = (what, milliseconds) => {
    clearTimeout(waiting);
    waiting = setTimeout(what, milliseconds);
  };

  const linkOf = (target) => target.closest?.("article a[href]:not(.headerlink)");

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = linkOf(event.target);
    if (link) later(() => open(link, event), OPEN_AFTER);
    else if (box.contains(event.target)) clearTimeout(waiting);
    else if (shownFor && shownFor !== document.activeElement) later(close, CLOSE_AFTER);
    else clearTimeout(waiting);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event.target);
    if (link?.matches(":focus-visible")) open(link);
    else close();
  });
  document.addEventListener("focusout", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shownFor) close();
  });
  document.documentElement.addEventListener("pointerleave", () => later(close, CLOSE_AFTER));

  document.querySelector("article")?.append(box); // a landmark, as everything that is read
})();
