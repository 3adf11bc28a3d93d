"""F3: can the evals suite be run from end to end?"""
