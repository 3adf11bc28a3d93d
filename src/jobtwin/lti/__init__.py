"""Learning platforms (LTI 1.3 Advantage): what they sign, and what is signed for them. No Django."""
