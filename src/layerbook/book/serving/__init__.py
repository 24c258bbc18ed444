"""`layerbook serve`: the book on this machine, and JupyterLab for the learner's own copies of exercises."""
