"""What dev.py is made of; standard library only, so that any Python can start it."""
