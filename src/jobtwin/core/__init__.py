"""What is true: the rules of an exam. Pure; the time is an argument."""
