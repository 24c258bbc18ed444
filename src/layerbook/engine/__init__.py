"""Running a submission where it can do no harm: the learner's cells in one process, the tests in another."""
