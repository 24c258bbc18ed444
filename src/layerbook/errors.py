"""The errors that the command shows to a person, in one plain sentence."""


class LayerbookError(Exception):
    """Something a person can put right: what is wrong, where, and what to do."""

    exit_status = 1


class UsageError(LayerbookError):
    """The command was called in a way that cannot work."""

    exit_status = 2
