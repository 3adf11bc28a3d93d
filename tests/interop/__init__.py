"""The demo's credential before other verifiers: Digital Bazaar's packages, jose, openbadgeslib."""
