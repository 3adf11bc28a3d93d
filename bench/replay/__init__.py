"""How often a decision's facts reproduce."""
