"""The exam that this repository sits itself: `make exam` verifies and reviews HEAD and builds `site/`.

The site's first state (product page, documentation, tables) is served on the loopback address that
`jobtwin.toml` names as the public artifact while a fresh instance runs the exam; the report is then written
into it as it is.
"""
