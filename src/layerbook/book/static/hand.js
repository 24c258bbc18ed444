// Makes a page ready to be printed from the browser: light, and with everything open.
"use strict";

(() => {
  const root = document.documentElement;
  const opensByStyle = CSS.supports("selector(::details-content)"); // then hand.css does it
  let theme;
  let opened = [];

  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    const closed = opensByStyle ? [] : document.querySelectorAll("article details:not([open], .hide)");
    opened = [...closed];
    opened.forEach((one) => { one.open = true; });
  });

  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
    opened.forEach((one) => { one.open = false; });
  });
})();
