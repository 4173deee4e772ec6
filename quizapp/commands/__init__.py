"""The words of the `quizapp` command, a file for each family of them."""
