"""Training and measuring of the injection guard. Needs scikit-learn and texts that are not shipped."""
