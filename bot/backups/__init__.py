"""One file that holds all of a database, made while the bot runs, and put back whole or not at all.

It is the same file for SQLite and PostgreSQL, so it is also the way from one to the other.
"""
