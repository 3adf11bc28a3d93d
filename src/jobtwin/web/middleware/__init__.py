"""What every request passes through: headers, one clock read, one table of errors."""
