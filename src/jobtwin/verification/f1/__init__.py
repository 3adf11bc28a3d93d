"""F1: does pytest pass on a clean clone?"""
