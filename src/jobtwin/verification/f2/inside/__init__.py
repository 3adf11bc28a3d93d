"""What runs inside the box: standard library only, started with the system's interpreter."""
