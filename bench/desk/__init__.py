"""What the mentor's pages cost in a large installation: 100,000 submissions, 2,000 mentors.

The same pages of the same submission are asked for in an empty database and in a full one; CPU of the web
process alone is counted, median of many, and the statements sent to the database.
"""
