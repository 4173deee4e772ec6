"""One file for each kind of question; a file that is here is a kind."""
