"""The last step of a build: pages made light and usable."""
