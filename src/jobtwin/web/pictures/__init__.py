"""Pictures drawn by code alone: the badge and the card that stands beside a shared address."""
