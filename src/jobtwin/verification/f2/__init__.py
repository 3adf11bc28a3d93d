"""F2: does a deployable container exist and start?"""
