"""Questions: how they are written, shown, asked again in the review, and given to Anki."""
