"""What a question is: kinds, forms, marking and feedback. Needs no web framework and no database."""
