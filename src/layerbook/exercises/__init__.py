"""Exercises: their source, the helper they ship with, and what holds them to account."""
