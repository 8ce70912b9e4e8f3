"""Whole days: the interpreter, our own doors and our people under one virtual clock."""
