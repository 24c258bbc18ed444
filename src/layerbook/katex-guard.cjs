// Loaded before the KaTeX server of sphinxcontrib-katex: ends it when the build that started it is gone.
"use strict";
process.stdin.on("end", () => process.exit()).on("error", () => process.exit()).resume();
