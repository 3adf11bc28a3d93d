"""The API under /api/v1: bearer tokens, JSON, problems (RFC 9457), the same rules as the pages."""
