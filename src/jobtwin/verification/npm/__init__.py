"""Front ends: npm projects whose packages are installed with nothing run, and whose scripts run offline."""
