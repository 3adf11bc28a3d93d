"""Pages, one module a noun: read, call one service, answer."""
