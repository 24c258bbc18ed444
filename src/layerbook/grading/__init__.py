"""Grading: releasing exercises, running submissions, and what their marks say, on nbgrader's own format."""
