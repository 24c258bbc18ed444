"""Each chapter to take along: as a notebook that runs, and as a PDF."""
