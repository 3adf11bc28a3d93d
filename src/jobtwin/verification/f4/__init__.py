"""F4: can everyone reach the public artifact?"""
